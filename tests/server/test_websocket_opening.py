"""The opening handshake, and what an ASGI app may answer to it, over a transport in memory."""

import logging
from typing import Any

import pytest
from websocket_wire import ACCEPT, KEY, SOUND_REQUEST, MemoryConnection, MemoryServer, sends, turns

pytestmark = pytest.mark.anyio


async def accepting(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await receive()


def without(name: bytes) -> list[bytes]:
    return [line for line in SOUND_REQUEST if not line.startswith(name)]


async def answer_to(*lines: bytes, app: Any = accepting, **options: Any) -> bytes:
    connection = MemoryServer(app, **options).request(*lines)
    await turns()
    return connection.take()


async def test_a_sound_request_is_accepted() -> None:
    head = await answer_to()
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + ACCEPT + b"\r\n" in head
    assert head.endswith(b"\r\n\r\n")
    assert b"Sec-WebSocket-Protocol" not in head
    assert b"Sec-WebSocket-Extensions" not in head


@pytest.mark.parametrize(
    ("lines", "status", "header"),
    [
        ((b"POST / HTTP/1.1", *SOUND_REQUEST[1:]), 405, b"Allow: GET"),
        ((b"GET / HTTP/1.0", *SOUND_REQUEST[1:]), 505, None),
        ((b"GET /", *SOUND_REQUEST[1:]), 400, None),
        ((b"GET /\xff HTTP/1.1", *SOUND_REQUEST[1:]), 400, None),
        ((*SOUND_REQUEST, b"no colon here"), 400, None),
        (without(b"connection"), 426, b"Upgrade: websocket"),
        ((*without(b"connection"), b"connection: close"), 426, b"Upgrade: websocket"),
        (without(b"upgrade"), 426, b"Upgrade: websocket"),
        ((*without(b"upgrade"), b"upgrade: h2c"), 426, b"Upgrade: websocket"),
        (without(b"sec-websocket-version"), 426, b"Sec-WebSocket-Version: 13"),
        ((*without(b"sec-websocket-version"), b"sec-websocket-version: 8"), 426, b"Sec-WebSocket-Version: 13"),
        (without(b"sec-websocket-key"), 400, None),
        ((*SOUND_REQUEST, b"sec-websocket-key: " + KEY), 400, None),
        ((*without(b"sec-websocket-key"), b"sec-websocket-key: c2hvcnQ="), 400, None),
        ((*without(b"sec-websocket-key"), b"sec-websocket-key: not base64 at all!!!"), 400, None),
        ((*without(b"sec-websocket-key"), b"sec-websocket-key: \xff\xfe"), 400, None),
        ((*SOUND_REQUEST, b"sec-websocket-protocol: caf\xe9"), 400, None),
        ((*SOUND_REQUEST, b"sec-websocket-protocol: two words"), 400, None),
        ((*SOUND_REQUEST, b"x-long: " + b"x" * 70_000), 101, None),
    ],
)
async def test_an_unsound_request_is_answered_with_a_sentence(lines: tuple[bytes, ...], status: int, header: bytes | None) -> None:
    server = MemoryServer(accepting)
    connection = server.request(*lines)
    await turns()
    head, _, body = connection.take().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    if status != 101:
        assert connection.transport.is_closed
        assert b"\r\nConnection: close" in head
        assert body.endswith(b".")
        assert not server.state.tasks
    if header is not None:
        assert header in head


async def test_a_head_without_end_is_refused_when_it_grows_too_long() -> None:
    connection = MemoryConnection(MemoryServer(accepting))
    for _ in range(65):
        connection.receives(b"x" * 1000)
        assert not connection.transport.is_closed
    connection.receives(b"x" * 1000)
    assert connection.take().startswith(b"HTTP/1.1 400 ")


async def test_a_head_may_come_in_pieces() -> None:
    whole = b"\r\n".join(SOUND_REQUEST) + b"\r\n\r\n"
    connection = MemoryConnection(MemoryServer(accepting))
    for place in range(0, len(whole), 10):
        connection.receives(whole[place : place + 10])
    await turns()
    assert connection.take().startswith(b"HTTP/1.1 101 ")


async def test_the_scope_is_what_uvicorn_makes_of_a_request() -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    server = MemoryServer(app, root_path="/root")
    connection = server.request(
        b"GET /one%2Ftwo/caf%C3%A9?q=%20 HTTP/1.1",
        *SOUND_REQUEST[1:],
        b"Sec-WebSocket-Protocol: one, two",
        b"sec-websocket-protocol: three",
        b"username: abra\xc3\xa3o",
    )
    await turns()
    assert seen.pop("extensions") == {"websocket.http.response": {}, "hubbub.prepared": connection.protocol}
    headers = seen.pop("headers")
    assert (b"username", b"abra\xc3\xa3o") in headers
    assert (b"sec-websocket-protocol", b"one, two") in headers
    assert seen == {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "root_path": "/root",
        "path": "/root/one/two/café",
        "raw_path": b"/root/one%2Ftwo/caf%C3%A9",
        "query_string": b"q=%20",
        "subprotocols": ["one", "two", "three"],
        "state": {},
    }


async def test_the_app_chooses_the_subprotocol_and_adds_headers() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][1], "headers": [(b"extra", b"header")]})

    head = await answer_to(*SOUND_REQUEST, b"sec-websocket-protocol: one, two", app=app)
    assert b"\r\nSec-WebSocket-Protocol: two\r\n" in head
    assert b"\r\nextra: header\r\n" in head


