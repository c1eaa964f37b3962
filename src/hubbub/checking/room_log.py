"""Goes through one room's log in its order and holds each event against the rules. Pure: rows in, faults out."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from hubbub.checking.model import Fault, Promise
from hubbub.protocol.events import EVENTS, Event, MessageCreated, timestamp
from hubbub.rooms.model import people_key

WORDS = ("text", "files", "mentions", "poll", "previews")
"""What a deleted message has no more."""


class LoggedEvent(NamedTuple):
    """A row of the log."""

    id: int
    seq: int
    type: str
    author_id: str
    at: int
    key: str | None
    target: int | None
    message_count: int
    body: bytes
    is_deleted: bool
    """Whether the message that this event made, edited or previewed was deleted later."""


class KeptRoom(NamedTuple):
    """A room as its own row has it."""

    id: str
    name: str
    topic: str
    people_key: str | None
    last_seq: int
    message_count: int


class RoomLog:
    """What is known of a room after the events so far. It keeps no events, only who is a member."""

    def __init__(self, room: KeptRoom) -> None:
        self._room = room
        self._seq = self._id = self._messages = 0
        self._files = 0
        self._roles: dict[str, str] = {}
        self._called: dict[str, str] = {}

    def take(self, row: LoggedEvent) -> Iterator[Fault]:
        """The faults of the next event."""
        if row.seq != self._seq + 1:
            yield self._fault(Promise.GAP_FREE, f"{row.seq} comes after {self._seq}")
        elif row.id <= self._id:
            yield self._fault(Promise.GAP_FREE, f"{row.seq} has the id {row.id}, and the event before it {self._id}: ids grow in a room")
        self._seq, self._id = row.seq, row.id
        # A reply in a thread counts only where it stands in the room too.
        self._messages += row.type == "message.created" and (row.target is None or row.target < 0)
        if row.message_count != self._messages:
            yield self._fault(Promise.COUNTS, f"{row.seq} says that it is message {row.message_count}, and it is {self._messages}")
            self._messages = row.message_count
        try:
            event = _read(row)
        except (ValueError, LookupError) as error:
            yield self._fault(Promise.BODIES, f"{row.seq} cannot be read: {_first_line(error)}")
            return
        yield from self._body(row, event)
        self._follow(event)

    def end(self, members: Mapping[str, str], files: int) -> Iterator[Fault]:
        """The faults of the room's own row and of its members, who are given with their roles, and of the number of its files."""
        room = self._room
        if room.last_seq != self._seq:
            yield self._fault(Promise.GAP_FREE, f"says that it ends at {room.last_seq}, and it ends at {self._seq}")
        if files != self._files:
            yield self._fault(Promise.BYTES, f"has {files} files, and its messages have {self._files}")
        if room.message_count != self._messages:
            yield self._fault(Promise.COUNTS, f"says that it has {room.message_count} messages, and it has {self._messages}")
        for what, kept in (("name", room.name), ("topic", room.topic)):
            if self._called.get(what, kept) != kept:
                yield self._fault(Promise.NAMES, f"has the {what} {kept!r}, and its log says {self._called[what]!r}")
        if room.people_key is not None and people_key(members) != room.people_key:
            yield self._fault(Promise.MEMBERS, "is the direct room of others than its members")
        for user in members.keys() | self._roles.keys():
            kept, logged = members.get(user, "no member"), self._roles.get(user, "no member")
            if kept != logged:
                yield self._fault(Promise.MEMBERS, f"{user} is {kept} here, and {logged} by the log")

    def _body(self, row: LoggedEvent, event: Event) -> Iterator[Fault]:
        said = (event.type, event.room, event.seq, event.by.id, event.at, getattr(event, "key", None), _target(event))
        kept = (row.type, self._room.id, row.seq, row.author_id, timestamp(row.at), row.key, row.target)
        if said != kept:
            names = ("type", "room", "seq", "author", "time", "key", "target")
            wrong = [f"{name} {a!r} instead of {b!r}" for name, a, b in zip(names, said, kept, strict=True) if a != b]
            yield self._fault(Promise.BODIES, f"{row.seq} reads {', '.join(wrong)}")
        if row.is_deleted and any(getattr(event, words, None) is not None for words in WORDS):
            yield self._fault(Promise.DELETED, f"{row.seq} belongs to a deleted message and still has its words")
        elif bool(row.is_deleted) != bool(getattr(event, "redacted", None)):
            said_so = "does not say that it was redacted" if row.is_deleted else "was redacted, and nobody deleted it"
            yield self._fault(Promise.DELETED, f"{row.seq} {said_so}")

    def _follow(self, event: Event) -> None:
        self._files += len(getattr(event, "files", None) or ())
        person = getattr(event, "user", None)
        if event.type in ("member.joined", "member.changed"):
            self._roles[person.id] = event.role  # type: ignore[union-attr, attr-defined]
        elif event.type == "member.left":
            self._roles.pop(person.id, None)  # type: ignore[union-attr]
        elif event.type == "room.changed":
            changed: dict[str, Any] = event.model_dump(include={"name", "topic"}, exclude_none=True)
            self._called |= changed

    def _fault(self, promise: Promise, what: str) -> Fault:
        return Fault(promise, f"room {self._room.id}: {what}")


def _read(row: LoggedEvent) -> Event:
    if row.type not in EVENTS:
        raise LookupError(f"{row.type!r} is no type of event")
    return EVENTS[row.type].model_validate_json(row.body)


def _target(event: Event) -> int | None:
    """What the column `target` has to say: for a reply its thread, below zero when it stands in the room too."""
    if isinstance(event, MessageCreated):
        return -event.thread if event.thread and event.also_to_room else event.thread
    return getattr(event, "target", None)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        wrong = error.errors()[0]
        return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"
    return str(error.args[0])
