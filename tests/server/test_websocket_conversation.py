"""An open WebSocket as an ASGI app sees it, over a transport in memory."""

import asyncio
from typing import Any

import pytest
from websocket_wire import BINARY, CLOSE, PING, PONG, TEXT, MemoryServer, close_in, closes, in_fragments, sends, turns

pytestmark = pytest.mark.anyio


class App:
    """Accepts, notes down what it receives, and does what the test tells it to."""

    def __init__(self, *, listens: bool = True) -> None:
        self.heard: list[Any] = []
        self.listens = listens
        self.may_listen = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.receive, self.send = receive, send
        await receive()
        await send({"type": "websocket.accept"})
        if not self.listens:
            await self.may_listen.wait()
        while not self.heard or self.heard[-1]["type"] != "websocket.disconnect":
            self.heard.append(await receive())

    @property
    def texts(self) -> list[str]:
        return [event["text"] for event in self.heard if "text" in event]

    @property
    def end(self) -> tuple[int, str | None]:
        assert self.heard[-1]["type"] == "websocket.disconnect"
        return self.heard[-1]["code"], self.heard[-1].get("reason")


async def test_messages_of_both_kinds_arrive_and_go_out() -> None:
    app = App()
    connection = await MemoryServer(app).connect()
    connection.receives(sends("hällo") + sends(b"\xff\x00", BINARY) + b"".join(in_fragments([b"a", b"b"])) + sends(b"", BINARY))
    await turns()
    assert app.heard == [
        {"type": "websocket.receive", "text": "hällo"},
        {"type": "websocket.receive", "bytes": b"\xff\x00"},
        {"type": "websocket.receive", "text": "ab"},
        {"type": "websocket.receive", "bytes": b""},
    ]
    await app.send({"type": "websocket.send", "text": "grüß"})
    await app.send({"type": "websocket.send", "bytes": b"\xfe", "text": None})
    await app.send({"type": "websocket.send", "bytes": None, "text": ""})
    assert connection.take_frames() == [(TEXT, "grüß".encode()), (BINARY, b"\xfe"), (TEXT, b"")]


async def test_pings_are_answered_in_order_and_pongs_are_taken_in_silence() -> None:
    connection = await MemoryServer(App()).connect()
    connection.receives(b"".join(sends(str(n), PING) for n in range(10)) + sends("unasked", PONG))
    assert connection.take_frames() == [(PONG, str(n).encode()) for n in range(10)]


@pytest.mark.parametrize(("code", "reason", "told"), [(1000, "", 1000), (1001, "off", 1001), (4999, "é" * 61, 4999), (None, "", 1005)])
async def test_a_close_from_the_client_is_echoed_and_told(code: int | None, reason: str, told: int) -> None:
    app = App()
    server = MemoryServer(app)
    connection = await server.connect()
    connection.receives(sends("last words") + closes(code, reason) + sends("too late"))
    assert connection.take_frames() == [(CLOSE, b"" if code is None else code.to_bytes(2, "big"))]
    assert connection.transport.is_closed
    await turns()
    connection.receives(sends("far too late"))
    connection.loses_connection()
    await turns()
    assert app.texts == ["last words"]
    assert app.end == (told, reason)
    assert not server.state.tasks
    assert not server.state.connections


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (sends("x", reserved=4), 1002),
        (sends("x", 3), 1002),
        (sends("x", mask=None), 1002),
        (sends("x" * 126, PING), 1002),
        (sends("x", final=False) + sends("y"), 1002),
        (closes(1005), 1002),
        (closes(1000, b"\xff"), 1007),
        (sends(b"\xff"), 1007),
        (sends("x" * 1001), 1009),
    ],
)
async def test_a_client_that_breaks_the_rules_is_told_why_and_so_is_the_app(frames: bytes, code: int) -> None:
    app = App()
    connection = await MemoryServer(app, ws_max_size=1000).connect()
    connection.receives(sends("fine") + frames + sends("too late"))
    assert close_in(connection.take())[0] == code
    assert connection.transport.is_closed == (code == 1002 or frames == closes(1000, b"\xff"))
    await turns()
    connection.receives(closes(code))
    assert connection.transport.is_closed
    assert connection.take() == b""
    await turns()
    assert app.texts == ["fine"]
    assert app.end[0] == code


