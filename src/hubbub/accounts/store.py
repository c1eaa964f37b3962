"""How accounts are kept: statements on the tables, without rules and without commits."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from hubbub.accounts.model import Credential, CredentialKind, Invite, Login, Token, User
from hubbub.database.hot import fetch
from hubbub.database.schema import invites, logins, memberships, meta, rooms, tokens, users
from hubbub.errors import Conflict

_SETUP = "setup_token_hash"
_RESET = "password_reset:"
_USER = (users.c.id, users.c.kind, users.c.role, users.c.name, users.c.avatar, users.c.deactivated_at)
_LOGIN = (logins.c.id, logins.c.user_id, logins.c.client, logins.c.created_at, logins.c.last_seen_at)
_TOKEN = (tokens.c.id, tokens.c.user_id, tokens.c.name, tokens.c.created_at)


# Asked for every WebSocket that opens. A token has no time of last use: it does not end by itself.
_LOGIN_BY_HASH, _TOKEN_BY_HASH = (
    "SELECT u.id, u.kind, u.role, u.name, u.avatar, t.id, "  # noqa: S608 - of our own words only
    f"t.{seen_at} FROM {table} t JOIN users u ON u.id = t.user_id WHERE t.token_hash = ? AND u.deactivated_at IS NULL"
    for table, seen_at in (("logins", "last_seen_at"), ("tokens", "created_at"))
)
_LOGIN_EXISTS, _TOKEN_EXISTS = (
    f"SELECT 1 FROM {table} t JOIN users u ON u.id = t.user_id WHERE t.id = ? AND u.deactivated_at IS NULL"  # noqa: S608 - two names of ours
    for table in ("logins", "tokens")
)

# --- users


def insert_user(
    connection: Connection, user: User, key: str, password_hash: str | None, now: int, *, external_id: str | None = None
) -> None:
    """Keep a new user. Raises `Conflict` when another one has the name."""
    row = {"id": user.id, "kind": user.kind, "role": user.role, "name": user.name, "avatar": user.avatar}
    try:
        connection.execute(insert(users).values(**row, name_key=key, password_hash=password_hash, created_at=now, external_id=external_id))
    except IntegrityError:
        raise _name_taken(user.name) from None


def set_avatar(connection: Connection, user_id: str, address: str | None) -> None:
    """Keep where a user's picture is."""
    connection.execute(update(users).where(users.c.id == user_id).values(avatar=address))


def rename_user(connection: Connection, user_id: str, name: str, key: str) -> None:
    """Give a user another name. Raises `Conflict` when somebody else has it."""
    try:
        connection.execute(update(users).where(users.c.id == user_id).values(name=name, name_key=key))
    except IntegrityError:
        raise _name_taken(name) from None


def _name_taken(name: str) -> Conflict:
    return Conflict(f"The name {name!r} is taken. Choose another one.", field="name")


def user_by_id(connection: Connection, user_id: str) -> User | None:
    """The user with this id, active or not."""
    row = connection.execute(select(*_USER).where(users.c.id == user_id)).one_or_none()
    return _user(row) if row else None


def active_users(connection: Connection, user_ids: Sequence[str]) -> dict[str, User]:
    """Those of these users who were not deactivated, by their ids."""
    found = connection.execute(select(*_USER).where(users.c.id.in_(user_ids), users.c.deactivated_at.is_(None)))
    return {row.id: _user(row) for row in found}


def user_by_key(connection: Connection, key: str) -> User | None:
    """The user with this name, as names are compared, active or not."""
    row = connection.execute(select(*_USER).where(users.c.name_key == key)).one_or_none()
    return _user(row) if row else None


def user_by_external_id(connection: Connection, external_id: str) -> User | None:
    """The user that a host app knows by this id, active or not."""
    row = connection.execute(select(*_USER).where(users.c.external_id == external_id)).one_or_none()
    return _user(row) if row else None


def follow_host(connection: Connection, user: User, key: str) -> None:
    """Take over a host's name, avatar, role and kind for a user."""
    changes = {"name": user.name, "name_key": key, "avatar": user.avatar, "role": user.role, "kind": user.kind}
    connection.execute(update(users).where(users.c.id == user.id).values(changes))


