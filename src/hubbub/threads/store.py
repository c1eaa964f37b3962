"""How it is kept who follows which thread, and how far they have read there. No rules and no commits here."""

from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from hubbub.database.schema import events, memberships, thread_follows

Level = Literal["all", "mentions", "nothing"]
"""What somebody is told of in a thread."""


class Follow(NamedTuple):
    """A thread that one user follows, or chose otherwise about."""

    room_id: str
    thread: int
    read_seq: int
    level: Level


def follow(connection: Connection, user_id: str, room_id: str, thread: int, read_seq: int) -> None:
    """Follow a thread from `read_seq` on; one that is followed already stays as it is."""
    if not is_followed(connection, user_id, room_id, thread):
        row = {"user_id": user_id, "room_id": room_id, "thread": thread, "read_seq": read_seq}
        connection.execute(insert(thread_follows).values(row))


def set_level(connection: Connection, user_id: str, room_id: str, thread: int, level: Level) -> None:
    """Say what the user is told of in a thread that is kept for them."""
    connection.execute(update(thread_follows).where(_is(user_id, room_id, thread)).values(level=level))


def unfollow(connection: Connection, user_id: str, room_id: str, thread: int) -> None:
    """Follow a thread no more."""
    connection.execute(delete(thread_follows).where(_is(user_id, room_id, thread)))


def is_followed(connection: Connection, user_id: str, room_id: str, thread: int) -> bool:
    """Whether the user follows the thread."""
    return connection.execute(select(thread_follows.c.read_seq).where(_is(user_id, room_id, thread))).first() is not None


def set_read(connection: Connection, user_id: str, room_id: str, thread: int, seq: int) -> bool:
    """Move a thread's read mark forward, where it is followed; whether it moved."""
    mine = _is(user_id, room_id, thread) & (thread_follows.c.read_seq < seq)
    return connection.execute(update(thread_follows).where(mine).values(read_seq=seq)).rowcount > 0


def followed(connection: Connection, user_id: str) -> list[Follow]:
    """The threads that a user follows or chose otherwise about, in rooms that the user is in."""
    table = thread_follows
    mine = (
        (memberships.c.user_id == table.c.user_id)
        & (memberships.c.room_id == table.c.room_id)
        & (memberships.c.first_seq <= table.c.thread)
    )
    query = select(table.c.room_id, table.c.thread, table.c.read_seq, table.c.level).select_from(table.join(memberships, mine))
    return [Follow(*row) for row in connection.execute(query.where(table.c.user_id == user_id))]


def unread(connection: Connection, user_id: str, follow: Follow) -> int:
    """How many replies of others came after the read mark."""
    replies = events.c.target.in_([follow.thread, -follow.thread]) & (events.c.type == "message.created")
    query = select(func.count()).where(events.c.room_id == follow.room_id, events.c.seq > follow.read_seq, replies)
    return connection.execute(query.where(events.c.author_id != user_id)).scalar_one()


def _is(user_id: str, room_id: str, thread: int) -> ColumnElement[bool]:
    table = thread_follows
    return (table.c.user_id == user_id) & (table.c.room_id == room_id) & (table.c.thread == thread)
