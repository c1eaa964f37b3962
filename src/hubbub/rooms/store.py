"""How rooms and memberships are kept. No rules and no commits here."""

from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hubbub.database.hot import fetch
from hubbub.database.schema import events, invites, memberships, mentions, rooms, users
from hubbub.errors import Conflict
from hubbub.rooms.model import Member, Membership, Place, Room, RoomRole, room_name_key


def insert_room(connection: Connection, room: Room, created_at: int) -> None:
    """Keep a new room. Public rooms' names are unique; the others' may repeat, so that they tell nobody of each other.

    Raises `Conflict` when another public room has the name.
    """
    key = room_name_key(room.name) if room.kind == "public" else None
    values = {"id": room.id, "kind": room.kind, "name": room.name, "name_key": key, "topic": room.topic, "created_at": created_at}
    try:
        connection.execute(insert(rooms).values(values))
    except IntegrityError:
        raise _name_taken(room.name) from None


def update_room(connection: Connection, room_id: str, changes: dict[str, Any]) -> None:
    """Change a room's columns. Raises `Conflict` when another public room has the name."""
    try:
        connection.execute(update(rooms).where(rooms.c.id == room_id).values(changes))
    except IntegrityError:
        raise _name_taken(changes.get("name")) from None


def _name_taken(name: str | None) -> Conflict:
    return Conflict(f"There is a public room named {name!r} already. Choose another name.", field="name")


def room_by_id(connection: Connection, room_id: str) -> Room | None:
    """The room of this id, archived or not."""
    row = connection.execute(select(rooms).where(rooms.c.id == room_id)).first()
    return _room(row) if row else None


def public_room_named(connection: Connection, name: str) -> Room | None:
    """The public room of this name."""
    row = connection.execute(select(rooms).where(rooms.c.name_key == room_name_key(name))).first()
    return _room(row) if row else None


def all_rooms(connection: Connection) -> list[Room]:
    """Every room, the oldest first. For the operator."""
    return [_room(row) for row in connection.execute(select(rooms).order_by(rooms.c.created_at, rooms.c.id))]


def is_without_rooms(connection: Connection) -> bool:
    """Whether there is no room at all, archived ones included."""
    return connection.execute(select(rooms.c.id).limit(1)).first() is None


def place(connection: Connection, user_id: str, room_id: str) -> Place | None:
    """A room as one user stands to it; None when there is none."""
    found = fetch(connection, _PLACE, (user_id, room_id))
    return _place_of(found[0], user_id) if found else None


def places_of(connection: Connection, user_id: str) -> list[Place]:
    """The rooms that a user is a member of, the oldest first."""
    return [_place_of(row, user_id) for row in fetch(connection, _PLACES_OF, (user_id,))]


def public_places(connection: Connection, user_id: str) -> list[Place]:
    """The public rooms that a user is no member of, by name."""
    return [_place(row, user_id) for row in connection.execute(_PUBLIC_PLACES, {"user": user_id})]


def insert_membership(connection: Connection, membership: Membership) -> None:
    """Keep a new membership."""
    connection.execute(
        insert(memberships).values(
            user_id=membership.user_id,
            room_id=membership.room_id,
            role=membership.role,
            read_seq=membership.read_seq,
            read_count=membership.read_count,
        )
    )


def delete_membership(connection: Connection, user_id: str, room_id: str) -> None:
    """Forget a membership, who mentioned the user there, and whom the user invited: that would be a way back in."""
    connection.execute(delete(memberships).where(memberships.c.user_id == user_id, memberships.c.room_id == room_id))
    connection.execute(delete(mentions).where(mentions.c.user_id == user_id, mentions.c.room_id == room_id))
    connection.execute(delete(invites).where(invites.c.created_by == user_id, invites.c.room_id == room_id))


def set_role(connection: Connection, user_id: str, room_id: str, role: RoomRole) -> None:
    """Give a member another role."""
    query = update(memberships).where(memberships.c.user_id == user_id, memberships.c.room_id == room_id)
    connection.execute(query.values(role=role))


def members(connection: Connection, room_id: str, after: str | None, limit: int) -> list[Member]:
    """A page of a room's members in the order of their ids, from the one after `after`."""
    query = _members(room_id).order_by(memberships.c.user_id).limit(limit)
    if after is not None:
        query = query.where(memberships.c.user_id > after)
    return [_member(row) for row in connection.execute(query)]


