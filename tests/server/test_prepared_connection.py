"""The extension "hubbub.prepared": a connection that lives in callbacks, over a transport in memory."""

from typing import Any

import pytest
from websocket_wire import BINARY, CLOSE, PING, PONG, TEXT, MemoryConnection, MemoryServer, close_in, closes, in_fragments, sends, turns

from hubbub.server.extension import NAME, PreparedConnection

pytestmark = pytest.mark.anyio


class Listener:
    """Notes down every call; an app that detaches and returns."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.connection: PreparedConnection

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.connection = scope["extensions"][NAME]
        await send({"type": "websocket.accept"})
        self.detach()

    def detach(self) -> None:
        self.connection.detach(
            on_text=self.on_text,
            on_binary=lambda payload: self.calls.append(("binary", payload)),
            on_close=lambda code, reason: self.calls.append(("close", code, reason)),
            on_lagging=lambda: self.calls.append("lagging"),
            on_drained=lambda: self.calls.append("drained"),
        )

    def on_text(self, payload: bytes) -> None:
        self.calls.append(("text", payload))


async def detached(app: Any = None, **options: Any) -> tuple[Any, MemoryServer, MemoryConnection]:
    listener = app or Listener()
    server = MemoryServer(listener, **options)
    return listener, server, await server.connect()


async def test_the_task_ends_and_the_connection_lives_on() -> None:
    listener, server, connection = await detached()
    assert not server.state.tasks
    assert connection.protocol.conversation is None
    connection.receives(sends("hällo") + sends(b"\xff", BINARY) + b"".join(in_fragments([b"a", b"b"])))
    assert listener.calls == [("text", "hällo".encode()), ("binary", b"\xff"), ("text", b"ab")]
    assert not connection.transport.is_closed


async def test_prepared_frames_go_out_as_they_are() -> None:
    listener, _, connection = await detached()
    prepared = listener.connection.frame("grüß".encode())
    assert prepared == b"\x81\x06gr\xc3\xbc\xc3\x9f"
    listener.connection.write(prepared + prepared)
    listener.connection.send_text(b"dich")
    assert connection.take_frames() == [(TEXT, "grüß".encode())] * 2 + [(TEXT, b"dich")]


async def test_writing_before_the_accept_does_nothing_and_detaching_is_an_error() -> None:
    raised: list[RuntimeError] = []

    class Eager(Listener):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            self.connection = scope["extensions"][NAME]
            self.connection.send_text(b"early")
            self.connection.close(1000)
            try:
                self.detach()
            except RuntimeError as error:
                raised.append(error)
            await send({"type": "websocket.accept"})
            self.detach()

    connection = MemoryServer(Eager()).request()
    await turns()
    head, _, rest = connection.take().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert rest == b""
    assert "accept it first" in str(raised[0])


async def test_messages_that_came_before_detach_are_handed_over_in_order() -> None:
    class Late(Listener):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            self.connection = scope["extensions"][NAME]
            await send({"type": "websocket.accept"})
            await receive()
            self.calls.append(await receive())
            await turns(3)
            self.detach()
            self.calls.append("detached")

    listener = Late()
    connection = MemoryServer(listener, ws_max_queue=2).request()
    await turns(1)
    connection.receives(sends("one") + sends("two") + sends(b"three", BINARY) + sends("four", final=False))
    assert connection.transport.is_paused
    await turns(10)
    assert listener.calls == [{"type": "websocket.receive", "text": "one"}, ("text", b"two"), ("binary", b"three"), "detached"]
    assert not connection.transport.is_paused
    connection.receives(sends(" and five", 0))
    assert listener.calls[-1] == ("text", b"four and five")


async def test_detaching_after_the_end_hands_over_what_came_and_then_tells_the_end() -> None:
    class TooLate(Listener):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            self.connection = scope["extensions"][NAME]
            await send({"type": "websocket.accept"})
            await turns(3)
            self.detach()
            self.calls.append("detached")

    listener = TooLate()
    connection = MemoryServer(listener).request()
    await turns(1)
    connection.receives(sends("one") + closes(4000, "had to go"))
    connection.loses_connection()
    await turns(10)
    assert listener.calls == [("text", b"one"), "detached", ("close", 4000, "had to go")]


async def test_detaching_again_replaces_the_callbacks() -> None:
    listener, _, connection = await detached()
    other = Listener()
    other.connection = listener.connection
    other.detach()
    connection.receives(sends("for the other"))
    assert listener.calls == []
    assert other.calls == [("text", b"for the other")]


async def test_the_task_may_go_on_after_detaching_and_hears_the_end() -> None:
    class Staying(Listener):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await super().__call__(scope, receive, send)
            await send({"type": "websocket.send", "text": "welcome"})
            self.calls.append(await receive())

    listener, server, connection = await detached(Staying())
    assert connection.protocol.conversation is not None
    connection.receives(sends("one"))
    connection.loses_connection()
    await turns()
    assert listener.calls == [("text", b"one"), ("close", 1006, ""), {"type": "websocket.disconnect", "code": 1006}]
    assert not server.state.tasks


@pytest.mark.parametrize("is_closed_first", [True, False])
async def test_the_end_is_told_once_with_the_clients_code(is_closed_first: bool) -> None:
    listener, server, connection = await detached()
    if is_closed_first:
        connection.receives(closes(4001, "bye") + sends("not heard"))
    connection.loses_connection()
    await turns()
    assert listener.calls == [("close", 4001, "bye") if is_closed_first else ("close", 1006, "")]
    assert not server.state.connections


async def test_closing_is_told_in_the_next_turn_with_our_code_and_nothing_is_heard_after_it() -> None:
    listener, _, connection = await detached()
    listener.connection.close(4403, "banned")
    assert listener.calls == []
    listener.connection.close(1000)
    listener.connection.write(listener.connection.frame(b"not sent"))
    connection.receives(sends("not heard"))
    connection.protocol.pause_writing()
    assert connection.take_frames() == [(CLOSE, b"\x11\x33banned")]
    connection.receives(closes(4403))
    connection.loses_connection()
    await turns()
    assert listener.calls == [("close", 4403, "banned")]


async def test_closing_from_inside_a_callback_drops_the_rest_of_what_was_read() -> None:
    class Leaving(Listener):
        def on_text(self, payload: bytes) -> None:
            super().on_text(payload)
            self.connection.close(4000)

    listener, _, connection = await detached(Leaving())
    connection.receives(sends("one") + sends("two") + sends("ping", PING) + closes(4000))
    await turns()
    assert listener.calls == [("text", b"one"), ("close", 4000, "")]
    assert connection.take_frames() == [(CLOSE, b"\x0f\xa0")]
    assert connection.transport.is_closed


async def test_a_flood_is_read_in_turns_with_others_and_in_order() -> None:
    listener, server, connection = await detached()
    neighbour = await server.connect()
    listener.connection = connection.protocol
    flood = [str(number).encode() for number in range(10_000)]
    connection.receives(b"".join(sends(word) for word in flood))
    taken = len(listener.calls)
    assert 0 < taken < 2000
    assert connection.transport.is_paused
    neighbour.receives(sends("me too", PING))
    assert neighbour.take_frames() == [(PONG, b"me too")]
    connection.receives(sends("the last one"))
    assert len(listener.calls) < 2 * taken + 1000
    await turns(20)
    assert listener.calls == [("text", word) for word in [*flood, b"the last one"]]
    assert not connection.transport.is_paused


async def test_closing_in_the_middle_of_a_flood_drops_the_rest_of_it() -> None:
    listener, _, connection = await detached()
    connection.receives(b"".join(sends("x") for _ in range(10_000)))
    taken = len(listener.calls)
    listener.connection.abort()
    await turns(20)
    assert listener.calls[taken:] == [("close", 1006, "")]
    assert connection.protocol._unread == b""


async def test_aborting_cuts_off_at_once_and_is_told_as_1006() -> None:
    listener, _, connection = await detached()
    listener.connection.abort()
    assert connection.transport.is_aborted
    assert listener.calls == []
    listener.connection.send_text(b"not sent")
    assert listener.connection.buffered_bytes == 0
    connection.loses_connection()
    await turns()
    assert connection.take() == b""
    assert listener.calls == [("close", 1006, "")]


async def test_lagging_and_draining_are_told_and_can_be_asked() -> None:
    listener, _, connection = await detached()
    listener.connection.send_text(b"much")
    assert listener.connection.buffered_bytes == 6
    connection.protocol.pause_writing()
    assert listener.connection.is_lagging
    connection.protocol.resume_writing()
    assert not listener.connection.is_lagging
    assert listener.calls == ["lagging", "drained"]


async def test_detaching_a_connection_that_lags_already_says_so() -> None:
    listener, _, connection = await detached()
    connection.protocol.pause_writing()
    other = Listener()
    other.connection = listener.connection
    other.detach()
    assert other.calls == ["lagging"]


@pytest.mark.parametrize("callback", ["on_text", "on_binary", "on_lagging", "on_drained"])
async def test_a_callback_that_raises_is_logged_and_closes_its_own_connection(callback: str, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("on purpose")

    listener, server, connection = await detached()
    neighbour = await server.connect()
    listener.connection = connection.protocol
    callbacks: Any = {name: lambda *_: None for name in ("on_text", "on_binary", "on_lagging", "on_drained")}
    callbacks |= {"on_close": lambda *end: listener.calls.append(("close", *end)), callback: fail}
    listener.connection.detach(**callbacks)
    connection.receives(sends("x") + sends(b"x", BINARY))
    connection.protocol.pause_writing()
    connection.protocol.resume_writing()
    await turns()
    assert close_in(connection.take()) == (1011, "")
    assert connection.transport.is_closed
    assert listener.calls == [("close", 1011, "")]
    assert "on purpose" in caplog.text
    neighbour.receives(sends("still", PING))
    assert neighbour.take_frames() == [(PONG, b"still")]


async def test_an_on_close_that_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("on purpose")

    listener, server, connection = await detached()
    nothing: Any = lambda *_: None  # noqa: E731
    listener.connection.detach(on_text=nothing, on_binary=nothing, on_close=fail, on_lagging=nothing, on_drained=nothing)
    connection.loses_connection()
    await turns()
    assert "on purpose" in caplog.text
    assert not server.state.connections


async def test_the_limit_can_be_lowered_and_never_raised() -> None:
    _, _, connection = await detached(ws_max_size=100)
    connection.protocol.limit_messages(1000)
    assert connection.protocol.max_bytes == 100
    connection.protocol.limit_messages(10)
    connection.receives(sends("x" * 11))
    assert close_in(connection.take()) == (1009, "message over 10 bytes")


async def test_an_app_that_fails_after_detaching_closes_1011(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Listener):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await super().__call__(scope, receive, send)
            raise ValueError("on purpose")

    listener = Failing()
    written = await MemoryServer(listener).connect_and_read()
    await turns()
    assert close_in(written.split(b"\r\n\r\n", 1)[1]) == (1011, "")
    assert listener.calls == [("close", 1011, "")]
    assert "on purpose" in caplog.text


async def test_stopping_the_server_is_told_as_1012() -> None:
    listener, _, connection = await detached()
    connection.protocol.shutdown()
    await turns()
    assert close_in(connection.take()) == (1012, "")
    assert listener.calls == [("close", 1012, "")]


async def stopped_with(on_stopping: Any, **options: Any) -> tuple[Any, MemoryConnection]:
    """A listener that is told that the server stops."""
    listener, _, connection = await detached(**options)
    nothing: Any = lambda *_: None  # noqa: E731
    close: Any = lambda code, reason: listener.calls.append(("close", code, reason))  # noqa: E731
    callbacks = {"on_text": nothing, "on_binary": nothing, "on_lagging": nothing, "on_drained": nothing}
    listener.connection.detach(**callbacks, on_close=close, on_stopping=lambda: on_stopping(listener.connection))
    connection.protocol.shutdown()
    await turns()
    return listener, connection


async def test_an_endpoint_that_wants_to_know_that_the_server_stops_has_the_last_word() -> None:
    def part(wire: PreparedConnection) -> None:
        wire.send_text(b"bye")
        wire.close(1012, "restart")

    listener, connection = await stopped_with(part)
    written = connection.take()
    assert written.startswith(b"\x81\x03bye")
    assert close_in(written[5:]) == (1012, "restart")
    assert listener.calls == [("close", 1012, "restart")]


async def test_who_is_told_that_the_server_stops_and_does_nothing_is_closed_in_time() -> None:
    listener, connection = await stopped_with(lambda _wire: None)
    assert connection.take() == b""
    connection.protocol.cut_off()
    await turns()
    assert close_in(connection.take()) == (1012, "")
    assert listener.calls == [("close", 1012, "")]


async def test_nothing_of_a_connection_that_is_gone_is_held_by_it() -> None:
    listener, server, connection = await detached()
    connection.loses_connection()
    await turns()
    held = connection.protocol
    assert all(
        getattr(held, name).__name__ == "ignore" for name in ("on_text", "on_binary", "_on_close", "_on_lagging", "_on_drained", "write")
    )
    assert held.conversation is None
    assert not server.state.connections
    assert listener.calls == [("close", 1006, "")]
