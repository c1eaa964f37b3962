"""How messages are kept: as events of the journal, with what became of them beside. No rules and no commits here."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, Connection, delete, insert, literal, select, update

from hubbub.database.hot import Bulk, fetch, run_many
from hubbub.database.schema import events, memberships, mentions, message_states, users
from hubbub.messages.model import EVERYBODY, HERE, Changes, as_it_stands
from hubbub.protocol.events import timestamp

# One statement moves the author's own read mark and says whether they may post, as `rooms.access.may_post` does: members
# only, in rooms not archived, and in announcement rooms only those who moderate them.
_MAY_POST = (
    "AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.id = memberships.room_id AND (rooms.archived_at IS NOT NULL "
    "OR rooms.posting = 'moderators' AND memberships.role NOT IN ('owner', 'admin') "
    "AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = memberships.user_id AND users.role IN ('owner', 'admin'))))"
)
_MARK_POSTED = Bulk(
    f"UPDATE memberships SET read_seq = ?, read_count = ? WHERE user_id = ? AND room_id = ? {_MAY_POST}",  # noqa: S608 - of our own words only
    "UPDATE memberships SET read_seq = m.seq, read_count = m.count "  # noqa: S608
    "FROM unnest(?::int[], ?::int[], ?::text[], ?::text[]) AS m (seq, count, user_id, room_id) "
    f"WHERE memberships.user_id = m.user_id AND memberships.room_id = m.room_id {_MAY_POST}",
)
_POSTED_BEFORE = "SELECT seq FROM events WHERE key = ? AND author_id = ? AND room_id = ?"
_COLUMNS = (
    "e.seq, e.body, s.notes, s.text, s.mentions, s.edited_at "
    "FROM events e LEFT JOIN message_states s ON s.room_id = e.room_id AND s.seq = e.seq"
)
_MESSAGES = f"SELECT {_COLUMNS} WHERE e.room_id = ? AND e.type = 'message.created'"
_NOT_IN_THREADS = "AND (e.target IS NULL OR e.target < 0)"  # below zero: a reply that stands in the room too
_IN_THREAD = "AND e.target IN (?, ?)"
_OLDER, _NEWER = "AND e.seq < ? AND e.seq >= ? ORDER BY e.seq DESC LIMIT ?", "AND e.seq > ? ORDER BY e.seq LIMIT ?"


class StoredMessage(NamedTuple):
    """A message's event and what became of it."""

    seq: int
    body: bytes
    changes: Changes | None

    def now(self) -> bytes:
        """The message as it stands now, as JSON."""
        return as_it_stands(self.body, self.changes)


class Mark(NamedTuple):
    """How far an author has read by posting."""

    seq: int
    message_count: int
    user_id: str
    room_id: str


def mark_posted(connection: Connection, marks: list[Mark]) -> int:
    """Move the authors' own read marks; how many of them may post at all."""
    return run_many(connection, _MARK_POSTED, marks)


def posted_before(connection: Connection, room_id: str, user_id: str, key: str) -> int | None:
    """The seq of the message that this user already posted here with this key."""
    found = fetch(connection, _POSTED_BEFORE, (key, user_id, room_id))
    return found[0][0] if found else None


def members_named(connection: Connection, room_id: str, keys: Sequence[str]) -> dict[str, str]:
    """The ids of the room's members who have one of these names, by name."""
    people = memberships.join(users, users.c.id == memberships.c.user_id)
    query = select(users.c.name_key, users.c.id).select_from(people)
    rows = connection.execute(query.where(memberships.c.room_id == room_id, users.c.name_key.in_(keys)))
    return {row.name_key: row.id for row in rows}


def members_among(connection: Connection, room_id: str, user_ids: Sequence[str]) -> list[str]:
    """Those of the users who are in the room, in their order."""
    query = select(memberships.c.user_id).where(memberships.c.room_id == room_id, memberships.c.user_id.in_(user_ids))
    there = set(connection.execute(query).scalars()) if user_ids else set()
    return [id for id in user_ids if id in there]


def insert_mentions(connection: Connection, room_id: str, seq: int, user_ids: Sequence[str]) -> None:
    """Note who is mentioned by a message: these, or everybody who is in the room now."""
    if EVERYBODY in user_ids:
        members = select(memberships.c.user_id, memberships.c.room_id, literal(seq)).where(memberships.c.room_id == room_id)
        connection.execute(insert(mentions).from_select(["user_id", "room_id", "seq"], members))
        return
    rows = [{"user_id": user_id, "room_id": room_id, "seq": seq} for user_id in user_ids if user_id != HERE]
    if rows:
        connection.execute(insert(mentions), rows)


