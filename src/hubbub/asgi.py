"""The finished chat as an ASGI application, set up by HUBBUB_… variables: `fastapi run` and any ASGI server find it here."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI

from hubbub.app import Hubbub


def finished(chat: Hubbub) -> FastAPI:
    """The chat as an app that prints the link for the owner at its start, for as long as there is no owner."""

    @asynccontextmanager
    async def greeting(_app: Any) -> AsyncIterator[None]:
        token = await chat.accounts.setup_token()
        if token is not None:
            print(_invitation(chat.settings.public_url, token), file=sys.stderr, flush=True)
        yield

    app = chat.app
    # Lifespans begin in the order in which routers were included, so the chat has started by then.
    app.include_router(APIRouter(lifespan=greeting))
    return app


def _invitation(public_url: str | None, token: str) -> str:
    """What to open. Where it listens is known to the server that runs the app, and not to us."""
    hint = "" if public_url else " (put the host and port in front on which this server listens)"
    address = (public_url or "http://127.0.0.1:8000").rstrip("/")
    return f"There is no owner yet. Open this link once to become the owner{hint}:\n\n  {address}/#/setup/{token}\n"


app = finished(Hubbub())