async def test_a_huge_frame_is_refused_at_its_header_and_its_sender_cut_off_soon() -> None:
    app = App()
    server = MemoryServer(app)
    connection = await server.connect()
    connection.receives(b"\x82\xff" + (1 << 30).to_bytes(8, "big") + b"mask")
    assert close_in(connection.take()) == (1009, "message over 16777216 bytes")
    await turns()
    assert app.end[0] == 1009
    for _ in range(2):
        connection.receives(b"x" * 65536)
        server.pass_seconds(connection, 1)
    assert connection.transport.is_aborted


async def test_the_app_closes_and_the_transport_waits_for_the_clients_answer() -> None:
    app = App()
    connection = await MemoryServer(app).connect()
    await app.send({"type": "websocket.close", "code": 4401, "reason": "who are you?"})
    assert close_in(connection.take()) == (4401, "who are you?")
    connection.receives(sends("not heard") + sends("not answered", PING))
    assert not connection.transport.is_closed
    assert connection.take() == b""
    connection.receives(closes(4401))
    assert connection.transport.is_closed
    assert connection.take() == b""
    await turns()
    assert app.heard == [{"type": "websocket.disconnect", "code": 4401, "reason": "who are you?"}]


@pytest.mark.parametrize("event", [{"type": "websocket.send", "text": "more"}, {"type": "websocket.close"}])
async def test_sending_after_ones_own_close_is_an_error(event: Any) -> None:
    app = App()
    await MemoryServer(app).connect()
    await app.send({"type": "websocket.close", "reason": None})
    with pytest.raises(RuntimeError, match=r"after sending 'websocket\.close'"):
        await app.send(event)


@pytest.mark.parametrize("is_closed_in_peace", [True, False])
async def test_sending_after_the_client_has_gone_raises_an_oserror(is_closed_in_peace: bool) -> None:
    app = App()
    connection = await MemoryServer(app).connect()
    if is_closed_in_peace:
        connection.receives(closes())
    else:
        connection.loses_connection(ConnectionResetError())
    with pytest.raises(OSError):  # noqa: PT011
        await app.send({"type": "websocket.send", "text": "anybody there?"})
    await turns()
    assert app.end[0] == (1000 if is_closed_in_peace else 1006)


async def test_receiving_after_the_end_tells_the_end_again() -> None:
    app = App()
    connection = await MemoryServer(app).connect()
    connection.loses_connection()
    await turns()
    assert await app.receive() == app.heard[-1] == {"type": "websocket.disconnect", "code": 1006}


async def test_what_came_before_the_close_can_still_be_received_after_it() -> None:
    app = App(listens=False)
    connection = await MemoryServer(app).connect()
    connection.receives(sends("one") + sends("two") + closes(1001))
    connection.loses_connection()
    await turns()
    app.may_listen.set()
    await turns()
    assert app.texts == ["one", "two"]
    assert app.end == (1001, "")


async def read_to_the_end(app: Any) -> bytes:
    """What follows the opening, once the server has hung up, as uvicorn's own classes do: the client then sees 1006."""
    connection = MemoryServer(app).request()
    await turns()
    assert connection.transport.is_closed
    return connection.take().partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("event", [{"type": "websocket.accept"}, {"type": "websocket.nonsense"}])
