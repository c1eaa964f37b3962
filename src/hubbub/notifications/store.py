"""How it is kept who can be told, of what they are still to be told, and how far that was decided. No rules and no commits here."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, text, update

from hubbub.database.schema import meta, push_subscriptions, pushes
from hubbub.notifications.model import Following, Listener, Said, said_of
from hubbub.notifications.wishes import wishes_from

_KEY = "vapid_key"


class Subscription(NamedTuple):
    """A browser that can be told, by way of a push service."""

    id: str
    user_id: str
    endpoint: str
    p256dh: str
    auth: str


class Behind(NamedTuple):
    """A room in whose log something is not decided yet."""

    room_id: str
    kind: str
    place: int
    last_seq: int


class DuePush(NamedTuple):
    """What one browser is to be told of one room now, and how it stands to its user."""

    subscription: Subscription
    room_id: str
    room_name: str
    room_kind: str
    seq: int
    due_at: int
    tries: int
    is_signed_in: bool
    """Whether the login that the browser belongs to is there still."""


# The chat's own key


def vapid_key(connection: Connection) -> str | None:
    """The chat's key, as it is kept."""
    kept: str | None = connection.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar()
    return kept


def keep_vapid_key(connection: Connection, secret: str) -> None:
    """Keep the chat's key, unless another node has made one."""
    connection.execute(text("INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT DO NOTHING"), {"key": _KEY, "value": secret})


# Browsers


def subscribe(connection: Connection, subscription: Subscription, credential_id: str | None, now: int) -> None:
    """Keep a browser's subscription, instead of what the login or the browser had before."""
    _forget(connection, (push_subscriptions.c.endpoint == subscription.endpoint) | (push_subscriptions.c.credential_id == credential_id))
    connection.execute(insert(push_subscriptions).values(**subscription._asdict(), credential_id=credential_id, created_at=now))


def subscription_of(connection: Connection, user_id: str, credential_id: str | None) -> str | None:
    """The endpoint that a login is told by."""
    mine = (push_subscriptions.c.user_id == user_id) & (push_subscriptions.c.credential_id == credential_id)
    endpoint: str | None = connection.execute(select(push_subscriptions.c.endpoint).where(mine)).scalar()
    return endpoint


def unsubscribe(connection: Connection, user_id: str, credential_id: str | None, endpoint: str | None) -> None:
    """Forget the subscription of a login; where there is none, the user's at this endpoint."""
    mine = push_subscriptions.c.user_id == user_id
    of_this = push_subscriptions.c.credential_id == credential_id
    _forget(connection, mine & ((push_subscriptions.c.endpoint == endpoint) if credential_id is None else of_this))


def forget_subscription(connection: Connection, subscription_id: str) -> None:
    """Forget a browser that is gone."""
    _forget(connection, push_subscriptions.c.id == subscription_id)


def forget_all_but(connection: Connection, user_id: str, limit: int) -> None:
    """Forget all of a user's browsers but the latest."""
    latest = select(push_subscriptions.c.id).where(push_subscriptions.c.user_id == user_id).order_by(push_subscriptions.c.created_at.desc())
    ids = list(connection.execute(latest.offset(limit)).scalars())
    if ids:
        _forget(connection, push_subscriptions.c.id.in_(ids))


def forget_signed_out(connection: Connection) -> None:
    """Forget the browsers whose login has ended, and what they were still to be told."""
    connection.execute(_FORGET_SIGNED_OUT)
    connection.execute(_FORGET_THEIR_PUSHES)


def _forget(connection: Connection, which: ColumnElement[bool]) -> None:
    ids = list(connection.execute(delete(push_subscriptions).where(which).returning(push_subscriptions.c.id)).scalars())
    if ids:
        connection.execute(delete(pushes).where(pushes.c.subscription_id.in_(ids)))


# Deciding


def is_anybody_reachable(connection: Connection) -> bool:
    """Whether there is anybody at all who could be told of anything."""
    return connection.execute(_IS_ANYBODY_REACHABLE).first() is not None


