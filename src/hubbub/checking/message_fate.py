"""What became of a message, made anew from the log, beside what is kept of it. Pure: rows in, faults out."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic_core import from_json

from hubbub.checking.model import Fault, Promise
from hubbub.polls.model import Poll, with_end, with_vote
from hubbub.protocol.polls import MOST_OPTIONS
from hubbub.reactions.model import Reactions, with_reaction, without_reaction

_NO_VOTES: Poll = {"options": [""] * MOST_OPTIONS}


class LaterEvent(NamedTuple):
    """An event that points back at a message."""

    room_id: str
    address: int
    """The seq of the message."""
    seq: int
    type: str
    body: bytes
    is_deleted: bool
    """Of a reply: whether it was deleted."""


class KeptState(NamedTuple):
    """What is kept of a message beside its event."""

    room_id: str
    seq: int
    notes: str
    pinned_seq: int | None


class Fate:
    """What the later events make of one message."""

    def __init__(self) -> None:
        self._reactions: Reactions = []
        self._replies = 0
        self._pinned: dict[str, Any] | None = None
        self._pinned_seq: int | None = None
        # The options themselves stand in the message: what the log adds are votes, and the end.
        self._poll: Poll = _NO_VOTES
        self._previews: list[dict[str, Any]] = []

    def take(self, later: LaterEvent) -> None:
        """The next event about the message."""
        if later.type == "message.created":
            self._replies += not later.is_deleted
        elif later.type == "message.deleted":
            self._reactions, self._pinned, self._pinned_seq, self._poll, self._previews = [], None, None, _NO_VOTES, []
        elif later.type == "message.previewed":
            self._previews = from_json(later.body).get("previews", [])
        elif later.type == "message.pinned":
            event = from_json(later.body)
            self._pinned, self._pinned_seq = {"at": event["at"], "by": event["by"]}, later.seq
        elif later.type == "message.unpinned":
            self._pinned, self._pinned_seq = None, None
        elif later.type in ("reaction.added", "reaction.removed"):
            event = from_json(later.body)
            change = with_reaction if later.type == "reaction.added" else without_reaction
            self._reactions = change(self._reactions, event["emoji"], event["by"]["id"])

        elif later.type == "poll.voted":
            event = from_json(later.body)
            self._poll = with_vote(self._poll, event["by"]["id"], event["choices"])
        elif later.type == "poll.closed":
            event = from_json(later.body)
            self._poll = with_end(self._poll, event["at"], event["by"])

    def faults(self, room_id: str, seq: int, kept: KeptState | None) -> Iterator[Fault]:
        """Where what is kept is something else."""
        notes = from_json(kept.notes) if kept else {}
        pairs = {
            "reactions": (notes.get("reactions", []), self._reactions),
            "number of replies": (notes.get("replies", {}).get("count", 0), self._replies),
            "votes": (_votes(notes.get("poll", {})), _votes(self._poll)),
            "end of the poll": (notes.get("poll", {}).get("closed"), self._poll.get("closed")),
            "previews": (notes.get("previews", []), self._previews),
            "pin": (notes.get("pinned"), self._pinned),
            "place among the pinned": (kept.pinned_seq if kept else None, self._pinned_seq),
        }
        for name, (there, logged) in pairs.items():
            if there != logged:
                yield Fault(Promise.NOTED, f"room {room_id}: the {name} of {seq}: {there!r} here, and {logged!r} by the log")


def _votes(poll: Poll) -> dict[int, list[str]]:
    """Who chose each option, but for those that nobody chose."""
    return {number: votes["users"] for number, votes in enumerate(poll.get("votes", ())) if votes["count"]}
