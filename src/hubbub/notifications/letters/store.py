"""How it is kept where somebody wants letters, and what goes into the next one. No rules and no commits here."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, text, tuple_, update

from hubbub.database.schema import email_addresses, missed_messages
from hubbub.notifications.model import Said

MOST_MISSED = 200
"""Of what somebody missed, no more is kept for the next letter."""


class Kept(NamedTuple):
    """Where somebody wants letters."""

    user_id: str
    address: str
    is_verified: bool
    stop_code: str
    written_at: int


class Waiting(NamedTuple):
    """Somebody for whom something waits to be written about, since when, and their preferences."""

    kept: Kept
    since: int
    preferences: str


class Missed(NamedTuple):
    """A message that somebody may have missed."""

    room_id: str
    seq: int
    room_name: str
    room_kind: str


def kept_of(connection: Connection, user_id: str) -> Kept | None:
    """Where this user wants letters."""
    row = connection.execute(select(*_KEPT).where(email_addresses.c.user_id == user_id)).first()
    return _kept(row) if row else None


def keep_address(connection: Connection, user_id: str, address: str, code_hash: bytes, stop_code: str, now: int) -> None:
    """Keep an address, instead of the one that was there. Nothing is written to it before it is confirmed."""
    forget_address(connection, user_id)
    row = {"user_id": user_id, "address": address, "code_hash": code_hash, "asked_at": now, "stop_code": stop_code}
    connection.execute(insert(email_addresses).values(row))


def forget_address(connection: Connection, user_id: str) -> None:
    """Forget a user's address, and what was to be written about."""
    connection.execute(delete(email_addresses).where(email_addresses.c.user_id == user_id))
    forget_all_missed(connection, user_id)


def confirm(connection: Connection, code_hash: bytes, asked_after: int, now: int) -> bool:
    """Note that an address is its user's; False for a code that there is not, or that is older."""
    asked = (email_addresses.c.code_hash == code_hash) & (email_addresses.c.asked_at >= asked_after)
    return connection.execute(update(email_addresses).where(asked).values(verified_at=now, code_hash=None)).rowcount > 0


def user_to_stop(connection: Connection, stop_code: str) -> str | None:
    """Whose letters have this code."""
    user_id: str | None = connection.execute(select(email_addresses.c.user_id).where(email_addresses.c.stop_code == stop_code)).scalar()
    return user_id


def add_missed(connection: Connection, said: Said, user_ids: Sequence[str]) -> None:
    """Note a message for the next letter to these users, where they have a confirmed address."""
    if user_ids:
        message = {"room": said.room_id, "seq": said.seq, "at": said.at, "most": MOST_MISSED}
        connection.execute(_ADD_MISSED, [{"user": user_id, **message} for user_id in user_ids])


def waiting(connection: Connection) -> list[Waiting]:
    """Everybody for whom something waits, whoever has waited longest first."""
    return [Waiting(_kept(row), row.since, row.preferences) for row in connection.execute(_WAITING)]


def missed_by(connection: Connection, user_id: str) -> list[Missed]:
    """What waits for a user, the oldest first."""
    return [Missed(*row) for row in connection.execute(_MISSED_BY, {"user": user_id})]


def forget_missed(connection: Connection, user_id: str, missed: Sequence[Missed]) -> None:
    """Forget what was written about, or need not be any more."""
    these = [(each.room_id, each.seq) for each in missed]
    mine = missed_messages.c.user_id == user_id
    connection.execute(delete(missed_messages).where(mine, tuple_(missed_messages.c.room_id, missed_messages.c.seq).in_(these)))


def forget_all_missed(connection: Connection, user_id: str) -> None:
    """Forget everything that was to be written about."""
    connection.execute(delete(missed_messages).where(missed_messages.c.user_id == user_id))


def claim(connection: Connection, kept: Kept, now: int) -> bool:
    """Note that a letter is written now; False when another node has done so."""
    mine = (email_addresses.c.user_id == kept.user_id) & (email_addresses.c.written_at == kept.written_at)
    return connection.execute(update(email_addresses).where(mine).values(written_at=now)).rowcount > 0


def is_anything_missed(connection: Connection) -> bool:
    """Whether anything waits for anybody."""
    return connection.execute(select(missed_messages.c.seq).limit(1)).first() is not None


_KEPT = (
    email_addresses.c.user_id,
    email_addresses.c.address,
    email_addresses.c.verified_at,
    email_addresses.c.stop_code,
    email_addresses.c.written_at,
)


def _kept(row: Any) -> Kept:
    return Kept(row.user_id, row.address, row.verified_at is not None, row.stop_code, row.written_at)


_ADD_MISSED = text(
    "INSERT INTO missed_messages (user_id, room_id, seq, at) SELECT user_id, :room, :seq, :at FROM email_addresses WHERE user_id = :user "
    "AND verified_at <= :at AND (SELECT count(*) FROM missed_messages WHERE user_id = :user) < :most ON CONFLICT DO NOTHING"
)
_WAITING = text(
    "SELECT e.user_id, e.address, e.verified_at, e.stop_code, e.written_at, u.preferences, m.since FROM "
    "(SELECT user_id, min(at) AS since FROM missed_messages GROUP BY user_id) m "
    "JOIN email_addresses e ON e.user_id = m.user_id JOIN users u ON u.id = m.user_id "
    "WHERE e.verified_at IS NOT NULL AND u.deactivated_at IS NULL ORDER BY m.since"
)
_MISSED_BY = text(
    "SELECT m.room_id, m.seq, r.name, r.kind FROM missed_messages m JOIN rooms r ON r.id = m.room_id WHERE m.user_id = :user "
    "ORDER BY m.at, m.room_id, m.seq"
)
