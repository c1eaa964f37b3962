"""A server to be asked, and a client that may ask it."""

from ipaddress import ip_network

import pytest

from hubbub.outgoing import Outgoing
from strange_server import StrangeServer


@pytest.fixture
async def server(anyio_backend):
    server = await StrangeServer().start()
    yield server
    await server.stop()


@pytest.fixture
def outgoing():
    """A client that may reach 127.0.0.1, and nothing else that is private."""
    return Outgoing(reachable=[ip_network("127.0.0.1/32")])


@pytest.fixture
def get(outgoing):
    """Asks with that client for a page of at most 10,000 bytes, unless it is told otherwise."""

    async def ask(url, *, client=outgoing, most_bytes=10_000, seconds=20.0):
        return await client.get(url, accept="text/html", most_bytes=most_bytes, seconds=seconds)

    return ask
