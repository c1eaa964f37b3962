"""One timer that pings the quiet, drops the dead and cuts off those who do not close, for all connections of a server."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Protocol
from weakref import WeakKeyDictionary

_LONGEST_TURN_SECONDS = 1.0
_MOST_SLICES = 10


class Kept(Protocol):
    """What the wheel knows of a connection."""

    last_heard: float
    pinged_for: float

    @property
    def is_reading_paused(self) -> bool:
        """Whether it is we who do not listen."""

    def ping(self) -> None:
        """Ask whether the peer is there."""

    def give_up(self) -> None:
        """The peer is not there: end the connection."""

    def cut_off(self) -> None:
        """The peer did not close in time."""


class Wheel:
    """Looks at one slice of its connections a second, or a turn; an idle connection costs an entry in a set.

    A connection that was quiet for `interval` seconds is pinged, within a quarter of that time; one that was quiet
    for `interval + timeout` is given up. Any byte counts as life. Without an interval nobody is pinged, without a
    timeout nobody is given up. Needs a running event loop while it has connections.
    """

    def __init__(self, interval: float | None, timeout: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval or math.inf
        self._patience = math.inf if timeout is None else self._interval + timeout
        self._clock = clock
        self._turn_seconds = min(_LONGEST_TURN_SECONDS, self._interval / 4)
        self._slices: list[set[Kept]] = [set() for _ in range(int(min(_MOST_SLICES, max(1, self._interval / 4))))]
        self._position = 0
        self._closing: dict[Kept, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.now = clock()

    def add(self, connection: Kept) -> None:
        """Watch over a connection that has just opened."""
        self._start()
        connection.last_heard = self.now
        self._slice_of(connection).add(connection)

    def await_close(self, connection: Kept, seconds: float) -> None:
        """No more pings for this one; cut it off if it is still there after so many seconds."""
        self._slice_of(connection).discard(connection)
        if seconds > 0:
            self._start()
            self._closing[connection] = self._clock() + seconds
        else:
            asyncio.get_running_loop().call_soon(connection.cut_off)

    def remove(self, connection: Kept) -> None:
        """Forget a connection that is gone."""
        self._slice_of(connection).discard(connection)
        self._closing.pop(connection, None)

    def turn(self) -> None:
        """Look at the next slice and at those that are closing."""
        self.now = self._clock()
        self._position = (self._position + 1) % len(self._slices)
        for connection in tuple(self._slices[self._position]):
            self._look_at(connection)
        for connection, deadline in tuple(self._closing.items()):
            if self.now >= deadline:
                self._closing.pop(connection, None)
                connection.cut_off()

    def _look_at(self, connection: Kept) -> None:
        quiet = self.now - connection.last_heard
        if quiet < self._interval:
            return
        if connection.pinged_for != connection.last_heard:
            # Always asked first, however long the turns of a busy loop were.
            connection.pinged_for = connection.last_heard
            connection.ping()
        elif quiet >= self._patience and not connection.is_reading_paused:
            connection.give_up()

    def _slice_of(self, connection: Kept) -> set[Kept]:
        # Addresses of objects of one size are evenly apart, so they are mixed first (Knuth, The Art of Computer Programming, 6.4).
        return self._slices[(id(connection) * 2654435761 >> 20) % len(self._slices)]

    def _start(self) -> None:
        if self._timer is None:
            self.now = self._clock()
            self._timer = asyncio.get_running_loop().call_later(self._turn_seconds, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._closing or any(self._slices):
            # Started before the turn, so that nothing which goes wrong there stops the wheel.
            self._timer = asyncio.get_running_loop().call_later(self._turn_seconds, self._tick)
            self.turn()


# One wheel for each server in this process; it goes when its server does.
_wheels: WeakKeyDictionary[object, Wheel] = WeakKeyDictionary()


def wheel_of(server: object, interval: float | None, timeout: float | None, clock: Callable[[], float]) -> Wheel:
    """The wheel that all connections of one server share; the first of them makes it."""
    wheel = _wheels.get(server)
    if wheel is None:
        wheel = _wheels[server] = Wheel(interval, timeout, clock)
    return wheel