async def test_an_event_out_of_place_is_an_error_of_the_app_and_hangs_up(event: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await send(event)

    assert await read_to_the_end(app) == b""
    assert "Expected ASGI message 'websocket.send' or 'websocket.close'" in caplog.text


async def test_an_app_that_raises_hangs_up_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        raise ValueError("on purpose")

    assert await read_to_the_end(app) == b""
    assert "Exception in ASGI application" in caplog.text
    assert "on purpose" in caplog.text


async def test_an_app_that_returns_without_closing_hangs_up() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    assert await read_to_the_end(app) == b""


async def test_an_app_that_returns_something_hangs_up_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> int:
        await send({"type": "websocket.accept"})
        return 123

    assert await read_to_the_end(app) == b""
    assert "should return None, but returned '123'" in caplog.text


async def test_a_code_that_is_not_for_the_wire_is_an_error_of_the_app() -> None:
    app = App()
    connection = await MemoryServer(app).connect()
    with pytest.raises(ValueError, match="1006 is neither"):
        await app.send({"type": "websocket.close", "code": 1006})
    assert connection.take() == b""


async def test_reading_pauses_while_the_app_has_much_to_take_and_goes_on_when_it_has_taken_it() -> None:
    app = App(listens=False)
    connection = await MemoryServer(app, ws_max_queue=4).connect()
    connection.receives(sends("1") + sends("2") + sends("3"))
    assert not connection.transport.is_paused
    connection.receives(sends("4") + sends("5"))
    assert connection.transport.is_paused
    app.may_listen.set()
    await turns()
    assert app.texts == ["1", "2", "3", "4", "5"]
    assert not connection.transport.is_paused


async def test_reading_pauses_for_a_few_large_messages_too() -> None:
    app = App(listens=False)
    connection = await MemoryServer(app, ws_max_size=1000).connect()
    connection.receives(sends("x" * 600))
    assert not connection.transport.is_paused
    connection.receives(sends("x" * 600))
    assert connection.transport.is_paused


async def test_the_close_of_an_app_that_does_not_listen_is_still_answered() -> None:
    app = App(listens=False)
    connection = await MemoryServer(app, ws_max_queue=1).connect()
    connection.receives(sends("1"))
    assert connection.transport.is_paused
    await app.send({"type": "websocket.close"})
    assert not connection.transport.is_paused


async def test_sending_waits_while_the_client_takes_less_than_it_is_given() -> None:
    app = App()
    connection = await MemoryServer(app).connect()
    connection.protocol.pause_writing()
    sending = asyncio.ensure_future(app.send({"type": "websocket.send", "text": "later"}))
    await turns()
    assert connection.take() == b""
    connection.protocol.resume_writing()
    await sending
    assert connection.take_frames() == [(TEXT, b"later")]


async def test_a_send_that_waits_fails_when_the_connection_is_lost() -> None:
    app = App()
    connection = await MemoryServer(app).connect()
    connection.protocol.pause_writing()
    sending = asyncio.ensure_future(app.send({"type": "websocket.send", "text": "never"}))
    await turns()
    connection.loses_connection()
    with pytest.raises(OSError):  # noqa: PT011
        await asyncio.wait_for(sending, 5)


async def test_a_client_that_pings_and_does_not_read_is_owed_one_pong_only() -> None:
    connection = await MemoryServer(App()).connect()
    connection.protocol.pause_writing()
    connection.receives(b"".join(sends(str(n), PING) for n in range(1000)))
    assert connection.take() == b""
    connection.protocol.resume_writing()
    assert connection.take_frames() == [(PONG, b"999")]


async def test_stopping_the_server_says_1012_and_ends_with_the_answer() -> None:
    app = App()
    connection = await MemoryServer(app).connect()
    connection.protocol.shutdown()
    assert close_in(connection.take()) == (1012, "")
    await turns()
    assert app.end == (1012, None)
    connection.receives(closes(1012))
    assert connection.transport.is_closed


async def test_a_task_that_uvicorn_cancels_closes_the_connection() -> None:
    app = App()
    server = MemoryServer(app)
    connection = await server.connect()
    (task,) = server.state.tasks
    task.cancel()
    await asyncio.wait((task,), timeout=5)
    assert task.cancelled()
    assert connection.transport.is_closed
