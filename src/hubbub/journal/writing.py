"""Appending to a room's journal: the only place where a seq is made."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, bindparam, select, update

from hubbub.database import Transaction
from hubbub.database.hot import Bulk, run_many
from hubbub.database.schema import events, rooms
from hubbub.errors import NotFound
from hubbub.protocol.events import Recorded, encode_event, timestamp

_EVENT = "INSERT INTO events (room_id, seq, type, author_id, at, key, target, message_count, body)"
_INSERT = Bulk(
    f"{_EVENT} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    # Each row is given its id as it comes, so ids follow the order in which the events were appended.
    f"{_EVENT} SELECT * FROM unnest(?::text[], ?::int[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::int[], ?::int[], ?::bytea[])",  # noqa: S608
)
_STORE_HEAD = Bulk(
    "UPDATE rooms SET last_seq = ?, message_count = ? WHERE id = ?",
    "UPDATE rooms SET last_seq = h.seq, message_count = h.count FROM unnest(?::int[], ?::int[], ?::text[]) AS h (seq, count, id) "
    "WHERE rooms.id = h.id",
)


# Named tuples, because one of each is made for every event, and they are made twice as fast as frozen dataclasses.


class Draft(NamedTuple):
    """An event before it has a number."""

    room: str
    type: str
    by: Mapping[str, Any]
    fields: Mapping[str, Any] = MappingProxyType({})
    key: str | None = None
    target: int | None = None


class Head(NamedTuple):
    """Where a room's journal ends."""

    seq: int
    message_count: int


class Journal:
    """Numbers events. It remembers where each room ends, where no other process writes."""

    def __init__(self) -> None:
        self._heads: dict[str, Head] = {}

    def forget(self) -> None:
        """Read again where each room ends: somebody else may have written while the database was closed."""
        self._heads.clear()

    def append(self, transaction: Transaction, draft: Draft) -> Recorded:
        """Give the event its room's next seq, store it, and have it announced after the commit."""
        return self.append_all(transaction, [draft])[0]

    def append_all(self, transaction: Transaction, drafts: list[Draft]) -> list[Recorded]:
        """Append many at once, each to its own room, in their order.

        Raises `NotFound` for a room that is not there, and the database's `IntegrityError` when a key was used before.
        """
        at, now = timestamp(transaction.now), transaction.now
        transaction.before_commit("heads", _store_heads)
        transaction.after_commit("heads", self._keep_heads)
        appended, rows = [], []
        for draft in drafts:
            event = self._number(transaction, draft, at)
            appended.append(event)
            row = (event.room, event.seq, event.type, event.by["id"], now, draft.key, draft.target, event.message_count, event.body)
            rows.append(row)
        run_many(transaction.connection, _INSERT, rows)
        transaction.announcements += appended
        return appended

    def head(self, transaction: Transaction, room: str) -> Head:
        """Where the room's journal ends, as this transaction sees it."""
        heads = transaction.note("heads")
        head: Head | None = heads.get(room) or self._heads.get(room)
        if head is None and room in transaction.ends:
            head = Head(*transaction.ends[room])
        return head or _stored_head(transaction.connection, room)

    def _number(self, transaction: Transaction, draft: Draft, at: str) -> Recorded:
        head = self.head(transaction, draft.room)
        seq, count = head.seq + 1, head.message_count + (draft.type == "message.created" and (draft.target is None or draft.target < 0))
        transaction.note("heads")[draft.room] = Head(seq, count)
        body = encode_event(draft.type, draft.room, seq, at, draft.by, draft.fields)
        return Recorded(draft.room, seq, draft.type, at, draft.by, draft.fields, count, body)

    def _keep_heads(self, transaction: Transaction) -> None:
        if not transaction.is_shared:
            self._heads.update(transaction.note("heads"))


_WITH_WORDS = ("message.edited", "message.previewed")


def redact(transaction: Transaction, room: str, seq: int) -> None:
    """Take the words out of a message's events for good; their numbers stay."""
    of_message = (events.c.room_id == room) & ((events.c.seq == seq) | ((events.c.target == seq) & events.c.type.in_(_WITH_WORDS)))
    connection = transaction.connection
    for id, body in connection.execute(select(events.c.id, events.c.body).where(of_message)).all():
        connection.execute(update(events).where(events.c.id == id).values(body=_redacted(body)))


def _redacted(body: bytes) -> bytes:
    event = from_json(body)
    for words in ("text", "files", "mentions", "poll", "previews"):
        event.pop(words, None)
    return to_json(event | {"redacted": True})


def _store_heads(transaction: Transaction) -> None:
    heads = transaction.note("heads")
    if heads:
        run_many(transaction.connection, _STORE_HEAD, [(head.seq, head.message_count, room) for room, head in heads.items()])


def _stored_head(connection: Connection, room: str) -> Head:
    # On a shared database the row is held until the commit: it says who may give the room's next number.
    row = connection.execute(_SELECT_HEAD, {"room": room}).first()
    if row is None:
        raise NotFound("There is no such room.")
    return Head(row.last_seq, row.message_count)


_SELECT_HEAD = select(rooms.c.last_seq, rooms.c.message_count).where(rooms.c.id == bindparam("room")).with_for_update(key_share=True)
