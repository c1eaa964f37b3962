"""How rooms and memberships are kept. No rules and no commits here."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from hubbub.database.hot import fetch
from hubbub.database.schema import events, invites, memberships, mentions, rooms, users
from hubbub.errors import Conflict
from hubbub.rooms.model import Member, Membership, Place, Room, RoomRole, room_name_key

ROOMS_AT_ONCE = 500


def insert_room(connection: Connection, room: Room, created_at: int) -> None:
    """Keep a new room. Public rooms' names are unique; the others' may repeat, so that they tell nobody of each other.

    Raises `Conflict` when another public room has the name.
    """
    values: dict[str, Any] = {field: getattr(room, field) for field in ("id", "kind", "name", "topic", "description", "posting", "history")}
    values |= {"name_key": room_name_key(room.name) if room.kind == "public" else None, "created_at": created_at}
    try:
        connection.execute(insert(rooms).values(values))
    except IntegrityError:
        raise _name_taken(room.name) from None


def insert_direct_room(connection: Connection, room: Room, people: str, created_at: int) -> bool:
    """Keep a new direct room, unless these people have one; whether it is kept. Two nodes may try it at once."""
    values = {"id": room.id, "people_key": people, "created_at": created_at}
    return connection.execute(_INSERT_DIRECT_ROOM, values).rowcount > 0


def direct_room_of(connection: Connection, people: str) -> str | None:
    """The id of the direct room of a set of people."""
    room_id: str | None = connection.execute(select(rooms.c.id).where(rooms.c.people_key == people)).scalar()
    return room_id


def update_room(connection: Connection, room_id: str, changes: dict[str, Any], name: str) -> None:
    """Change the columns of a room of this name. Raises `Conflict` when another public room has the name it would have."""
    try:
        connection.execute(update(rooms).where(rooms.c.id == room_id).values(changes))
    except IntegrityError:
        raise _name_taken(changes.get("name", name)) from None


def _name_taken(name: str) -> Conflict:
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
    """The rooms that a user is a member of, archived ones too, the oldest first."""
    return [_place_of(row, user_id) for row in fetch(connection, _PLACES_OF, (user_id,))]


def with_people(connection: Connection, places: list[Place]) -> list[Place]:
    """The places, with everybody who is in them where they are direct rooms."""
    direct = [place.room.id for place in places if place.room.kind == "direct"]
    if not direct:
        return places
    people: dict[str, list[dict[str, str]]] = {room_id: [] for room_id in direct}
    for some in (direct[at : at + ROOMS_AT_ONCE] for at in range(0, len(direct), ROOMS_AT_ONCE)):
        for row in connection.execute(_PEOPLE_OF, {"rooms": some}):
            people[row.room_id].append({"id": row.id, "name": row.name, "kind": row.kind})
    return [replace(place, people=tuple(people.get(place.room.id, ()))) for place in places]


def public_places(connection: Connection, user_id: str) -> list[Place]:
    """The public rooms that a user is no member of, by name."""
    return [Place(_room(row), None) for row in connection.execute(_PUBLIC_PLACES, {"user": user_id})]


def directory(connection: Connection, user_id: str, words: str, after: str | None, limit: int) -> list[tuple[Place, int]]:
    """Public rooms with these words in their name or topic, by name, and how many people are in each."""
    pattern = "%" + re.sub(r"([%_!])", r"!\1", room_name_key(words)) + "%"
    found = connection.execute(_DIRECTORY, {"user": user_id, "pattern": pattern, "after": after, "limit": limit})
    return [(_place_of(tuple(row)[1:], user_id), row[0]) for row in found]


def insert_membership(connection: Connection, membership: Membership) -> None:
    """Keep a new membership."""
    connection.execute(
        insert(memberships).values(
            user_id=membership.user_id,
            room_id=membership.room_id,
            role=membership.role,
            read_seq=membership.read_seq,
            read_count=membership.read_count,
            first_seq=membership.first_seq,
            hidden_seq=membership.hidden_seq,
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


def last_seqs(connection: Connection, room_ids: Sequence[str]) -> dict[str, int]:
    """Where these rooms' journals end."""
    found = connection.execute(select(rooms.c.id, rooms.c.last_seq).where(rooms.c.id.in_(room_ids)))
    return {row.id: row.last_seq for row in found}


def rooms_of(connection: Connection, user_ids: Sequence[str]) -> dict[str, list[str]]:
    """The rooms of each of these users, but for archived ones."""
    mine = select(memberships.c.user_id, memberships.c.room_id).join_from(memberships, rooms).where(rooms.c.archived_at.is_(None))
    found: dict[str, list[str]] = {}
    for row in connection.execute(mine.where(memberships.c.user_id.in_(user_ids))):
        found.setdefault(row.user_id, []).append(row.room_id)
    return found


def members(connection: Connection, room_id: str, after: str | None, limit: int) -> list[Member]:
    """A page of a room's members in the order of their ids, from the one after `after`."""
    query = _members(room_id).order_by(memberships.c.user_id).limit(limit)
    if after is not None:
        query = query.where(memberships.c.user_id > after)
    return [_member(row) for row in connection.execute(query)]


