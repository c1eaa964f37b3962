"""Who speaks first: a WebSocket, whole or in pieces, or plain HTTP, all on one port."""

import asyncio
import contextlib
from typing import Any

import pytest
from running_server import RawClient, running
from websocket_wire import SOUND_REQUEST, sends

from hubbub.server.front import Front, asks_for_websocket
from hubbub.server.handshake import Refused, read_request

pytestmark = pytest.mark.anyio

UPGRADE = b"\r\n".join(SOUND_REQUEST) + b"\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Accepts WebSockets, and says over HTTP what kind of request it got."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"plain HTTP"})


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Says the first message back."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": (await receive())["text"]})


@contextlib.asynccontextmanager
async def client_of(server: Any) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield RawClient(reader, writer)
    finally:
        writer.close()


@pytest.mark.parametrize("cut", [len(UPGRADE), 3, 60, len(UPGRADE) - 2], ids=["whole", "method", "headers", "end"])
async def test_a_websocket_opens_whether_it_is_asked_for_at_once_or_in_pieces(cut: int) -> None:
    async with running(app, http=Front) as server, client_of(server) as client:
        client.says(UPGRADE[:cut])
        await client.writer.drain()
        await asyncio.sleep(0)
        client.says(UPGRADE[cut:])
        assert (await client.hears(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")


async def test_a_websocket_opens_also_for_those_who_write_the_header_in_another_way() -> None:
    request = UPGRADE.replace(b"upgrade: websocket", b"upgrade:WebSocket")
    assert not asks_for_websocket(request)
    async with running(app, http=Front) as server, client_of(server) as client:
        client.says(request)
        assert (await client.hears(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")


async def test_a_body_that_looks_like_the_request_for_a_websocket_is_a_body() -> None:
    body = b"\r\nUpgrade: websocket\r\n\r\n"
    async with running(app, http=Front) as server, client_of(server) as client:
        client.says(b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        assert b"plain HTTP" in await client.hears_all()


async def test_http_goes_on_over_its_connection() -> None:
    async with running(app, http=Front) as server, client_of(server) as client:
        for _ in range(2):
            client.says(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n")
            assert (await client.hears(b"0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


async def test_who_says_nothing_is_let_go_when_the_server_stops() -> None:
    async with running(app, http=Front) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while not server.server.server_state.connections:
            await asyncio.sleep(0)
    assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()


@pytest.mark.parametrize(
    "line",
    [b"upgrade : websocket", b"x: a\nb: c", b"x: a\rb", b"x: \x00", b": nameless", b" folded", b"sp ace: x"],
)
def test_a_header_that_others_might_read_in_another_way_is_refused(line: bytes) -> None:
    with pytest.raises(Refused):
        read_request(b"\r\n".join([*SOUND_REQUEST, line]))


def test_spaces_around_a_value_are_no_part_of_it_however_many() -> None:
    request = read_request(b"\r\n".join([*SOUND_REQUEST, b"x:" + b" " * 60_000 + b"y z\t", b"empty:"]))
    assert request.headers[-2:] == [(b"x", b"y z"), (b"empty", b"")]


async def test_a_client_that_does_not_wait_for_our_answer_is_heard_all_the_same() -> None:
    async with running(echo, http=Front) as server, client_of(server) as client:
        client.says(UPGRADE + sends(b"too early"))
        assert (await client.hears(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        assert b"too early" in await client.hears(b"too early")
