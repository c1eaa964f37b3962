"""How messages are kept: as events of the journal, with what was edited beside them. No rules and no commits here."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, delete, insert, select

from hubbub.database.hot import fetch
from hubbub.database.schema import edits, memberships, mentions, users
from hubbub.messages.model import Edit
from hubbub.protocol.events import timestamp

# One statement moves the author's own read mark and says whether they may post: members only, in rooms not archived.
_MARK_POSTED = (
    "UPDATE memberships SET read_seq = ?, read_count = ? WHERE user_id = ? AND room_id = ? "
    "AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.id = memberships.room_id AND rooms.archived_at IS NOT NULL)"
)
_POSTED_BEFORE = "SELECT seq FROM events WHERE key = ? AND author_id = ? AND room_id = ?"
_COLUMNS = "e.seq, e.body, d.text, d.mentions, d.edited_at FROM events e LEFT JOIN edits d ON d.room_id = e.room_id AND d.seq = e.seq"
_BEFORE = f"SELECT {_COLUMNS} WHERE e.room_id = ? AND e.type = 'message.created' AND e.seq < ? ORDER BY e.seq DESC LIMIT ?"
_AFTER = f"SELECT {_COLUMNS} WHERE e.room_id = ? AND e.type = 'message.created' AND e.seq > ? ORDER BY e.seq LIMIT ?"


class StoredMessage(NamedTuple):
    """A message's event and what became of it."""

    seq: int
    body: bytes
    edit: Edit | None


class Mark(NamedTuple):
    """How far an author has read by posting."""

    seq: int
    message_count: int
    user_id: str
    room_id: str


def mark_posted(connection: Connection, marks: Sequence[Mark]) -> int:
    """Move the authors' own read marks; how many of them may post at all."""
    return connection.exec_driver_sql(_MARK_POSTED, list(marks)).rowcount


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


def insert_mentions(connection: Connection, room_id: str, seq: int, user_ids: Iterable[str]) -> None:
    """Note who is mentioned by a message."""
    rows = [{"user_id": user_id, "room_id": room_id, "seq": seq} for user_id in user_ids]
    if rows:
        connection.execute(insert(mentions), rows)


def delete_mentions(connection: Connection, room_id: str, seq: int) -> None:
    """Forget who was mentioned by a message."""
    connection.execute(delete(mentions).where(mentions.c.room_id == room_id, mentions.c.seq == seq))


def message(connection: Connection, room_id: str, seq: int) -> StoredMessage | None:
    """One message; None when the event of this seq is none."""
    rows = fetch(connection, _AFTER, (room_id, seq - 1, 1))
    return _stored(rows[0]) if rows and rows[0][0] == seq else None


def messages_before(connection: Connection, room_id: str, seq: int, limit: int) -> list[StoredMessage]:
    """The last messages with a smaller seq, oldest first."""
    return [_stored(row) for row in reversed(fetch(connection, _BEFORE, (room_id, seq, limit)))]


def messages_after(connection: Connection, room_id: str, seq: int, limit: int) -> list[StoredMessage]:
    """The first messages with a greater seq, oldest first."""
    return [_stored(row) for row in fetch(connection, _AFTER, (room_id, seq, limit))]


def set_edit(connection: Connection, room_id: str, seq: int, text: str, mentioned: list[str], edited_at: int) -> None:
    """Keep what a message says now."""
    forget_edit(connection, room_id, seq)
    values = {"room_id": room_id, "seq": seq, "text": text, "mentions": to_json(mentioned).decode(), "edited_at": edited_at}
    connection.execute(insert(edits).values(values))


def forget_edit(connection: Connection, room_id: str, seq: int) -> None:
    """Forget what a message was edited to."""
    connection.execute(delete(edits).where(edits.c.room_id == room_id, edits.c.seq == seq))


def _stored(row: Sequence[Any]) -> StoredMessage:
    seq, body, text, mentioned, edited_at = row
    edit = Edit(text, from_json(mentioned), timestamp(edited_at)) if edited_at is not None else None
    return StoredMessage(seq, body, edit)
