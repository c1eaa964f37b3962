"""How bookmarks are kept. No rules and no commits here."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update

from hubbub.database.schema import bookmarks, memberships


class Bookmark(NamedTuple):
    """A message that somebody keeps."""

    room_id: str
    seq: int
    created_at: int
    remind_at: int | None = None


class Reminder(NamedTuple):
    """A message that somebody wanted to be reminded of."""

    user_id: str
    room_id: str
    seq: int


_WAITS = bookmarks.c.remind_at.is_not(None) & bookmarks.c.reminded_at.is_(None)
_OF_A_MEMBER = (
    (memberships.c.user_id == bookmarks.c.user_id)
    & (memberships.c.room_id == bookmarks.c.room_id)
    & (memberships.c.first_seq <= bookmarks.c.seq)
)


def insert_bookmark(connection: Connection, user_id: str, bookmark: Bookmark) -> bool:
    """Keep a bookmark; one that is there stays as it is. Whether it is a new one."""
    mine = _is(user_id, bookmark.room_id, bookmark.seq)
    if connection.execute(select(bookmarks.c.seq).where(mine)).first() is not None:
        return False
    connection.execute(insert(bookmarks).values(user_id=user_id, **bookmark._asdict()))
    return True


def set_reminder(connection: Connection, user_id: str, room_id: str, seq: int, remind_at: int | None) -> None:
    """Have the user of a bookmark reminded then, or not at all."""
    connection.execute(update(bookmarks).where(_is(user_id, room_id, seq)).values(remind_at=remind_at, reminded_at=None))


def delete_bookmark(connection: Connection, user_id: str, room_id: str, seq: int) -> None:
    """Forget one bookmark."""
    connection.execute(delete(bookmarks).where(_is(user_id, room_id, seq)))


def count(connection: Connection, user_id: str) -> int:
    """How many bookmarks somebody has."""
    return connection.execute(select(func.count()).where(bookmarks.c.user_id == user_id)).scalar_one()


def bookmarks_of(connection: Connection, user_id: str) -> list[Bookmark]:
    """A user's bookmarks in rooms that the user is in, the newest first."""
    newest_first = (bookmarks.c.created_at.desc(), bookmarks.c.room_id, bookmarks.c.seq.desc())
    found = connection.execute(_of_members(*Bookmark._fields).where(bookmarks.c.user_id == user_id).order_by(*newest_first))
    return [Bookmark._make(row) for row in found]


def next_reminder(connection: Connection) -> int | None:
    """When the next reminder is due."""
    earliest: int | None = connection.execute(select(func.min(bookmarks.c.remind_at)).where(_WAITS)).scalar_one()
    return earliest


def take_reminders(connection: Connection, now: int) -> list[Reminder]:
    """The reminders that are due, of messages that their users may still see; none of them is due again."""
    is_due = _WAITS & (bookmarks.c.remind_at <= now)
    due = [Reminder._make(row) for row in connection.execute(_of_members(*Reminder._fields).where(is_due).order_by(bookmarks.c.remind_at))]
    taken = update(bookmarks).where(is_due).values(reminded_at=now).returning(*(bookmarks.c[name] for name in Reminder._fields))
    mine = {Reminder._make(row) for row in connection.execute(taken)}
    return [reminder for reminder in due if reminder in mine]


def _of_members(*columns: str) -> Select[Any]:
    return select(*(bookmarks.c[name] for name in columns)).select_from(bookmarks.join(memberships, _OF_A_MEMBER))


def _is(user_id: str, room_id: str, seq: int) -> ColumnElement[bool]:
    return (bookmarks.c.user_id == user_id) & (bookmarks.c.room_id == room_id) & (bookmarks.c.seq == seq)
