"""The protocol class under a real uvicorn: what we rely on there, and real clients."""

import asyncio
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.websockets import WebSocketDisconnect
from running_server import Running, raw_client, raw_websocket, running, upgrade
from websocket_wire import CLOSE, PONG, TEXT, close_in, closes, frames_in, in_fragments, sends
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from hubbub.server.extension import NAME, PreparedConnection

pytestmark = pytest.mark.anyio


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({**event, "type": "websocket.send"})


class DetachedEcho:
    """Echoes from callbacks, and lets the test wait for what happens."""

    def __init__(self) -> None:
        self.connection: PreparedConnection
        self.has_lagged = asyncio.Event()
        self.has_drained = asyncio.Event()
        self.end: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.connection = scope["extensions"][NAME]
        await send({"type": "websocket.accept"})
        self.connection.detach(
            on_text=self.connection.send_text,
            on_binary=lambda payload: None,
            on_close=lambda code, reason: self.end.set_result((code, reason)),
            on_lagging=self.has_lagged.set,
            on_drained=self.has_drained.set,
        )


@pytest.mark.parametrize("http", ["httptools", "h11"])
async def test_uvicorn_hands_the_upgrade_over_from_either_of_its_http_protocols(http: str) -> None:
    async with running(echo, http=http) as here, connect(here.url) as client:
        await client.send("grüß")
        assert await client.recv() == "grüß"
        await client.send(b"\xff")
        assert await client.recv() == b"\xff"
        assert len(here.server.server_state.connections) == 1
    assert client.close_code == 1000


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536, 1 << 20])
async def test_messages_of_all_sizes_come_back(size: int) -> None:
    async with running(echo) as here, connect(here.url, max_size=None) as client:
        await client.send("x" * size)
        assert await client.recv() == "x" * size


async def test_compression_is_offered_by_the_client_and_declined() -> None:
    async with running(echo) as here, connect(here.url, compression="deflate") as client:
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers
        await client.send("x" * 1000)
        assert await client.recv() == "x" * 1000


async def test_headers_go_both_ways() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        (name,) = [value for name, value in scope["headers"] if name == b"username"]
        await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][1], "headers": [(b"you", name)]})

    async with running(app) as here, connect(here.url, subprotocols=["one", "two"], additional_headers={"username": "ada"}) as client:  # type: ignore[list-item]
        assert client.subprotocol == "two"
        assert client.response is not None
        assert client.response.headers["you"] == "ada"
        assert client.response.headers["server"] == "uvicorn"
        assert "date" in client.response.headers


async def test_the_lifespans_state_reaches_the_scope_as_a_copy() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            scope["state"]["number"] = 1
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        seen.append(dict(scope["state"]))
        scope["state"]["number"] += 1
        await send({"type": "websocket.close"})

    async with running(app, lifespan="on") as here:
        for _ in range(2):
            with pytest.raises(InvalidStatus):
                await connect(here.url)
    assert seen == [{"number": 1}, {"number": 1}]


async def test_a_proxy_that_is_trusted_says_who_the_client_is() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["scheme"], scope["client"]))
        await send({"type": "websocket.close"})

    async with running(app, forwarded_allow_ips="127.0.0.1") as here:
        for headers in ({}, {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}):
            with pytest.raises(InvalidStatus):
                await connect(here.url, additional_headers=headers)
    assert seen[0][0] == "ws"
    assert seen[0][1][0] == "127.0.0.1"
    assert seen[1] == ("wss", ("203.0.113.7", 0))


async def test_a_refusal_with_a_body_reaches_the_client() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.http.response.start", "status": 429, "headers": [(b"retry-after", b"7")]})
        await send({"type": "websocket.http.response.body", "body": b"slowly"})

    async with running(app) as here:
        with pytest.raises(InvalidStatus) as refused:
            await connect(here.url)
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["retry-after"] == "7"
    assert refused.value.response.body == b"slowly"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (upgrade(method=b"POST"), b"405"),
        (upgrade(b"/", b"Sec-WebSocket-Protocol: caf\xc3\xa9"), b"400"),
        (upgrade(b"/", b"Sec-WebSocket-Protocol: \xff\xfe\xfd"), b"400"),
        (upgrade().replace(b"Version: 13", b"Version: 8"), b"426"),
        (upgrade().replace(b"Key: ", b"Key: x"), b"400"),
    ],
)
async def test_a_malformed_upgrade_is_refused_and_the_server_lives_on(request_bytes: bytes, status: bytes) -> None:
    async with running(echo) as here:
        async with raw_client(here.port) as client:
            client.says(request_bytes)
            assert (await client.hears_all()).startswith(b"HTTP/1.1 " + status)
        async with connect(here.url) as client:
            await client.send("alive?")
            assert await client.recv() == "alive?"


