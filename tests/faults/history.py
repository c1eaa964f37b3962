"""What the clients of a fault test did and saw, written down in the order in which it happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Outcome(Enum):
    """How one attempt to send ended, as far as its sender knows."""

    OPEN = "asked, and nothing was heard yet"
    OK = "acknowledged"
    REFUSED = "refused: it was not stored"
    UNKNOWN = "the connection was lost before the answer"


class Op(NamedTuple):
    """One message that somebody wants in a room, however often they must ask for it."""

    client: str
    room: str
    key: str


@dataclass(slots=True)
class Attempt:
    """One time that a message was sent. The times are places in the history."""

    op: Op
    began: int
    outcome: Outcome = Outcome.OPEN
    ended: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """From here on the reader is owed everything of the room after `cursor`."""

    cursor: int


@dataclass(frozen=True, slots=True)
class Received:
    """The reader was given this event, as these bytes."""

    seq: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as the log has it at the end."""

    seq: int
    raw: bytes
    author: str
    key: str | None


Log = Mapping[str, list[Logged]]
Sight = Resumed | Received


class History:
    """Everything that was asked, answered and seen, by all clients of one test."""

    def __init__(self, members: Mapping[str, set[str]] | None = None) -> None:
        """`members` says who may see a room; a room that is not in it is open to everybody."""
        self.members = dict(members or {})
        self.attempts: list[Attempt] = []
        self.sights: dict[tuple[str, str], list[Sight]] = {}
        self._now = 0

    def invokes(self, client: str, room: str, key: str) -> Attempt:
        """Somebody sends a message, perhaps not for the first time."""
        attempt = Attempt(Op(client, room, key), self._next())
        self.attempts.append(attempt)
        return attempt

    def ends(self, attempt: Attempt, outcome: Outcome, seq: int | None = None) -> None:
        """An attempt was answered, or never will be."""
        attempt.outcome, attempt.seq, attempt.ended = outcome, seq, self._next()

    def resumes(self, client: str, room: str, cursor: int) -> None:
        """A reader says where to go on in a room."""
        self.sights.setdefault((client, room), []).append(Resumed(cursor))

    def receives(self, client: str, room: str, seq: int, raw: bytes) -> None:
        """A reader is given an event."""
        self.sights.setdefault((client, room), []).append(Received(seq, raw))

    def acknowledged(self) -> Iterator[Attempt]:
        """The attempts that were answered with a seq."""
        return (attempt for attempt in self.attempts if attempt.outcome is Outcome.OK)

    def _next(self) -> int:
        self._now += 1
        return self._now
