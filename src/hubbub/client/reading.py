"""What one consumer reads: a bounded buffer, and its place in each room's log. Pure."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Frame = Mapping[str, Any]


class Buffer:
    """Events that wait for one consumer. Full at its capacity, and again open when half of it was taken."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._waiting: deque[tuple[Place, Frame]] = deque()
        self.is_full = False
        self.has_ended = False
        self.error: Exception | None = None
        """Why it ended, where that is not in the nature of things."""
        self.wake: Callable[[], None] | None = None
        """Set while the consumer waits for the next event."""

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, place: "Place", event: Frame) -> None:
        """Keep an event for the consumer."""
        self._waiting.append((place, event))
        self.is_full = self.is_full or len(self._waiting) >= self._capacity
        if self.wake is not None:
            self.wake()

    def take(self) -> tuple["Place", Frame] | None:
        """The next event and whose place it moves on; None when there is none yet."""
        if not self._waiting:
            return None
        if len(self._waiting) - 1 <= self._capacity // 2:
            self.is_full = False
        return self._waiting.popleft()

    def end(self, error: Exception | None = None) -> None:
        """Nothing more will come. What waits can still be taken."""
        if not self.has_ended:
            self.has_ended, self.error = True, error
        if self.wake is not None:
            self.wake()


@dataclass(eq=False, slots=True, weakref_slot=True)
class Place:
    """One consumer's place in one room's log."""

    room: str
    seq: int
    """The last event that went into the buffer."""
    handled: int
    """The last event that the consumer is done with."""
    buffer: Buffer
    is_only: bool
    """Whether the buffer ends with this room."""

    def offer(self, event: Frame) -> None:
        """Take the event if it is the next one and there is room for it. Any other comes again, or came before."""
        if event["seq"] == self.seq + 1 and not self.buffer.is_full and not self.buffer.has_ended:
            self.seq += 1
            self.buffer.put(self, event)

    def reset(self, seq: int) -> None:
        """The log is another one than before: go on from its end, and tell the consumer."""
        self.seq = self.handled = seq
        self.buffer.put(self, {"type": "reset", "room": self.room, "seq": seq})


class Reading:
    """One consumer's buffer and places; a wide one follows every room of the user."""

    def __init__(self, capacity: int, *, is_wide: bool) -> None:
        if capacity < 1:
            raise ValueError(f"A buffer holds one event at least, not {capacity}.")
        self.buffer = Buffer(capacity)
        self.places: dict[str, Place] = {}
        self.is_wide = is_wide

    def place_in(self, room: str, seq: int) -> Place:
        """Read this room too, from the event after `seq`."""
        place = self.places[room] = Place(room, seq, seq, self.buffer, is_only=not self.is_wide)
        return place