async def test_a_client_that_vanishes_is_told_as_1006() -> None:
    app = DetachedEcho()
    async with running(app) as here:
        async with raw_websocket(here.port):
            pass
        assert await asyncio.wait_for(app.end, 10) == (1006, "")


async def test_pings_are_answered_and_fragments_joined_over_a_socket() -> None:
    async with running(echo) as here, raw_websocket(here.port) as client:
        client.says(b"".join(in_fragments([b"x"] * 10_000)) + sends("there?", 9))
        echoed = await client.hears(b"x" * 10_000)
        assert sorted(frames_in(echoed)) == [(TEXT, b"x" * 10_000), (PONG, b"there?")]
        assert await client.answers_close() == [(CLOSE, b"\x03\xe8")]


async def test_a_message_over_the_limit_is_1009_for_a_real_client() -> None:
    async with running(echo, ws_max_size=1000) as here, connect(here.url) as client:
        await client.send("x" * 100_000)
        with pytest.raises(ConnectionClosedError) as closed:
            await client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_a_slow_reader_lags_and_drains_and_gets_every_frame_in_order() -> None:
    app = DetachedEcho()
    async with running(app) as here, raw_websocket(here.port) as client:
        sent = 0
        while not app.has_lagged.is_set():
            app.connection.send_text(str(sent).encode().rjust(50_000))
            sent += 1
        assert app.connection.is_lagging
        assert app.connection.buffered_bytes > 0
        heard = b""
        while not app.has_drained.is_set():
            heard += await asyncio.wait_for(client.reader.read(1 << 20), 10)
        client.says(closes())
        heard += await client.hears_all()
    assert [int(payload) for _, payload in frames_in(heard)[:-1]] == list(range(sent))


async def test_a_fastapi_endpoint_may_detach_and_return() -> None:
    app = FastAPI()
    has_returned = asyncio.Event()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        connection: PreparedConnection = websocket.scope["extensions"][NAME]
        await websocket.accept(subprotocol="one")

        def nothing(*_: Any) -> None:
            pass

        connection.detach(on_text=connection.send_text, on_binary=nothing, on_close=nothing, on_lagging=nothing, on_drained=nothing)
        has_returned.set()

    async with running(app) as here, connect(here.url + "/ws", subprotocols=["one"]) as client:  # type: ignore[list-item]
        await asyncio.wait_for(has_returned.wait(), 10)
        await client.send("still there?")
        assert await client.recv() == "still there?"
        assert not here.server.server_state.tasks


async def test_the_tutorials_endpoint_works_as_it_stands() -> None:
    app = FastAPI()
    left: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text(f"Message text was: {await websocket.receive_text()}")
        except WebSocketDisconnect as gone:
            left.set_result(gone.code)

    async with running(app) as here:
        async with connect(here.url + "/ws") as client:
            await client.send("hi")
            assert await client.recv() == "Message text was: hi"
        assert await asyncio.wait_for(left, 10) == 1000


async def stop(here: Running) -> None:
    await asyncio.wait_for(here.server.shutdown(), 10)


async def test_uvicorns_shutdown_says_1012_to_every_client() -> None:
    app = DetachedEcho()
    async with running(app) as here, connect(here.url) as client:
        await asyncio.gather(stop(here), client.wait_closed())
        assert client.close_code == 1012
        assert await app.end == (1012, "")
        assert not here.server.server_state.connections


async def test_uvicorns_shutdown_does_not_wait_for_clients_that_never_close() -> None:
    async with running(echo) as here, raw_websocket(here.port) as client:
        await stop(here)
        assert close_in(await client.hears_all()) == (1012, "")
        assert not here.server.server_state.connections


async def test_tls_carries_the_fast_path_too(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program to make a certificate")
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    made = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([openssl, "req", "-x509", *made, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    trusting = ssl.create_default_context(cafile=certificate)
    app = DetachedEcho()
    async with running(app, ssl_keyfile=key, ssl_certfile=certificate) as here:
        async with connect(f"wss://127.0.0.1:{here.port}", ssl=trusting) as client:
            await client.send("x" * 100_000)
            assert await client.recv() == "x" * 100_000
        assert await asyncio.wait_for(app.end, 10) == (1000, "")


def test_importing_the_package_does_not_load_uvicorn() -> None:
    program = "import sys, hubbub.server.extension; assert 'uvicorn' not in sys.modules; from hubbub.server import Protocol"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_package_has_no_other_names() -> None:
    import hubbub.server

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = hubbub.server.nonsense