def change_role(connection: Connection, user: User) -> None:
    """Keep this user's role, and the kind that follows from it."""
    connection.execute(update(users).where(users.c.id == user.id).values(role=user.role, kind=user.kind))


def all_users(connection: Connection) -> list[User]:
    """Everybody, active or not, the first one first."""
    return [_user(row) for row in connection.execute(select(*_USER).order_by(users.c.created_at, users.c.id))]


def find_users(connection: Connection, key: str, limit: int) -> list[User]:
    """Active users whose name has `key` in it, those that begin with it first."""
    begins = users.c.name_key.startswith(key, autoescape=True)
    query = (
        select(*_USER)
        .where(users.c.deactivated_at.is_(None), users.c.name_key.contains(key, autoescape=True))
        .order_by(begins.desc(), users.c.name_key)
        .limit(limit)
    )
    return [_user(row) for row in connection.execute(query)]


def has_owner(connection: Connection) -> bool:
    """Whether there is, or ever was, an owner."""
    return connection.execute(select(exists().where(users.c.role == "owner"))).scalar_one()


def count_active_owners(connection: Connection) -> int:
    """How many owners could sign in now."""
    query = select(func.count()).select_from(users).where(users.c.role == "owner", users.c.deactivated_at.is_(None))
    return connection.execute(query).scalar_one()


def deactivate_user(connection: Connection, user_id: str, now: int) -> None:
    """Mark a user as gone and take every credential away."""
    connection.execute(update(users).where(users.c.id == user_id).values(deactivated_at=now))
    connection.execute(delete(logins).where(logins.c.user_id == user_id))
    connection.execute(delete(tokens).where(tokens.c.user_id == user_id))
    delete_invites_of(connection, user_id)


def account_by_key(connection: Connection, key: str) -> tuple[User | None, str | None]:
    """The user with this name and their password hash: None for what there is not, as for a user who is gone."""
    user = user_by_key(connection, key)
    return user, password_of(connection, user.id) if user else None


def password_of(connection: Connection, user_id: str) -> str | None:
    """The user's password hash; None when they have no password or are gone."""
    query = select(users.c.password_hash).where(users.c.id == user_id, users.c.deactivated_at.is_(None))
    return connection.execute(query).scalar_one_or_none()


def set_password(connection: Connection, user_id: str, password_hash: str) -> None:
    """Keep another password hash. A link for a new password is closed by it."""
    connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))
    connection.execute(delete(meta).where(meta.c.key == _RESET + user_id))


def preferences_of(connection: Connection, user_id: str) -> dict[str, Any]:
    """What the user's clients keep here."""
    stored = connection.execute(select(users.c.preferences).where(users.c.id == user_id)).scalar_one_or_none()
    preferences: dict[str, Any] = json.loads(stored or "{}")
    return preferences


def set_preferences(connection: Connection, user_id: str, preferences: dict[str, Any]) -> None:
    """Keep what the user's clients keep here."""
    connection.execute(update(users).where(users.c.id == user_id).values(preferences=json.dumps(preferences)))


def _user(row: Any) -> User:
    return User(row.id, row.kind, row.role, row.name, row.avatar, row.deactivated_at is None)


# --- credentials of either kind


def credential_by_hash(connection: Connection, kind: CredentialKind, token_hash: bytes) -> tuple[User, Credential, int] | None:
    """Whose secret this is, of what, and when it was last seen; None when the user was deactivated."""
    found = fetch(connection, _LOGIN_BY_HASH if kind == "login" else _TOKEN_BY_HASH, (token_hash,))
    if not found:
        return None
    *user, credential_id, seen_at = found[0]
    return User(*user), Credential(kind, credential_id), seen_at


def credential_exists(connection: Connection, credential: Credential) -> bool:
    """Whether a login or token is still there, and its user not deactivated."""
    return bool(fetch(connection, _LOGIN_EXISTS if credential.kind == "login" else _TOKEN_EXISTS, (credential.id,)))