def rooms_behind(connection: Connection, limit: int) -> list[Behind]:
    """Rooms in whose logs something is not decided yet."""
    return [Behind(*row) for row in connection.execute(_BEHIND, {"limit": limit})]


def said_after(connection: Connection, room: Behind, seq: int, upto: int) -> list[Said]:
    """The messages of a room's log from the one after `seq` up to another, but for those that were deleted."""
    found = connection.execute(_SAID_AFTER, {"room": room.room_id, "seq": seq, "upto": upto})
    messages = [(from_json(row.body), row.at) for row in found]
    return [said_of(message, room.kind, at) for message, at in messages if not message.get("redacted")]


def listeners(connection: Connection, room_id: str, threads: Iterable[int]) -> list[Listener]:
    """The members of a room who can be told of anything, and how they follow these threads."""
    following: dict[str, dict[int, Following]] = {}
    for thread in threads:
        for row in connection.execute(_FOLLOWING, {"room": room_id, "thread": thread}):
            following.setdefault(row.user_id, {})[thread] = Following(row.level, row.read_seq)
    found = connection.execute(_LISTENERS, {"room": room_id})
    return [_listener(row, following.get(row.user_id, {})) for row in found]


def listener(connection: Connection, user_id: str, room_id: str, thread: int | None) -> Listener | None:
    """How one active member stands to a room now; None for anybody else."""
    row = connection.execute(_LISTENER, {"room": room_id, "user": user_id}).first()
    if row is None:
        return None
    followed = connection.execute(_FOLLOWED, {"room": room_id, "thread": thread, "user": user_id}).first() if thread is not None else None
    return _listener(row, {thread: Following(followed.level, followed.read_seq)} if followed and thread is not None else {})


def _listener(row: Any, threads: dict[int, Following]) -> Listener:
    since = int(getattr(row, "since", 0) or 0)
    return Listener(row.user_id, wishes_from(row.preferences), row.first_seq, row.read_seq, threads, since)


def move_place(connection: Connection, room: Behind, new: int) -> bool:
    """Say that a room's log is decided up to there; False when somebody else said so meanwhile."""
    statement = _MOVE_PLACE if room.place else _ADD_PLACE
    return connection.execute(statement, {"room": room.room_id, "old": room.place, "new": new}).rowcount > 0


# What is still to be told


def add_pushes(connection: Connection, said: Said, due_at: int, user_ids: Sequence[str]) -> None:
    """Have all browsers of these users told of a message. One that waits already for the room is told of this one instead."""
    if user_ids:
        message = {"room": said.room_id, "seq": said.seq, "at": said.at, "due": due_at}
        connection.execute(_ADD_PUSHES, [{"user": user_id, **message} for user_id in user_ids])


def due_pushes(connection: Connection, now: int, limit: int) -> list[DuePush]:
    """What is to be told by now, the oldest first."""
    rows = connection.execute(_DUE_PUSHES, {"now": now, "limit": limit})
    return [DuePush(Subscription(*row[:5]), row[5], row[6], row[7], row[8], row[9], row[10], bool(row[11])) for row in rows]


def claim(connection: Connection, push: DuePush, due_at: int) -> bool:
    """Put a push off until `due_at`, to be tried now; False when somebody else did."""
    mine = _is(push) & (pushes.c.due_at == push.due_at) & (pushes.c.seq == push.seq)
    return connection.execute(update(pushes).where(mine).values(due_at=due_at, tries=push.tries + 1)).rowcount > 0


def done(connection: Connection, push: DuePush, again_at: int) -> None:
    """A push is done with. What came of the room meanwhile is told at `again_at`."""
    connection.execute(delete(pushes).where(_is(push), pushes.c.seq == push.seq))
    connection.execute(update(pushes).where(_is(push)).values(due_at=again_at, tries=0))


