"""Bytes go to the socket past the transport: in order whatever the kernel takes, and never to anybody else's."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from typing import cast

import pytest

from hubbub.server.direct import DirectWriter, ignore

pytestmark = pytest.mark.anyio

PATIENCE = 20
LARGE = bytes(range(256)) * 4096  # more than the kernel keeps for one socket here


class Connection(DirectWriter, asyncio.Protocol):
    """The writer alone, on a transport of the loop under test."""

    def __init__(self) -> None:
        super().__init__(2**20, ignore, ignore)
        self.is_lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.begin_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.end_writing()
        self.is_lost.set()

    def take(self, data: bytes) -> None: ...

    def control_received(self, opcode: int, payload: bytes) -> None: ...

    def message_refused(self, code: int, reason: str) -> None: ...


class Peer:
    """The other end: a bare socket that reads when it is told to."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        end.setblocking(False)

    async def reads(self, size: int) -> bytes:
        found = bytearray()
        async with asyncio.timeout(PATIENCE):
            while len(found) < size:
                found += await asyncio.get_running_loop().sock_recv(self._socket, min(2**20, size - len(found)))
        return bytes(found)

    def reads_at_once(self) -> bytes:
        """What the kernel has for it, before the loop comes to fill the room that this makes."""
        found = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                found += self._socket.recv(2**20)
        return found

    def has_nothing_to_read(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            return self._socket.recv(1) == b""
        return True

    def goes(self) -> None:
        self._socket.close()


@contextlib.asynccontextmanager
async def pairs(count: int) -> AsyncIterator[tuple[list[Connection], list[Peer]]]:
    """So many connections, with their other ends."""
    async with contextlib.AsyncExitStack() as stack:
        connections, peers = [], []
        for _ in range(count):
            ours, theirs = socket.socketpair()
            peers.append(Peer(stack.enter_context(theirs)))
            _, connection = await asyncio.get_running_loop().create_connection(Connection, sock=ours)
            connections.append(connection)
            stack.callback(connection.transport.abort)
        yield connections, peers
        for connection in connections:
            connection.transport.abort()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(connection.is_lost.wait() for connection in connections))


async def test_what_is_written_is_on_its_way_at_once() -> None:
    async with pairs(3) as (connections, peers):
        connections[0].write(b"one")
        DirectWriter.write_to_each(connections, b"all")
        assert [connection.transport.get_write_buffer_size() for connection in connections] == [0, 0, 0]
        assert [await peer.reads(size) for peer, size in zip(peers, (6, 3, 3), strict=True)] == [b"oneall", b"all", b"all"]


async def test_who_does_not_read_gets_every_byte_in_order_and_keeps_nobody_waiting() -> None:
    async with pairs(3) as (connections, peers):
        slow, quick = connections[1], [connections[0], connections[2]]
        expected = LARGE
        slow.write(LARGE)
        for number in range(20):
            alone, together = b"<%d>" % number, b"[%d]" % number
            slow.write(alone)
            DirectWriter.write_to_each(connections, together)
            expected += alone + together
        assert slow.transport.get_write_buffer_size() > 0
        assert all(connection.transport.get_write_buffer_size() == 0 for connection in quick)
        assert await peers[1].reads(len(expected)) == expected
        assert await peers[0].reads(50) == b"".join(b"[%d]" % number for number in range(20))[:50]
        slow.write(b"direct again")
        assert slow.transport.get_write_buffer_size() == 0
        assert await peers[1].reads(12) == b"direct again"


async def test_nothing_overtakes_what_waits_when_the_kernel_takes_more_again() -> None:
    async with pairs(1) as ([connection], [peer]):
        connection.write(LARGE)
        read = peer.reads_at_once()
        assert connection.transport.get_write_buffer_size() > 0
        connection.write(b"after it")
        read += peer.reads_at_once()
        DirectWriter.write_to_each([connection], b"and that")
        assert read + await peer.reads(len(LARGE) + 16 - len(read)) == LARGE + b"after itand that"


async def test_a_part_that_the_kernel_took_is_not_written_twice() -> None:
    async with pairs(2) as (connections, peers):
        DirectWriter.write_to_each(connections, LARGE)
        DirectWriter.write_to_each(connections, b"the end")
        assert all(connection.transport.get_write_buffer_size() > 0 for connection in connections)
        for peer in peers:
            assert await peer.reads(len(LARGE) + 7) == LARGE + b"the end"


async def test_who_has_gone_harms_nobody_and_is_told_by_the_transport() -> None:
    async with pairs(3) as (connections, peers):
        peers[1].goes()
        DirectWriter.write_to_each(connections, b"news")
        assert [await peers[number].reads(4) for number in (0, 2)] == [b"news", b"news"]
        async with asyncio.timeout(PATIENCE):
            await connections[1].is_lost.wait()


async def test_a_socket_whose_number_is_given_to_another_connection_is_not_written_to() -> None:
    async with pairs(1) as (connections, _):
        gone = connections[0]
        number = gone.descriptor
        gone.transport.abort()
        async with asyncio.timeout(PATIENCE):
            await gone.is_lost.wait()
        await asyncio.sleep(0)
        ours, theirs = socket.socketpair()
        with ours, theirs, contextlib.ExitStack() as stack:
            if number not in (ours.fileno(), theirs.fileno()):
                os.dup2(ours.fileno(), number)
                stack.callback(os.close, number)
            gone.write(b"secret")
            DirectWriter.write_to_each([gone], b"secret")
            for end in (ours, theirs):
                assert Peer(end).has_nothing_to_read()


async def test_nothing_is_written_directly_before_what_waits_in_the_transport() -> None:
    async with pairs(1) as ([connection], [peer]):
        connection.end_writing()
        connection.transport.write(LARGE)
        await asyncio.sleep(0)
        read = peer.reads_at_once()
        connection.begin_writing()
        connection.write(b"after it")
        assert read + await peer.reads(len(LARGE) + 8 - len(read)) == LARGE + b"after it"
