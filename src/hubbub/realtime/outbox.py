"""What a session is still owed, on its way to the connection: frames, batches of them, and the bounded outbox."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

OUTBOX_BYTES = 256 * 1024
OVERFULL_BYTES = 4 * 1024 * 1024
"""More than a catch-up ever leaves waiting: so much is owed only to somebody who asks and asks and reads no answer."""


class Frame:
    """One text frame. Its bytes are made once, however many are sent it."""

    __slots__ = ("payload", "prepared")

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.prepared: bytes | None = None
        """The payload with its WebSocket header, once somebody needed it."""


class Batch:
    """Frames that go out together, joined once for all who get them."""

    __slots__ = ("frames", "prepared")

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.frames = frames
        self.prepared: bytes | None = None

    def prepare(self, frame: Callable[[bytes], bytes]) -> bytes:
        """The whole batch as bytes for the transport; `frame` adds the WebSocket header to a payload."""
        parts = []
        for one in self.frames:
            if one.prepared is None:
                one.prepared = frame(one.payload)
            parts.append(one.prepared)
        self.prepared = parts[0] if len(parts) == 1 else b"".join(parts)
        return self.prepared


class Connection(Protocol):
    """Where a session's frames go. `take` never waits; a connection that cannot keep up says so by `is_lagging`."""

    @property
    def is_lagging(self) -> bool:
        """Whether more is waiting than should be; whoever sends stops until the connection has drained."""

    @property
    def is_overfull(self) -> bool:
        """Whether so much is waiting that the conversation had better end."""

    def take(self, batch: Batch) -> None:
        """Send the batch, in order after every batch before it."""

    def take_along(self, batch: Batch) -> None:
        """Send the batch soon: with the next one that is taken, or by itself in the next turn of the loop."""

    def close(self, code: int, reason: str) -> None:
        """End the conversation after what was taken so far."""


def take_one_by_one(connections: Iterable[Connection], batch: Batch, broke: Callable[[Connection], object]) -> None:
    """Have each connection take the batch. From within the handling of its error, `broke` is told of each that raised one."""
    for connection in connections:
        try:
            connection.take(batch)
        except Exception:
            broke(connection)


class Outbox:
    """A bounded queue in front of a plain ASGI connection, with a loop that its owner runs.

    Over the bound it lags: the hub stops handing it events and reads on from the journal once it has drained. Memory
    stays within the bound and one batch.
    """

    def __init__(self, *, limit_bytes: int = OUTBOX_BYTES) -> None:
        self._queue: deque[Frame] = deque()
        self._bytes = 0
        self._limit = limit_bytes
        self._on_lagging: Callable[[], object]
        self._on_lagging = self._on_drained = self._on_closing = _nobody_cares
        self._filled = asyncio.Event()
        self._farewell: tuple[int, str] | None = None
        self.is_lagging = False

    def watch(self, *, on_lagging: Callable[[], None], on_drained: Callable[[], None]) -> None:
        """Tell somebody when it begins and ceases to lag; at once when it lags already."""
        self._on_lagging, self._on_drained = on_lagging, on_drained
        if self.is_lagging:
            on_lagging()

    def when_closing(self, on_closing: Callable[[], object]) -> None:
        """Tell somebody when it begins to close."""
        self._on_closing = on_closing

    @property
    def is_overfull(self) -> bool:
        """Whether so much is waiting that the conversation had better end."""
        return self._bytes > OVERFULL_BYTES

    def take(self, batch: Batch) -> None:
        """Queue the batch."""
        if self._farewell is not None:
            return
        self._queue.extend(batch.frames)
        self._bytes += sum(len(frame.payload) for frame in batch.frames)
        self._filled.set()
        if self._bytes > self._limit and not self.is_lagging:
            self.is_lagging = True
            self._on_lagging()

    def take_along(self, batch: Batch) -> None:
        """Queue the batch: here nothing is gained by waiting."""
        self.take(batch)

    def close(self, code: int, reason: str) -> None:
        """Close after what is queued."""
        if self._farewell is None:
            self._farewell = (code, reason)
            self._filled.set()
            self._on_closing()

    async def next_text(self) -> str | None:
        """The next frame to send; None when it is time to close with `farewell`."""
        while not self._queue:
            if self._farewell is not None:
                return None
            self._filled.clear()
            await self._filled.wait()
        frame = self._queue.popleft()
        self._bytes -= len(frame.payload)
        if self.is_lagging and not self._queue:
            self.is_lagging = False
            self._on_drained()
        return frame.payload.decode()

    @property
    def has_farewell(self) -> bool:
        """Whether it is being closed from our side."""
        return self._farewell is not None

    @property
    def farewell(self) -> tuple[int, str]:
        """The code and reason to close with."""
        return self._farewell or (1000, "")


def _nobody_cares() -> object:
    """Until somebody watches, lagging is nobody's business."""
    return None