def _is(push: DuePush) -> ColumnElement[bool]:
    return (pushes.c.subscription_id == push.subscription.id) & (pushes.c.room_id == push.room_id)


def next_due(connection: Connection) -> int | None:
    """When the next push is due."""
    at: int | None = connection.execute(select(func.min(pushes.c.due_at))).scalar()
    return at


# Statements

_IS_SIGNED_IN = (
    "(s.credential_id IS NULL OR EXISTS (SELECT 1 FROM logins l WHERE l.id = s.credential_id) "
    "OR EXISTS (SELECT 1 FROM tokens t WHERE t.id = s.credential_id))"
)
_FORGET_SIGNED_OUT = text(
    f"DELETE FROM push_subscriptions WHERE id IN (SELECT s.id FROM push_subscriptions s WHERE NOT {_IS_SIGNED_IN})"  # noqa: S608 - our words
)
_FORGET_THEIR_PUSHES = text("DELETE FROM pushes WHERE subscription_id NOT IN (SELECT id FROM push_subscriptions)")
_IS_ANYBODY_REACHABLE = text(
    "SELECT 1 FROM push_subscriptions UNION ALL SELECT 1 FROM email_addresses WHERE verified_at IS NOT NULL LIMIT 1"
)
_BEHIND = text(
    "SELECT r.id, r.kind, coalesce(p.seq, 0), r.last_seq FROM rooms r LEFT JOIN notification_places p ON p.room_id = r.id "
    "WHERE r.last_seq > coalesce(p.seq, 0) LIMIT :limit"
)
_ADD_PLACE = text("INSERT INTO notification_places (room_id, seq) VALUES (:room, :new) ON CONFLICT DO NOTHING")
_MOVE_PLACE = text("UPDATE notification_places SET seq = :new WHERE room_id = :room AND seq = :old")
_SAID_AFTER = text(
    "SELECT at, body FROM events WHERE room_id = :room AND seq > :seq AND seq <= :upto AND type = 'message.created' ORDER BY seq"
)
_MEMBERS = (
    "SELECT m.user_id, m.first_seq, m.read_seq, u.preferences, {since} AS since "
    "FROM memberships m JOIN users u ON u.id = m.user_id {reach} "
    "WHERE m.room_id = :room AND u.deactivated_at IS NULL"
)
_REACH = (
    "JOIN (SELECT user_id, min(since) AS since FROM (SELECT user_id, created_at AS since FROM push_subscriptions UNION ALL "
    "SELECT user_id, verified_at FROM email_addresses WHERE verified_at IS NOT NULL) ways GROUP BY user_id) w ON w.user_id = m.user_id"
)
_LISTENERS = text(_MEMBERS.format(since="w.since", reach=_REACH))
_LISTENER = text(f"{_MEMBERS.format(since='0', reach='')} AND m.user_id = :user")
_FOLLOWING = text("SELECT user_id, level, read_seq FROM thread_follows WHERE room_id = :room AND thread = :thread")
_FOLLOWED = text("SELECT level, read_seq FROM thread_follows WHERE user_id = :user AND room_id = :room AND thread = :thread")
_ADD_PUSHES = text(
    "INSERT INTO pushes (subscription_id, room_id, seq, due_at) SELECT id, :room, :seq, :due FROM push_subscriptions "
    "WHERE user_id = :user AND created_at <= :at ON CONFLICT (subscription_id, room_id) DO UPDATE SET seq = excluded.seq"
)
_DUE_PUSHES = text(
    "SELECT s.id, s.user_id, s.endpoint, s.p256dh, s.auth, p.room_id, r.name, r.kind, p.seq, p.due_at, p.tries, "  # noqa: S608
    f"{_IS_SIGNED_IN} FROM pushes p "
    "JOIN push_subscriptions s ON s.id = p.subscription_id JOIN rooms r ON r.id = p.room_id "
    "WHERE p.due_at <= :now ORDER BY p.due_at LIMIT :limit"
)