@pytest.mark.parametrize("header", [(b"x", b"a\r\nset-cookie: b"), (b"x y", b""), (b"x:", b""), (b"", b"")])
async def test_a_header_that_would_break_the_answer_is_an_error_of_the_app(header: tuple[bytes, bytes]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept", "headers": [header]})

    assert (await answer_to(app=app)).startswith(b"HTTP/1.1 500 ")


async def test_closing_before_the_accept_is_403_and_the_app_hears_1006() -> None:
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.append(await receive())
        await send({"type": "websocket.close"})
        heard.append(await receive())
        with pytest.raises(RuntimeError, match="after sending"):
            await send({"type": "websocket.accept"})

    assert (await answer_to(app=app)).startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert heard == [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1006}]


async def test_the_app_may_answer_with_a_response_of_its_own_in_pieces() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.http.response.start", "status": 429, "headers": [(b"Retry-After", b"7")]})
        await send({"type": "websocket.http.response.body", "body": b"too ", "more_body": True})
        await send({"type": "websocket.http.response.body", "body": b"fast"})

    head, _, body = (await answer_to(app=app)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
    assert b"Retry-After: 7" in head
    assert b"Content-Length: 8" in head
    assert body == b"too fast"


@pytest.mark.parametrize(
    "events",
    [
        [],
        [{"type": "websocket.send", "text": "early"}],
        [{"type": "websocket.http.response.start", "status": 700}],
        [{"type": "websocket.http.response.start", "status": 101}],
        [{"type": "websocket.accept", "subprotocol": "caf\u00e9"}],
    ],
)
async def test_an_app_that_does_not_answer_properly_is_answered_for_with_500(events: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        for event in events:
            await send(event)

    answer = await answer_to(app=app)
    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert answer.endswith(b"\r\n\r\nInternal Server Error")
    assert "ASGI" in caplog.text


@pytest.mark.parametrize("event", [None, {"type": "websocket.accept"}])
async def test_a_response_that_was_only_begun_is_sent_as_far_as_it_came(event: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.http.response.start", "status": 403})
        if event is not None:
            await send(event)

    assert (await answer_to(app=app)).startswith(b"HTTP/1.1 403 Forbidden\r\n")


async def test_an_app_that_raises_before_the_accept_is_500_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("on purpose")

    assert (await answer_to(app=app)).startswith(b"HTTP/1.1 500 ")
    assert "Exception in ASGI application" in caplog.text
    assert "on purpose" in caplog.text


async def test_losing_the_connection_before_the_accept_is_told_and_makes_sending_fail() -> None:
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        heard.append(await receive())
        with pytest.raises(OSError):  # noqa: PT011
            await send({"type": "websocket.accept"})
        heard.append("raised")

    server = MemoryServer(app)
    connection = server.request()
    await turns()
    connection.loses_connection()
    await turns()
    assert heard == [{"type": "websocket.disconnect", "code": 1006}, "raised"]
    assert not server.state.connections
    assert not server.state.tasks
    assert connection.take() == b""


async def test_an_accept_in_the_very_turn_in_which_the_connection_is_lost_opens_nothing() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    server = MemoryServer(app)
    connection = server.request()
    connection.loses_connection()
    await turns()
    assert connection.take() == b""
    assert not server.state.tasks


async def test_a_server_that_stops_answers_open_handshakes_with_503() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await receive()

    server = MemoryServer(app)
    connection = server.request()
    await turns()
    connection.protocol.shutdown()
    await turns()
    assert connection.take().startswith(b"HTTP/1.1 503 ")
    assert connection.transport.is_closed
    assert not server.state.tasks


async def test_a_client_that_does_not_wait_for_the_accept_is_heard_all_the_same() -> None:
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while len(heard) < 3:
            heard.append((await receive())["text"])

    server = MemoryServer(app)
    connection = server.request(*SOUND_REQUEST)
    connection.receives(sends("one") + sends("two"))
    assert connection.transport.is_paused
    connection.receives(sends("three"))
    await turns()
    assert heard == ["one", "two", "three"]
    assert not connection.transport.is_paused


@pytest.mark.parametrize("access_log", [True, False])
async def test_outcomes_are_logged_as_uvicorn_does_where_access_is_logged(access_log: bool, caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept" if scope["path"] == "/in" else "websocket.close"})

    with caplog.at_level(logging.INFO, "uvicorn.error"):
        server = MemoryServer(app, access_log=access_log)
        server.request(b"GET /in?a=1 HTTP/1.1", *SOUND_REQUEST[1:])
        server.request(b"GET /out HTTP/1.1", *SOUND_REQUEST[1:])
        await turns()
    lines = [record.getMessage() for record in caplog.records]
    assert lines == (['127.0.0.1:50000 - "WebSocket /in?a=1" [accepted]', '127.0.0.1:50000 - "WebSocket /out" 403'] if access_log else [])
