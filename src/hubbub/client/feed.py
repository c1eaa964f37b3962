"""What a consumer iterates over: every event once and in order, whatever happens to the connection."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from hubbub.client.reading import Frame, Place, Reading

T = TypeVar("T")


class Keeper(Protocol):
    """Who a feed belongs to."""

    def drained(self, reading: Reading) -> None:
        """The reading takes more again."""

    def waiting(self) -> None:
        """A consumer begins to wait for the next event."""

    def handled(self) -> None:
        """A consumer is done with some events, or is about to get the next one: time to save bookmarks."""

    def left(self, reading: Reading) -> None:
        """Nobody reads this any more."""


class Feed(Generic[T]):
    """An endless asynchronous iterator for one task; open another feed for another task.

    What was handed out counts as handled when the next is asked for. A feed that nobody holds any more stops by
    itself; one that is held and not read makes the client read no further once its buffer is full, so close it
    (`async with client.events() as feed`) or let it go.
    """

    def __init__(self, keeper: Keeper, reading: Reading, make: Callable[[Frame], T | None]) -> None:
        self._keeper = keeper
        self._reading = reading
        self._make = make
        self._last: tuple[Place, int] | None = None

    def __aiter__(self) -> Self:
        """The feed itself: a second `async for` goes on where the first one stopped."""
        return self

    async def __anext__(self) -> T:
        """The next one. Raises what ended the client, when something did."""
        self._note_handled()
        while True:
            event = self._take()
            if event is None:
                self._keeper.handled()
                await self._wait()
            elif (made := self._make(event)) is not None:
                self._keeper.handled()
                return made
            else:
                self._note_handled()

    async def __aenter__(self) -> Self:
        """Close the feed at the end of the block."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Read no more."""
        self.close()

    def close(self) -> None:
        """Read no more; what waits is let go. Safe to call twice."""
        self._keeper.left(self._reading)

    def _take(self) -> Frame | None:
        buffer = self._reading.buffer
        was_full = buffer.is_full
        taken = buffer.take()
        if was_full and not buffer.is_full:
            self._keeper.drained(self._reading)
        if taken is None:
            return None
        place, event = taken
        self._last = (place, event["seq"])
        return event

    def _note_handled(self) -> None:
        if self._last is not None:
            place, seq = self._last
            place.handled = max(place.handled, seq)
            self._last = None

    async def _wait(self) -> None:
        buffer = self._reading.buffer
        if buffer.has_ended:
            raise buffer.error.with_traceback(None) if buffer.error else StopAsyncIteration
        if buffer.wake is not None:
            raise RuntimeError("Two tasks read one feed. Open a feed for each of them.")
        woken = asyncio.get_running_loop().create_future()
        buffer.wake = lambda: None if woken.done() else woken.set_result(None)
        self._keeper.waiting()
        try:
            await woken
        finally:
            buffer.wake = None
