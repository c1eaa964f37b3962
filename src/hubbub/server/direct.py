"""Writing to the kernel at once, past the transport: what the same bytes to a thousand connections cost is mostly what stands between."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from hubbub.server.reading import FairReader

_NONE = -1
"""No descriptor. The kernel refuses it, which is what makes it safe to write to."""


def ignore(*_: Any) -> None:
    """In the place of every callback that is not, or no longer, wanted."""


class DirectWriter(FairReader):
    """A reader that writes, too: to the socket itself while nothing waits in the transport, and behind what waits there otherwise.

    So whoever writes must do it here and never to the transport, or bytes overtake each other.
    """

    __slots__ = ("_socket", "descriptor", "write")

    write: Callable[[bytes], None]
    """Write whole frames, in order after all that was written before; does nothing while the connection is not open."""

    def __init__(self, max_bytes: int, on_text: Callable[[bytes], None], on_binary: Callable[[bytes], None]) -> None:
        super().__init__(max_bytes, on_text, on_binary)
        self.write = ignore
        self._socket = _NONE
        self.descriptor = _NONE
        """The socket while it may be written to directly."""

    def begin_writing(self) -> None:
        """Take bytes from now on."""
        self._socket = _plain_socket(self.transport)
        self.descriptor = _NONE if self.transport.get_write_buffer_size() else self._socket
        self.write = self.transport.write if self._socket == _NONE else self._write

    def end_writing(self) -> None:
        """Take no bytes any more. Called before the transport closes the socket, whose number another connection may get then."""
        self.write = ignore
        self._socket = self.descriptor = _NONE

    @staticmethod
    def write_to_each(connections: "Sequence[DirectWriter]", data: bytes, /) -> None:
        """Write the same bytes to many connections: as `write` to each of them, in much less time."""
        size = len(data)
        taken = _taken([connection.descriptor for connection in connections], data)
        if taken.count(size) == len(taken):
            return
        for connection, count in zip(connections, taken, strict=True):
            if count == 0:
                connection.write(data)
            elif count < size:
                connection._leave_to_transport(data[count:])

    def _write(self, data: bytes) -> None:
        if self.descriptor == _NONE and self.transport.get_write_buffer_size() == 0:
            self.descriptor = self._socket
        try:
            count = os.write(self.descriptor, data)
        except OSError:
            count = 0  # it is full, or gone, which the transport finds out and tells
        if count < len(data):
            self._leave_to_transport(data[count:])

    def _leave_to_transport(self, rest: bytes) -> None:
        self.descriptor = _NONE
        self.transport.write(rest)


def _taken(descriptors: list[int], data: bytes) -> list[int]:
    """How many of the bytes the kernel took for each of the sockets."""
    taken: list[int] = []
    writes = map(os.write, descriptors, repeat(data))
    while len(taken) < len(descriptors):
        try:
            taken.extend(writes)
        except OSError:
            taken.append(0)
    return taken


def _plain_socket(transport: asyncio.Transport) -> int:
    """The number of the socket under the transport; none when bytes are encrypted on their way, or a socket is no file."""
    socket = transport.get_extra_info("socket")
    if socket is None or transport.get_extra_info("ssl_object") is not None or sys.platform == "win32":
        return _NONE
    number: int = socket.fileno()
    return number