def member_count(connection: Connection, room_id: str) -> int:
    """How many members a room has."""
    return connection.execute(select(func.count()).where(memberships.c.room_id == room_id)).scalar_one()


def how_far(connection: Connection, room_id: str) -> list[tuple[dict[str, str], int, int, str]]:
    """The active members of a room, each with how far they have read, the first event that they may see, and their preferences."""
    columns = (users.c.id, users.c.name, users.c.kind, memberships.c.read_seq, memberships.c.first_seq, users.c.preferences)
    query = select(*columns).join_from(memberships, users).where(memberships.c.room_id == room_id, users.c.deactivated_at.is_(None))
    return [({"id": row[0], "name": row[1], "kind": row[2]}, *row[3:]) for row in connection.execute(query)]


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


def set_hidden(connection: Connection, user_id: str, room_id: str, seq: int) -> None:
    """Put a room away until something comes after `seq`; 0 brings it back."""
    mine = and_(memberships.c.user_id == user_id, memberships.c.room_id == room_id)
    connection.execute(update(memberships).where(mine).values(hidden_seq=seq))


def set_folder(connection: Connection, user_id: str, room_id: str, folder: str) -> None:
    """Put a room into a folder of the user's own."""
    mine = and_(memberships.c.user_id == user_id, memberships.c.room_id == room_id)
    connection.execute(update(memberships).where(mine).values(folder=folder))


def set_unread(connection: Connection, user_id: str, room_id: str, seq: int, count: int) -> None:
    """Set a read mark, forward or back."""
    mine = and_(memberships.c.user_id == user_id, memberships.c.room_id == room_id)
    connection.execute(update(memberships).where(mine).values(read_seq=seq, read_count=count))


def people_shared(connection: Connection, user_id: str, others: Collection[str]) -> set[str]:
    """Those of the others who are in a room with the user."""
    mine, theirs = memberships.alias(), memberships.alias()
    query = select(theirs.c.user_id).distinct().select_from(mine.join(theirs, mine.c.room_id == theirs.c.room_id))
    return set(connection.execute(query.where(mine.c.user_id == user_id, theirs.c.user_id.in_(others))).scalars())


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
    is_archived = row.archived_at is not None
    rules = (row.posting, row.history, row.description)
    return Room(row.id, row.kind, row.name, row.topic, row.last_seq, row.message_count, is_archived, *rules)


def _member(row: Row[Any]) -> Member:
    return Member({"id": row.id, "name": row.name, "kind": row.kind}, row.role)


# The two that are asked for every page and every sign-in.
_COLUMNS = (
    "SELECT r.id, r.kind, r.name, r.topic, r.last_seq, r.message_count, r.archived_at IS NOT NULL, r.posting, r.history, r.description, "
    "m.role, m.read_seq, m.read_count, "
    "(SELECT count(*) FROM mentions n WHERE n.user_id = m.user_id AND n.room_id = m.room_id AND n.seq > m.read_seq), "
    "m.first_seq, m.hidden_seq, m.folder FROM rooms r "
)
_PLACE = f"{_COLUMNS} LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ? WHERE r.id = ?"
_PLACES_OF = f"{_COLUMNS} JOIN memberships m ON m.room_id = r.id AND m.user_id = ? ORDER BY r.created_at, r.id"


def _place_of(row: tuple[Any, ...], user_id: str) -> Place:
    id, kind, name, topic, last_seq, message_count, is_archived, *rules = row[:10]
    mine = Membership(user_id, id, *row[10:]) if row[10] else None
    return Place(Room(id, kind, name, topic, last_seq, message_count, bool(is_archived), *rules), mine)


# Built once: putting a statement together costs more than running it.
_OPEN_TO_ALL = and_(rooms.c.kind == "public", rooms.c.archived_at.is_(None))
_IS_MINE = select(memberships.c.room_id).where(memberships.c.room_id == rooms.c.id, memberships.c.user_id == bindparam("user")).exists()
_PUBLIC_PLACES = select(rooms).where(_OPEN_TO_ALL, ~_IS_MINE).order_by(rooms.c.name_key)
_PEOPLE_OF = (
    select(memberships.c.room_id, users.c.id, users.c.name, users.c.kind)
    .select_from(memberships.join(users, users.c.id == memberships.c.user_id))
    .where(memberships.c.room_id.in_(bindparam("rooms", expanding=True)))
    .order_by(memberships.c.room_id, users.c.id)
)
_DIRECTORY = text(
    _COLUMNS.replace("SELECT", "SELECT (SELECT count(*) FROM memberships o WHERE o.room_id = r.id),", 1)  # noqa: S608
    + "LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = :user WHERE r.kind = 'public' AND r.archived_at IS NULL "
    "AND (r.name_key LIKE :pattern ESCAPE '!' OR lower(r.topic) LIKE :pattern ESCAPE '!') "
    "AND r.name_key > coalesce((SELECT a.name_key FROM rooms a WHERE a.id = :after), '') ORDER BY r.name_key LIMIT :limit"
)
_INSERT_DIRECT_ROOM = text(
    "INSERT INTO rooms (id, kind, name, people_key, created_at) VALUES (:id, 'direct', '', :people_key, :created_at) ON CONFLICT DO NOTHING"
)