def ended_credentials(connection: Connection, credentials: Collection[Credential]) -> list[str]:
    """The ids of those logins and tokens that are no more. What the host app lets in is for the host to say."""
    ended: list[str] = []
    for kind, table in (("login", logins), ("token", tokens)):
        ids = [credential.id for credential in credentials if credential.kind == kind]
        if ids:
            living = set(connection.execute(select(table.c.id).where(table.c.id.in_(ids))).scalars())
            ended += [id for id in ids if id not in living]
    return ended


# --- logins


def insert_login(connection: Connection, login: Login, token_hash: bytes) -> None:
    """Keep a new login under the hash of its secret."""
    row = {"id": login.id, "user_id": login.user_id, "client": login.client}
    times = {"created_at": login.created_at, "last_seen_at": login.last_seen_at}
    connection.execute(insert(logins).values(**row, **times, token_hash=token_hash))


def logins_of(connection: Connection, user_id: str, since: int) -> list[Login]:
    """The user's logins last used at `since` or later, the latest first."""
    query = select(*_LOGIN).where(logins.c.user_id == user_id, logins.c.last_seen_at >= since)
    return [Login(*row) for row in connection.execute(query.order_by(logins.c.last_seen_at.desc(), logins.c.id))]


def touch_login(connection: Connection, login_id: str, now: int) -> None:
    """Note that the login was used."""
    connection.execute(update(logins).where(logins.c.id == login_id).values(last_seen_at=now))


def delete_login(connection: Connection, user_id: str, login_id: str) -> bool:
    """Take a login away; False when this user has none of that id."""
    return connection.execute(delete(logins).where(logins.c.id == login_id, logins.c.user_id == user_id)).rowcount > 0


def delete_logins(connection: Connection, user_id: str, *, but: str | None = None) -> list[str]:
    """Take all of a user's logins away, but for one perhaps. The ids of those taken."""
    query = delete(logins).where(logins.c.user_id == user_id, logins.c.id != (but or "")).returning(logins.c.id)
    return list(connection.execute(query).scalars())


def delete_unused_logins(connection: Connection, user_id: str, before: int) -> None:
    """Clear away a user's logins that were last used before then."""
    connection.execute(delete(logins).where(logins.c.user_id == user_id, logins.c.last_seen_at < before))


# --- tokens


def insert_token(connection: Connection, token: Token, token_hash: bytes) -> None:
    """Keep a new token under the hash of its secret."""
    row = {"id": token.id, "user_id": token.user_id, "name": token.name, "created_at": token.created_at}
    connection.execute(insert(tokens).values(**row, token_hash=token_hash))


def tokens_of(connection: Connection, user_id: str) -> list[Token]:
    """The user's tokens, the newest first."""
    query = select(*_TOKEN).where(tokens.c.user_id == user_id).order_by(tokens.c.created_at.desc(), tokens.c.id.desc())
    return [Token(*row) for row in connection.execute(query)]


def delete_token(connection: Connection, user_id: str, token_id: str) -> bool:
    """Take a token away; False when this user has none of that id."""
    return connection.execute(delete(tokens).where(tokens.c.id == token_id, tokens.c.user_id == user_id)).rowcount > 0


# --- invites

_INVITE = select(
    invites.c.id,
    invites.c.created_by,
    users.c.name,
    invites.c.room_id,
    rooms.c.name.label("room_name"),
    invites.c.created_at,
    invites.c.expires_at,
    invites.c.uses_left,
).select_from(invites.join(users).outerjoin(rooms, and_(rooms.c.id == invites.c.room_id, rooms.c.archived_at.is_(None))))


def insert_invite(connection: Connection, invite: Invite, code_hash: bytes) -> None:
    """Keep a new invite under the hash of its code."""
    row = {"id": invite.id, "created_by": invite.inviter_id, "room_id": invite.room_id, "uses_left": invite.uses_left}
    connection.execute(insert(invites).values(**row, code_hash=code_hash, created_at=invite.created_at, expires_at=invite.expires_at))


