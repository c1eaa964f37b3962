"""One session's way through one room's journal, from its cursor to live. Pure: numbers in, decisions out.

Three phases, as in every log that is followed: backfill (read what is missing), cutover (what is missing is still in
memory), live (the cursor is where the audience is, and the hub's next flush is the next thing to send).
"""

from collections.abc import Sequence
from enum import Enum


class Step(Enum):
    """What to do next for a session that is not live in a room."""

    WAIT = "nothing to do until something happens"
    READ = "read on from the journal"
    TAKE_TAIL = "what is missing is still in memory"
    GO_LIVE = "nothing is missing"
    END = "the membership ended here, and everything before was sent"


class HoleInJournal(Exception):
    """The journal gave events that do not follow on; delivering them would break a promise."""


class CatchUp:
    """Where one session is in one room while it is not live there."""

    __slots__ = ("cursor", "is_held", "is_reading", "until")

    def __init__(self, cursor: int, *, is_held: bool = False) -> None:
        self.cursor = cursor
        """The last seq that was sent."""
        self.is_held = is_held
        """Told `behind`, and waiting for `sync`."""
        self.is_reading = False
        """A read of the journal is under way."""
        self.until: int | None = None
        """The seq with which the membership ended; nothing after it is sent."""

    def goal(self, delivered: int) -> int:
        """How far to go now, where the audience was given everything up to `delivered`.

        Never beyond it: what comes after was not announced here yet, and may be the end of the membership.
        """
        return delivered if self.until is None else min(delivered, self.until)

    def next_step(self, delivered: int, tail_from: int, *, is_lagging: bool) -> Step:
        """What to do, where the audience was given everything up to `delivered` and memory begins at `tail_from`."""
        goal = self.goal(delivered)
        if self.is_reading:
            return Step.WAIT
        if self.until is not None and (self.is_held or self.cursor >= self.until):
            return Step.END
        if self.is_held or is_lagging or self.cursor > goal:
            return Step.WAIT
        if self.cursor == goal:
            return Step.GO_LIVE if self.until is None and goal == delivered else Step.WAIT
        return Step.TAKE_TAIL if self.cursor + 1 >= tail_from else Step.READ

    def accept(self, seqs: Sequence[int]) -> None:
        """Move over events that are about to be sent. Raises `HoleInJournal` when they do not follow on."""
        for seq in seqs:
            if seq != self.cursor + 1:
                raise HoleInJournal(f"expected seq {self.cursor + 1}, the journal gave {seq}")
            self.cursor = seq
