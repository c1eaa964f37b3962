"""The finished chat as an ASGI application, set up by HUBBUB_… variables: `fastapi run` and any ASGI server find it here."""

from hubbub.app import Hubbub

app = Hubbub().app