def delete_mentions(connection: Connection, room_id: str, seq: int) -> None:
    """Forget who was mentioned by a message."""
    connection.execute(delete(mentions).where(mentions.c.room_id == room_id, mentions.c.seq == seq))


def message(connection: Connection, room_id: str, seq: int) -> StoredMessage | None:
    """One message; None when the event of this seq is none."""
    rows = fetch(connection, f"{_MESSAGES} {_NEWER}", (room_id, seq - 1, 1))
    return _stored(rows[0]) if rows and rows[0][0] == seq else None


def messages_before(
    connection: Connection, room_id: str, seq: int, limit: int, thread: int | None = None, first_seq: int = 1
) -> list[StoredMessage]:
    """The last messages with a smaller seq, from `first_seq` on, oldest first.

    All of them, with `thread` 0 the room's own, else that thread's replies.
    """
    return [_stored(row) for row in reversed(_some(connection, room_id, _OLDER, (seq, first_seq, limit), thread))]


def messages_after(
    connection: Connection, room_id: str, seq: int, limit: int, thread: int | None = None, first_seq: int = 1
) -> list[StoredMessage]:
    """The first messages with a greater seq, from `first_seq` on, oldest first; `thread` as above."""
    return [_stored(row) for row in _some(connection, room_id, _NEWER, (max(seq, first_seq - 1), limit), thread)]


def _some(connection: Connection, room_id: str, way: str, bounds: tuple[int, ...], thread: int | None) -> list[tuple[Any, ...]]:
    if thread:
        return fetch(connection, f"{_MESSAGES} {_IN_THREAD} {way}", (room_id, thread, -thread, *bounds))
    return fetch(connection, f"{_MESSAGES} {'' if thread is None else _NOT_IN_THREADS} {way}", (room_id, *bounds))


def versions(connection: Connection, room_id: str, seq: int) -> list[bytes]:
    """The events in which a message got its words, the first one first."""
    edited = (events.c.target == seq) & (events.c.type == "message.edited")
    query = select(events.c.body).where(events.c.room_id == room_id, (events.c.seq == seq) | edited)
    return list(connection.execute(query.order_by(events.c.seq)).scalars())


def set_edit(connection: Connection, room_id: str, seq: int, text: str, mentioned: list[str], edited_at: int) -> None:
    """Keep what a message says now."""
    _set_state(connection, room_id, seq, text=text, mentions=to_json(mentioned).decode(), edited_at=edited_at)


def notes(connection: Connection, room_id: str, seq: int) -> dict[str, Any]:
    """What is noted of a message beside its words."""
    found = fetch(connection, "SELECT notes FROM message_states WHERE room_id = ? AND seq = ?", (room_id, seq))
    noted: dict[str, Any] = from_json(found[0][0]) if found else {}
    return noted


def set_notes(connection: Connection, room_id: str, seq: int, noted: Mapping[str, Any]) -> None:
    """Keep what is noted of a message: it becomes part of it wherever it is read."""
    _set_state(connection, room_id, seq, notes=to_json(noted).decode())


def forget_words(connection: Connection, room_id: str, seq: int) -> None:
    """Forget what a message was edited to."""
    words = {"text": None, "mentions": "[]", "edited_at": None}
    connection.execute(update(message_states).where(_is(room_id, seq)).values(words))


def _set_state(connection: Connection, room_id: str, seq: int, **values: Any) -> None:
    if not connection.execute(update(message_states).where(_is(room_id, seq)).values(values)).rowcount:
        connection.execute(insert(message_states).values(room_id=room_id, seq=seq, **values))


def _is(room_id: str, seq: int) -> ColumnElement[bool]:
    return (message_states.c.room_id == room_id) & (message_states.c.seq == seq)


def _stored(row: Sequence[Any]) -> StoredMessage:
    seq, body, noted, text, mentioned, edited_at = row
    if noted is None:
        return StoredMessage(seq, body, None)
    edited = timestamp(edited_at) if edited_at is not None else None
    return StoredMessage(seq, body, Changes(text, from_json(mentioned), edited, from_json(noted)))
