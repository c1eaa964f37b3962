"""ConnectionManager on the fast path: what a broadcast to a thousand costs, counted on real connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar

import pytest
from manager_stage import SECONDS, Chat, running, until

from hubbub.realtime import groups
from hubbub.server import Protocol

pytestmark = pytest.mark.anyio

HELLO = (
    b"GET /ws/%d HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    return "asyncio", {"use_uvloop": request.param}


class Counting(Protocol):
    """Our protocol class, keeping count of the frames made and of what is written where."""

    frames: ClassVar[list[bytes]] = []
    writes: ClassVar[list[bytes]] = []

    @staticmethod
    def frame(payload: bytes, /) -> bytes:
        made = Protocol.frame(payload)
        Counting.frames.append(made)
        return made

    def accept(self, response: bytes) -> None:
        super().accept(response)
        self.write = self._counted(self.write)

    @staticmethod
    def _counted(write: Callable[[bytes], None]) -> Callable[[bytes], None]:
        def counted(data: bytes) -> None:
            Counting.writes.append(data)
            write(data)

        return counted


@pytest.fixture(autouse=True)
def from_zero() -> None:
    Counting.frames.clear()
    Counting.writes.clear()


Reader = asyncio.StreamReader


@contextlib.asynccontextmanager
async def crowd(chat: Chat, port: int, count: int) -> AsyncIterator[list[Reader]]:
    """So many bare clients, all connected."""
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    for number, (_, writer) in enumerate(streams):
        writer.write(HELLO % number)
    async with asyncio.timeout(SECONDS):
        for reader, _ in streams:
            await reader.readuntil(b"\r\n\r\n")
    await until(lambda: len(chat.manager.active_connections) == count)
    try:
        yield [reader for reader, _ in streams]
    finally:
        for _, writer in streams:
            writer.transport.abort()


async def all_hear(readers: list[Reader], frames: bytes) -> None:
    async with asyncio.timeout(SECONDS):
        for reader in readers:
            assert await reader.readexactly(len(frames)) == frames


async def test_a_thousand_connections_share_one_frame_and_no_task_is_made() -> None:
    chat = Chat()
    async with running(chat.app, Counting) as here, crowd(chat, here.port, 1000) as readers:
        before = len(asyncio.all_tasks())
        await chat.manager.broadcast("hi")
        assert len(asyncio.all_tasks()) == before
        assert len(Counting.frames) == 1
        assert len(Counting.writes) == 1000
        assert {id(data) for data in Counting.writes} == {id(Counting.frames[0])}
        await all_hear(readers, b"\x81\x02hi")


async def test_what_comes_within_one_turn_is_one_write_to_each_and_shared_where_it_is_the_same() -> None:
    chat = Chat()
    async with running(chat.app, Counting) as here, crowd(chat, here.port, 10) as readers:
        await chat.manager.connect(chat.here["9"], group="kitchen")
        chat.manager.publish("a")
        chat.manager.publish(b"b", group="kitchen")
        await chat.manager.broadcast("c")
        assert len(Counting.frames) == 3
        assert len(Counting.writes) == 10
        assert len({id(data) for data in Counting.writes}) == 2
        await all_hear(readers[:9], b"\x81\x01a\x81\x01c")
        await all_hear(readers[9:], b"\x81\x01a\x82\x01b\x81\x01c")


async def test_a_broadcast_to_very_many_goes_out_in_slices_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "SLICE", 3)
    chat = Chat()
    async with running(chat.app, Counting) as here, crowd(chat, here.port, 10) as readers:
        await chat.manager.broadcast("a")
        assert len(Counting.writes) == 3
        for _ in range(3):
            await chat.manager.broadcast("b")
        await all_hear(readers, b"\x81\x01a\x81\x01b\x81\x01b\x81\x01b")
