"""Rooms of which this node has not heard everything: what comes after a hole waits until the journal has filled it. Sans-I/O.

News between nodes are a hint: they may be lost, doubled or late. What is announced to an audience is neither.
"""

import logging
from collections import deque
from collections.abc import Callable

from hubbub.protocol.events import Recorded, recorded_from
from hubbub.realtime.audience import Audience, Clockwork

HELD_EVENTS = 1000  # of one room; those beyond are read from the journal when it is their turn
READS_AT_ONCE = 4
READ_AGAIN_SECONDS = 0.5
PATIENCE_SECONDS = 0.1

log = logging.getLogger("hubbub.realtime")

Rows = list[tuple[int, bytes]]
RowsDone = Callable[[Rows | None], None]
ReadJournal = Callable[[str, int, int, RowsDone], None]
"""(room, after, up_to, done): hands `done` some of the events, at least one, or None when it could not be read."""


class Hole:
    """What is missing in one room: everything up to `goal` that was neither announced nor is held."""

    __slots__ = ("audience", "goal", "held")

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.goal = 0
        self.held: dict[int, Recorded] = {}


class Holes:
    """The holes of all rooms. They are given a moment to close by themselves, as what is missing may be on its way."""

    def __init__(self, clockwork: Clockwork, read_journal: ReadJournal, announce: Callable[[list[Recorded]], None]) -> None:
        self._clockwork = clockwork
        self._read_journal = read_journal
        self._announce = announce
        self._holes: dict[str, Hole] = {}
        self._queue: deque[Hole] = deque()
        self._reads = 0
        self.patience_seconds = PATIENCE_SECONDS
        """How long what is missing is waited for before the journal is asked."""

    def __bool__(self) -> bool:
        return bool(self._holes)

    def hold(self, audience: Audience, event: Recorded) -> None:
        """Keep an event whose turn has not come, and see to it that those before it do."""
        hole = self._hole_up_to(audience, event.seq, self.patience_seconds)
        if len(hole.held) < HELD_EVENTS:
            hole.held[event.seq] = event

    def note(self, audience: Audience, seq: int, *, is_on_its_way: bool = False) -> None:
        """See to it that everything up to `seq`, which is in the journal, is announced; at once, unless it may come by itself."""
        if seq > audience.head:
            self._hole_up_to(audience, seq, self.patience_seconds if is_on_its_way else 0)

    def next_after(self, audience: Audience) -> Recorded | None:
        """The held event whose turn has come, if there is one. A hole in which nothing is missing any more is forgotten."""
        hole = self._holes.get(audience.room)
        if hole is None or hole.audience is not audience:
            return None
        if audience.head >= hole.goal:
            del self._holes[audience.room]
            return None
        return hole.held.pop(audience.head + 1, None)

    def forget(self, audience: Audience) -> list[Recorded]:
        """Nobody listens to the room any more; what was held back for them."""
        hole = self._holes.get(audience.room)
        if hole is None or hole.audience is not audience:
            return []
        del self._holes[audience.room]
        return [event for _, event in sorted(hole.held.items())]

    def _hole_up_to(self, audience: Audience, seq: int, patience: float) -> Hole:
        audience.newest = max(audience.newest, seq)
        hole = self._holes.get(audience.room)
        if hole is None or hole.audience is not audience:
            hole = self._holes[audience.room] = Hole(audience)
            hole.goal = seq
            if patience > 0:
                self._clockwork.call_later(patience, self._fill, hole)
            else:
                self._fill(hole)
        hole.goal = max(hole.goal, seq)
        return hole

    def _fill(self, hole: Hole) -> None:
        self._queue.append(hole)
        self._start_reads()

    def _start_reads(self) -> None:
        while self._queue and self._reads < READS_AT_ONCE:
            hole = self._queue.popleft()
            if self._is_open(hole):
                self._reads += 1
                last_missing = min(hole.held, default=hole.goal + 1) - 1
                self._read_journal(hole.audience.room, hole.audience.head, last_missing, lambda rows, hole=hole: self._read(hole, rows))  # type: ignore[misc]

    def _read(self, hole: Hole, rows: Rows | None) -> None:
        self._reads -= 1
        if rows:
            # One by one: what was missing may have come another way while it was read.
            self._announce([recorded_from(body) for _, body in rows])
        if self._is_open(hole):
            if rows:
                self._queue.append(hole)
            elif rows is None or hole.held:
                self._clockwork.call_later(READ_AGAIN_SECONDS, self._fill, hole)
            else:
                log.warning(
                    "Room %s was said to go on to %d, and the journal ends at %d", hole.audience.room, hole.goal, hole.audience.head
                )
                self.forget(hole.audience)
        self._start_reads()

    def _is_open(self, hole: Hole) -> bool:
        return self._holes.get(hole.audience.room) is hole and hole.audience.head < hole.goal