def open_invite(connection: Connection, code_hash: bytes, now: int) -> Invite | None:
    """The invite with this code, if it still lets somebody in."""
    row = connection.execute(_open_invites(now).where(invites.c.code_hash == code_hash)).one_or_none()
    return Invite(*row) if row else None


def open_invites(connection: Connection, now: int, inviter_id: str | None, viewer_id: str) -> list[Invite]:
    """Invites that still let somebody in, the newest first: one user's, or all, as the viewer may see them.

    Without the room's name where the viewer is no member of a room that is not public.
    """
    query = _open_invites(now).order_by(invites.c.created_at.desc(), invites.c.id.desc())
    if inviter_id is not None:
        query = query.where(invites.c.created_by == inviter_id)
    found = [Invite(*row) for row in connection.execute(query)]
    mine = select(memberships.c.room_id).where(memberships.c.user_id == viewer_id)
    seen = set(connection.execute(select(rooms.c.id).where(or_(rooms.c.kind == "public", rooms.c.id.in_(mine)))).scalars())
    return [invite if invite.room_id in seen else replace(invite, room_id=None, room_name=None) for invite in found]


def delete_invites_of(connection: Connection, user_id: str, room_id: str | None = None) -> None:
    """Take back what a user invited others to: one room, or everything."""
    query = delete(invites).where(invites.c.created_by == user_id)
    connection.execute(query if room_id is None else query.where(invites.c.room_id == room_id))


def take_use(connection: Connection, invite_id: str) -> bool:
    """Count one use of an invite; False when none was left."""
    is_counted = connection.execute(
        update(invites)
        .where(invites.c.id == invite_id, or_(invites.c.uses_left.is_(None), invites.c.uses_left > 0))
        .values(uses_left=invites.c.uses_left - 1)
    )
    return is_counted.rowcount > 0


def delete_invite(connection: Connection, invite_id: str, inviter_id: str | None) -> bool:
    """Take an invite away; False when there is none, or none of this inviter's."""
    query = delete(invites).where(invites.c.id == invite_id)
    if inviter_id is not None:
        query = query.where(invites.c.created_by == inviter_id)
    return connection.execute(query).rowcount > 0


def _open_invites(now: int) -> Any:
    has_uses = or_(invites.c.uses_left.is_(None), invites.c.uses_left > 0)
    return _INVITE.where(invites.c.expires_at > now, has_uses, users.c.deactivated_at.is_(None))


# --- the owner's one-time link


def set_setup_hash(connection: Connection, token_hash: str) -> None:
    """Keep the hash of the one setup token that counts."""
    connection.execute(delete(meta).where(meta.c.key == _SETUP))
    connection.execute(insert(meta).values(key=_SETUP, value=token_hash))


def is_setup_hash(connection: Connection, token_hash: str) -> bool:
    """Whether this is the hash of the setup token that counts."""
    return connection.execute(select(exists().where(meta.c.key == _SETUP, meta.c.value == token_hash))).scalar_one()


def take_setup_hash(connection: Connection, token_hash: str) -> bool:
    """Use the setup token up; False when it does not count, or no longer."""
    return connection.execute(delete(meta).where(meta.c.key == _SETUP, meta.c.value == token_hash)).rowcount > 0


# --- the one-time links for new passwords


def set_reset(connection: Connection, user_id: str, token_hash: bytes, until: int) -> None:
    """Keep the hash of the user's link, the only one that counts, and until when it does."""
    connection.execute(delete(meta).where(meta.c.key == _RESET + user_id))
    connection.execute(insert(meta).values(key=_RESET + user_id, value=f"{until}:{token_hash.hex()}"))


def is_reset(connection: Connection, user_id: str, token_hash: bytes, now: int) -> bool:
    """Whether this is the hash of the user's link, and it still counts."""
    kept = connection.execute(select(meta.c.value).where(meta.c.key == _RESET + user_id)).scalar_one_or_none()
    until, _, known = (kept or "0:").partition(":")
    return int(until) > now and known == token_hash.hex()
