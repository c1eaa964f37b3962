"""How bookmarks are kept. No rules and no commits here."""

from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from hubbub.database.schema import bookmarks, memberships


class Bookmark(NamedTuple):
    """A message that somebody keeps."""

    room_id: str
    seq: int
    created_at: int


def insert_bookmark(connection: Connection, user_id: str, bookmark: Bookmark) -> None:
    """Keep a bookmark; one that is there stays as it is."""
    mine = (bookmarks.c.user_id == user_id) & (bookmarks.c.room_id == bookmark.room_id) & (bookmarks.c.seq == bookmark.seq)
    if connection.execute(select(bookmarks.c.seq).where(mine)).first() is None:
        connection.execute(insert(bookmarks).values(user_id=user_id, **bookmark._asdict()))


def delete_bookmark(connection: Connection, user_id: str, room_id: str, seq: int) -> None:
    """Forget one bookmark."""
    connection.execute(delete(bookmarks).where(bookmarks.c.user_id == user_id, bookmarks.c.room_id == room_id, bookmarks.c.seq == seq))


def count(connection: Connection, user_id: str) -> int:
    """How many bookmarks somebody has."""
    return connection.execute(select(func.count()).where(bookmarks.c.user_id == user_id)).scalar_one()


def bookmarks_of(connection: Connection, user_id: str) -> list[Bookmark]:
    """A user's bookmarks in rooms that the user is in, the newest first."""
    mine = (
        (memberships.c.user_id == bookmarks.c.user_id)
        & (memberships.c.room_id == bookmarks.c.room_id)
        & (memberships.c.first_seq <= bookmarks.c.seq)
    )
    query = select(bookmarks.c.room_id, bookmarks.c.seq, bookmarks.c.created_at).select_from(bookmarks.join(memberships, mine))
    newest_first = (bookmarks.c.created_at.desc(), bookmarks.c.room_id, bookmarks.c.seq.desc())
    return [Bookmark(*row) for row in connection.execute(query.where(bookmarks.c.user_id == user_id).order_by(*newest_first))]
