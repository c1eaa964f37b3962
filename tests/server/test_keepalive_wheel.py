"""The wheel that pings the quiet and drops the dead, with time passed in."""

from typing import Any

import pytest
from websocket_wire import CLOSE, PING, PONG, MemoryServer, close_in, sends, turns

from hubbub.server.extension import NAME

pytestmark = pytest.mark.anyio

PING_FRAME = b"\x89\x00"


async def detaching(scope: Any, receive: Any, send: Any) -> None:
    def nothing(*_: Any) -> None:
        pass

    await send({"type": "websocket.accept"})
    scope["extensions"][NAME].detach(on_text=nothing, on_binary=nothing, on_close=nothing, on_lagging=nothing, on_drained=nothing)


def server_with(interval: float | None = 20.0, timeout: float | None = 20.0) -> MemoryServer:
    return MemoryServer(detaching, ws_ping_interval=interval, ws_ping_timeout=timeout)


async def test_a_quiet_connection_is_pinged_once_after_the_interval() -> None:
    server = server_with()
    connection = await server.connect()
    server.pass_seconds(connection, 19)
    assert connection.take() == b""
    server.pass_seconds(connection, 6)
    assert connection.take() == PING_FRAME
    server.pass_seconds(connection, 10)
    assert connection.take() == b""


async def test_a_connection_that_answers_is_pinged_again_after_the_next_interval() -> None:
    server = server_with()
    connection = await server.connect()
    for _ in range(5):
        server.pass_seconds(connection, 25)
        assert connection.take() == PING_FRAME
        connection.receives(sends(b"", PONG))


async def test_a_connection_that_talks_is_never_pinged() -> None:
    server = server_with()
    connection = await server.connect()
    for _ in range(20):
        server.pass_seconds(connection, 10)
        connection.receives(sends("x"))
    assert connection.take() == b""


async def test_a_connection_that_stays_silent_is_given_up_and_cut_off() -> None:
    server = server_with()
    connection = await server.connect()
    server.pass_seconds(connection, 39)
    assert connection.take() == PING_FRAME
    server.pass_seconds(connection, 6)
    assert close_in(connection.take()) == (1011, "keepalive ping timeout")
    assert connection.transport.is_closed
    server.pass_seconds(connection, 10)
    assert connection.transport.is_aborted
    assert connection.protocol.end == (1011, "keepalive ping timeout")


async def test_half_a_frame_counts_as_life() -> None:
    server = server_with()
    connection = await server.connect()
    for byte in sends("slow but there"):
        server.pass_seconds(connection, 15)
        connection.receives(bytes([byte]))
    assert connection.take() == b""


async def test_taking_what_was_sent_counts_as_life() -> None:
    server = server_with()
    connection = await server.connect()
    for _ in range(10):
        connection.protocol.pause_writing()
        server.pass_seconds(connection, 15)
        connection.protocol.resume_writing()
    assert connection.take() == b""


async def test_a_connection_that_we_do_not_read_is_not_given_up() -> None:
    server = server_with()
    connection = await server.connect()
    connection.protocol.pause_reading()
    server.pass_seconds(connection, 200)
    assert connection.take() == PING_FRAME
    assert not connection.transport.is_closed


async def test_without_an_interval_nobody_is_pinged_and_without_a_timeout_nobody_is_dropped() -> None:
    unwatched, patient = server_with(None), server_with(20.0, None)
    first, second = await unwatched.connect(), await patient.connect()
    unwatched.pass_seconds(first, 500)
    patient.pass_seconds(second, 500)
    assert first.take() == b""
    assert second.take() == PING_FRAME
    assert first.protocol.idle_seconds == 500


async def test_a_handshake_that_the_app_takes_its_time_over_is_left_alone() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await receive()

    server = MemoryServer(app)
    connection = server.request()
    await turns()
    server.pass_seconds(connection, 500)
    assert connection.take() == b""
    assert not connection.transport.is_closed
    connection.loses_connection()
    await turns()


async def test_a_client_that_does_not_answer_our_close_is_cut_off_after_ten_seconds() -> None:
    server = server_with()
    connection = await server.connect()
    connection.protocol.close(4000)
    server.pass_seconds(connection, 9)
    assert [opcode for opcode, _ in connection.take_frames()] == [CLOSE]
    assert not connection.transport.is_closed
    server.pass_seconds(connection, 1)
    assert connection.transport.is_closed
    assert not connection.transport.is_aborted
    server.pass_seconds(connection, 1)
    assert connection.transport.is_aborted


async def test_a_client_that_does_not_take_our_last_words_is_cut_off() -> None:
    server = server_with()
    connection = await server.connect()
    connection.receives(sends("x", reserved=1))
    assert connection.transport.is_closed
    server.pass_seconds(connection, 10)
    assert connection.transport.is_aborted


async def test_one_wheel_serves_all_connections_and_looks_at_each_in_its_turn() -> None:
    server = server_with()
    connections = [await server.connect() for _ in range(50)]
    assert len({id(connection.protocol._wheel) for connection in connections}) == 1
    server.pass_seconds(connections[0], 19)
    pings_per_second = []
    for _ in range(6):
        server.pass_seconds(connections[0], 1)
        pings_per_second.append(sum(connection.take() == PING_FRAME for connection in connections))
    assert sum(pings_per_second) == 50
    assert max(pings_per_second) < 50


async def test_idle_seconds_count_from_the_last_byte() -> None:
    server = server_with()
    connection = await server.connect()
    server.pass_seconds(connection, 7)
    assert connection.protocol.idle_seconds == 7
    connection.receives(sends("x", PING))
    assert connection.protocol.idle_seconds == 0


async def test_the_wheel_stands_still_when_nobody_is_left() -> None:
    server = server_with()
    connection = await server.connect()
    wheel = connection.protocol._wheel
    assert wheel._timer is not None
    connection.loses_connection()
    wheel._timer.cancel()
    wheel._tick()
    assert wheel._timer is None
    second = await server.connect()
    assert second.protocol._wheel is wheel
    assert wheel._timer is not None
    wheel._timer.cancel()
