"""A bus for several nodes in one process: what tests of many nodes run on."""

import asyncio
import logging

from hubbub.bus.base import Ear

log = logging.getLogger("hubbub.bus")


class Square:
    """Where the buses of one process meet."""

    def __init__(self) -> None:
        self._buses: list[MemoryBus] = []

    def enter(self, bus: "MemoryBus") -> None:
        """Be told from now on."""
        self._buses.append(bus)

    def leave(self, bus: "MemoryBus") -> None:
        """Be told no more."""
        if bus in self._buses:
            self._buses.remove(bus)

    def shout(self, channel: str, payload: bytes) -> None:
        """Tell everybody who is here."""
        for bus in tuple(self._buses):
            bus.overhear(channel, payload)


class MemoryBus:
    """One node's bus to the others on the same square."""

    def __init__(self, square: Square) -> None:
        self._square = square
        self._channels: set[str] = set()
        self._ear: Ear | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether it was started."""
        return self._ear is not None

    async def start(self, ear: Ear) -> None:
        """Enter the square."""
        self._ear, self._loop = ear, asyncio.get_running_loop()
        self._square.enter(self)
        for channel in self._channels:
            self._loop.call_soon(self._attach, channel)

    async def stop(self) -> None:
        """Leave the square."""
        self._square.leave(self)
        self._ear = None

    def publish(self, channel: str, payload: bytes) -> None:
        """Tell the others in the next turn of their loops."""
        if self._ear is not None:
            self._square.shout(channel, payload)

    def listen(self, channel: str) -> None:
        """Hear this channel, from the next turn on."""
        self._channels.add(channel)
        if self._loop is not None:
            self._loop.call_soon(self._attach, channel)

    def unlisten(self, channel: str) -> None:
        """Hear this channel no more."""
        self._channels.discard(channel)

    def overhear(self, channel: str, payload: bytes) -> None:
        """Somebody on the square says something."""
        if channel in self._channels and self._loop is not None:
            self._loop.call_soon_threadsafe(self._hear, channel, payload)

    def _hear(self, channel: str, payload: bytes) -> None:
        if self._ear is not None and channel in self._channels:
            try:
                self._ear.heard(channel, payload)
            except Exception:
                log.exception("What came over the bus could not be taken in")

    def _attach(self, channel: str) -> None:
        if self._ear is not None and channel in self._channels:
            self._ear.attached(channel)
