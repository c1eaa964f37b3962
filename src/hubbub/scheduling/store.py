"""How scheduled messages are kept. No rules and no commits here."""

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hubbub.database.schema import scheduled_messages as scheduled
from hubbub.scheduling.model import Count, Scheduled

_COLUMNS = [scheduled.c[name] for name in Scheduled._fields]


def insert_scheduled(connection: Connection, message: Scheduled) -> None:
    """Keep a message for its time."""
    connection.execute(insert(scheduled).values(**message._asdict()))


def with_key(connection: Connection, user_id: str, room_id: str, key: str) -> Scheduled | None:
    """The message that this user scheduled for this room with this key."""
    query = select(*_COLUMNS).where(scheduled.c.user_id == user_id, scheduled.c.room_id == room_id, scheduled.c.key == key)
    return _one(connection.execute(query).one_or_none())


def scheduled_of(connection: Connection, user_id: str) -> list[Scheduled]:
    """A user's scheduled messages: those that could not be sent, then the others, the next one first."""
    order = (scheduled.c.failure.is_(None), scheduled.c.due_at, scheduled.c.id)
    query = select(*_COLUMNS).where(scheduled.c.user_id == user_id).order_by(*order)
    return [Scheduled(*row) for row in connection.execute(query)]


def count(connection: Connection, user_id: str) -> Count:
    """How many of a user's messages wait, and how many could not be sent."""
    query = select(func.count(), func.count(scheduled.c.failure)).where(scheduled.c.user_id == user_id)
    total, failed = connection.execute(query).one()
    return Count(total - failed, failed)


def change(connection: Connection, user_id: str, id: str, changes: dict[str, Any]) -> Scheduled | None:
    """Change a user's message; as it is then, None when it is not there."""
    mine = (scheduled.c.id == id) & (scheduled.c.user_id == user_id)
    if not changes:
        return _one(connection.execute(select(*_COLUMNS).where(mine)).one_or_none())
    return _one(connection.execute(update(scheduled).where(mine).values(changes).returning(*_COLUMNS)).one_or_none())


def delete_scheduled(connection: Connection, user_id: str, id: str) -> bool:
    """Take a user's message away; False when it is not there."""
    return connection.execute(delete(scheduled).where(scheduled.c.id == id, scheduled.c.user_id == user_id)).rowcount > 0


def next_due(connection: Connection) -> int | None:
    """When the next message is due."""
    earliest: int | None = connection.execute(select(func.min(scheduled.c.due_at)).where(scheduled.c.failure.is_(None))).scalar_one()
    return earliest


def due(connection: Connection, now: int, limit: int) -> list[Scheduled]:
    """Messages whose time has come, the first one first."""
    query = select(*_COLUMNS).where(scheduled.c.failure.is_(None), scheduled.c.due_at <= now)
    return [Scheduled(*row) for row in connection.execute(query.order_by(scheduled.c.due_at, scheduled.c.id).limit(limit))]


def take(connection: Connection, id: str, now: int) -> Scheduled | None:
    """Take a message away that is due, as it is now. None when it was sent, changed or taken away meanwhile."""
    is_due = (scheduled.c.id == id) & (scheduled.c.due_at <= now) & scheduled.c.failure.is_(None)
    return _one(connection.execute(delete(scheduled).where(is_due).returning(*_COLUMNS)).one_or_none())


def fail(connection: Connection, message: Scheduled, why: str) -> None:
    """Keep why a message was not sent, unless it was changed meanwhile."""
    same = (scheduled.c.id == message.id) & (scheduled.c.due_at == message.due_at)
    connection.execute(update(scheduled).where(same).values(failure=why))


def _one(row: Row[Any] | None) -> Scheduled | None:
    return Scheduled._make(row) if row is not None else None