def member(connection: Connection, room_id: str, user_id: str) -> Member | None:
    """One member of a room."""
    row = connection.execute(_members(room_id).where(memberships.c.user_id == user_id)).first()
    return _member(row) if row else None


def next_owner(connection: Connection, room_id: str) -> Member | None:
    """Who should own a room without an owner: an admin, else the one who is here longest; None when somebody owns it."""
    in_charge = connection.execute(_members(room_id).where(memberships.c.role == "owner").limit(1)).first()
    heirs = _members(room_id).order_by(memberships.c.role != "admin", memberships.c.user_id).limit(1)
    row = connection.execute(heirs).first()
    return _member(row) if row and not in_charge else None


def message_count_at(connection: Connection, room_id: str, seq: int) -> int:
    """How many messages a room had up to an event of it."""
    query = select(events.c.message_count).where(events.c.room_id == room_id, events.c.seq == seq)
    return connection.execute(query).scalar() or 0


def set_read(connection: Connection, user_id: str, room_id: str, seq: int, count: int) -> bool:
    """Move a read mark forward; whether it moved."""
    mine = and_(memberships.c.user_id == user_id, memberships.c.room_id == room_id, memberships.c.read_seq < seq)
    return connection.execute(update(memberships).where(mine).values(read_seq=seq, read_count=count)).rowcount > 0


def _members(room_id: str) -> Select[Any]:
    people = memberships.join(users, users.c.id == memberships.c.user_id)
    query = select(users.c.id, users.c.name, users.c.kind, memberships.c.role).select_from(people)
    return query.where(memberships.c.room_id == room_id)


def _room(row: Row[Any]) -> Room:
    return Room(row.id, row.kind, row.name, row.topic, row.last_seq, row.message_count, row.archived_at is not None)


def _place(row: Row[Any], user_id: str) -> Place:
    mine = Membership(user_id, row.id, row.role, row.read_seq, row.read_count, row.mentions) if row.role else None
    return Place(_room(row), mine)


def _member(row: Row[Any]) -> Member:
    return Member({"id": row.id, "name": row.name, "kind": row.kind}, row.role)


def _places() -> Select[Any]:
    unread_mentions = (
        select(func.count())
        .where(
            mentions.c.user_id == memberships.c.user_id,
            mentions.c.room_id == memberships.c.room_id,
            mentions.c.seq > memberships.c.read_seq,
        )
        .correlate(memberships)
        .scalar_subquery()
    )
    mine = and_(memberships.c.room_id == rooms.c.id, memberships.c.user_id == bindparam("user"))
    columns = (memberships.c.role, memberships.c.read_seq, memberships.c.read_count, unread_mentions.label("mentions"))
    return select(rooms, *columns).select_from(rooms.join(memberships, mine, isouter=True))


# The two that are asked for every page and every sign-in.
_COLUMNS = (
    "SELECT r.id, r.kind, r.name, r.topic, r.last_seq, r.message_count, r.archived_at IS NOT NULL, m.role, m.read_seq, m.read_count, "
    "(SELECT count(*) FROM mentions n WHERE n.user_id = m.user_id AND n.room_id = m.room_id AND n.seq > m.read_seq) FROM rooms r "
)
_PLACE = f"{_COLUMNS} LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ? WHERE r.id = ?"
_PLACES_OF = f"{_COLUMNS} JOIN memberships m ON m.room_id = r.id AND m.user_id = ? WHERE r.archived_at IS NULL ORDER BY r.created_at, r.id"


def _place_of(row: tuple[Any, ...], user_id: str) -> Place:
    id, kind, name, topic, last_seq, message_count, is_archived, role, read_seq, read_count, unread_mentions = row
    mine = Membership(user_id, id, role, read_seq, read_count, unread_mentions) if role else None
    return Place(Room(id, kind, name, topic, last_seq, message_count, bool(is_archived)), mine)


# Built once: putting a statement together costs more than running it.
_PUBLIC_PLACES = (
    _places().where(rooms.c.kind == "public", rooms.c.archived_at.is_(None), memberships.c.user_id.is_(None)).order_by(rooms.c.name_key)
)
