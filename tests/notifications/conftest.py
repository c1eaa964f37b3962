"""A chat whose pushes go to a push service of our own."""

import pytest

from hubbub.testing import make_stage
from mail_server import mail_server
from push_service import push_service

__all__ = ["make_stage"]

PUBLIC_URL = "https://den.example/chat"


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request):
    """Each kind of database, as a setting."""
    return {"database": request.getfixturevalue("postgres_url")} if request.param == "postgresql" else {}


@pytest.fixture
async def service(anyio_backend, tmp_path):
    """A push service, and the TLS context that trusts it."""
    async with push_service(tmp_path) as found:
        yield found


@pytest.fixture
async def make_house(make_stage, service):
    """Makes chats that reach the push service."""
    push, trusting = service

    async def make(**settings):
        stage = await make_stage(**{"server": "none", "outgoing_networks": ["127.0.0.0/8"], **settings})
        stage.chat.features.outgoing._given_ssl_context = trusting
        stage.push = push
        return stage

    return make


@pytest.fixture
async def house(where, make_house):
    """A chat on each kind of database."""
    return await make_house(**where)


@pytest.fixture
async def mail(anyio_backend):
    """A mail server of our own."""
    async with mail_server() as server:
        yield server


@pytest.fixture
async def post_office(where, make_stage, mail):
    """A chat on each kind of database, which writes letters."""
    stage = await make_stage(server="none", smtp_url=mail.url, public_url=PUBLIC_URL, name="The Den", **where)
    stage.mail = mail
    return stage
