"""Reading in turns: no connection keeps the loop from the others, and one that is not listened to waits in the kernel."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable

from hubbub.server.parser import FrameParser

# What one connection may take of a turn of the loop: some milliseconds' worth of the smallest frames.
_BYTES_PER_TURN = 16384

_FOR_THE_APP, _FOR_OTHERS = 1, 2


class FairReader(FrameParser):
    """A parser on a transport. A large read is taken in slices, one in each turn of the loop, with reading paused."""

    __slots__ = ("_pauses", "_unread", "transport")

    transport: asyncio.Transport

    def __init__(self, max_bytes: int, on_text: Callable[[bytes], None], on_binary: Callable[[bytes], None]) -> None:
        super().__init__(max_bytes, on_text, on_binary)
        self._pauses = 0
        self._unread = b""

    @abstractmethod
    def take(self, data: bytes) -> None:
        """Feed these bytes now, or drop them when nobody reads any more."""

    def read(self, data: bytes) -> None:
        """Take what came, at once when it is little."""
        if self._unread:
            self._unread += data
        elif len(data) <= _BYTES_PER_TURN:
            self.take(data)
        else:
            self._unread = data
            self._pause(_FOR_OTHERS)
            self._take_turn()

    def _take_turn(self) -> None:
        data, self._unread = self._unread[:_BYTES_PER_TURN], self._unread[_BYTES_PER_TURN:]
        self.take(data)
        if self._unread:
            asyncio.get_running_loop().call_soon(self._take_turn)
        else:
            self._resume(_FOR_OTHERS)

    @property
    def is_reading_paused(self) -> bool:
        """Whether it is we who do not listen."""
        return self._pauses != 0

    def pause_reading(self) -> None:
        """Let the peer wait in the kernel's buffers."""
        self._pause(_FOR_THE_APP)

    def resume_reading(self) -> None:
        """Listen again."""
        self._resume(_FOR_THE_APP)

    def _pause(self, why: int) -> None:
        if not self._pauses and not self.transport.is_closing():
            self.transport.pause_reading()
        self._pauses |= why

    def _resume(self, why: int) -> None:
        was_paused, self._pauses = self._pauses, self._pauses & ~why
        if was_paused and not self._pauses and not self.transport.is_closing():
            self.transport.resume_reading()
