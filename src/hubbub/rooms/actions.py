"""What one can do with rooms. Each action is one unit of work, and what it changes is an event of the room."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hubbub.accounts import store as accounts_store
from hubbub.accounts.model import Credential, User
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Conflict, Forbidden, Invalid, NotFound
from hubbub.journal.writing import Draft, Journal
from hubbub.protocol.ids import is_id, new_id
from hubbub.rooms import store
from hubbub.rooms.access import enter, may_add_members, may_join, may_moderate
from hubbub.rooms.model import (
    LOBBY,
    History,
    Mark,
    Member,
    Membership,
    Place,
    Posting,
    Room,
    RoomKind,
    RoomRole,
    checked_description,
    checked_history,
    checked_kind,
    checked_room_name,
    checked_topic,
    room_name_key,
)
from hubbub.rooms.sharing import shown_to

MEMBERS_AT_ONCE = 100

# What can be changed of a room, and how it is looked over before.
CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "kind": checked_kind,
    "name": checked_room_name,
    "topic": checked_topic,
    "description": checked_description,
    "posting": lambda posting: posting,
    "history": lambda history: history,
    "archived": bool,
}


class Rooms:
    """The rooms of one chat."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    # Looking

    async def welcome(self, user: User, credential: Credential) -> list[dict[str, Any]] | None:
        """The user's rooms as `welcome` gives them; None when the credential no longer holds, in the same snapshot."""

        return await self._database.read_together(_welcomes, (user, credential))

    async def all_places(self, user: User) -> list[Place]:
        """The user's rooms, then the public rooms that they could join."""

        def query(connection: Connection) -> list[Place]:
            joinable = [place for place in store.public_places(connection, user.id) if may_join(user, place)]
            return store.with_people(connection, store.places_of(connection, user.id)) + joinable

        return await self._database.read(query)

    async def directory(self, user: User, words: str, *, after: str | None, limit: int) -> list[tuple[Place, int]]:
        """Public rooms with these words in their name or topic, by name, each with how many are in it. Guests find none."""
        if user.role == "guest":
            return []
        return await self._database.read(lambda connection: store.directory(connection, user.id, words, after, limit))

    async def place(self, user: User, room_id: str) -> Place:
        """One room as the user stands to it. Raises `NotFound` when it is not for their eyes."""
        return await self._database.read(lambda connection: described(connection, user, room_id))

    async def members(self, user: User, room_id: str, *, after: str | None, limit: int) -> list[Member]:
        """A page of the members, from the one after the user id `after`."""

        def query(connection: Connection) -> list[Member]:
            enter(connection, user, room_id)
            return store.members(connection, room_id, after, limit)

        return await self._database.read(query)

    async def id_of(self, room: str) -> str:
        """The id of a room given by its id or, for a public one, by its name. For the operator and the host app."""

        def query(connection: Connection) -> str:
            found = store.room_by_id(connection, room) or store.public_room_named(connection, room)
            if found is None:
                raise NotFound(f"There is no room {room!r}, neither by id nor, among the public ones, by name.")
            return found.id

        return await self._database.read(query)

    async def all_rooms(self) -> list[Room]:
        """Every room there is. For the operator."""
        return await self._database.read(store.all_rooms)

    # Making and changing

    async def create(
        self,
        user: User | None,
        kind: RoomKind,
        name: str,
        *,
        topic: str = "",
        description: str = "",
        posting: Posting = "everyone",
        history: History = "all",
        members: Sequence[str] = (),
    ) -> Place:
        """Make a room, owned by the user; the operator's (no user) has no owner. `members` are ids of more members.

        Raises `Conflict` when a public room has the name, `NotFound` when one of the members is unknown. Users bring
        at most 100 members at once, the operator any number.
        """
        if user is not None and user.role == "guest":
            raise Forbidden("Guests make no rooms. Ask a member to make one and to add you.")
        if user is not None and len(members) > MEMBERS_AT_ONCE:
            raise Invalid(f"A room is made with at most {MEMBERS_AT_ONCE} members; add the others after.", field="members")
        rules = (posting, checked_history(history, kind), checked_description(description))
        room = Room(new_id(), checked_kind(kind), checked_room_name(name), checked_topic(topic), 0, 0, False, *rules)
        await self._database.write(lambda transaction: self._create(transaction, user, room, members), rooms=(room.id,))
        place = await self._database.read(lambda connection: store.place(connection, user.id if user else "", room.id))
        assert place is not None
        return place

    async def change(self, user: User, room_id: str, **wanted: Any) -> Place:
        """Change a room's kind, name, topic, description, posting, history or archived. By those who may moderate it.

        A private room that becomes public shows all of its past to everybody, and one that becomes private keeps its members.
        An archived room keeps its members, and takes no more messages until `archived` is false again. Another `history`
        holds for those who join from then on: nobody loses what they could see, and nobody is shown what they could not.
        """
        changes = {field: CHECKS[field](value) for field, value in wanted.items() if value is not None}

        def unit(transaction: Transaction) -> None:
            place = enter(transaction.connection, user, room_id, may_moderate)
            kind = changes.get("kind", place.room.kind)
            if "history" in changes:
                checked_history(changes["history"], kind)
            elif kind == "public":
                changes["history"] = "all"
            now = {field: getattr(place.room, field) for field in CHECKS if field != "archived"} | {"archived": place.room.is_archived}
            new = {field: value for field, value in changes.items() if value != now[field]}
            if new:
                self._change(transaction, user, place.room, new)

        await self._database.write(unit, rooms=(room_id,))
        return await self.place(user, room_id)

    # Members

    async def join(self, user: User, room_id: str) -> tuple[Member, bool]:
        """Become a member of a public room; the member, and whether that is new."""

        def unit(transaction: Transaction) -> tuple[Member, bool]:
            place = enter(transaction.connection, user, room_id)
            if place.membership is None:
                enter(transaction.connection, user, room_id, may_join)
            return self._admit(transaction, place.room, user, by=user.person(), role="member")

        return await self._database.write(unit, rooms=(room_id,))

    async def add_member(self, user: User, room_id: str, member_id: str, role: RoomRole = "member") -> tuple[Member, bool]:
        """Bring somebody in; the member, and whether that is new. Roles beyond member are given by those who moderate.

        Somebody who is in already keeps the role they have.
        """

        def unit(transaction: Transaction) -> tuple[Member, bool]:
            place = enter(transaction.connection, user, room_id, may_add_members)
            if role != "member" and not may_moderate(user, place):
                raise Forbidden("Only the room's owners and admins make others owner or admin.")
            newcomer = active_user(transaction.connection, member_id)
            return self._admit(transaction, place.room, newcomer, by=user.person(), role=role)

        return await self._database.write(unit, rooms=(room_id,))

    async def change_role(self, user: User, room_id: str, member_id: str, role: RoomRole) -> Member:
        """Give a member another role. By those who may moderate the room."""

        def unit(transaction: Transaction) -> Member:
            enter(transaction.connection, user, room_id, may_moderate)
            member = _member(transaction.connection, room_id, member_id)
            if member.role == role:
                return member
            self._change_role(transaction, room_id, member, role, by=user.person())
            if member.role == "owner":
                self._keep_owned(transaction, room_id, by=user.person(), was=member_id)
            return _member(transaction.connection, room_id, member_id)

        return await self._database.write(unit, rooms=(room_id,))

    async def remove_member(self, user: User, room_id: str, member_id: str) -> int | None:
        """Take somebody out of a room, or leave it oneself. The removal is the last event that reaches them.

        A direct room is not left: it is put away until something comes in it, after the seq that is returned.
        """

        def unit(transaction: Transaction) -> int | None:
            is_myself = member_id == user.id
            place = enter(transaction.connection, user, room_id)
            if is_myself and place.room.kind == "direct":
                store.set_hidden(transaction.connection, user.id, room_id, place.room.last_seq)
                return place.room.last_seq
            if is_myself and place.membership is None:
                return None
            if not is_myself:
                enter(transaction.connection, user, room_id, may_moderate)
            member = _member(transaction.connection, room_id, member_id)
            self._append(transaction, room_id, "member.left", user.person(), {"user": member.person})
            store.delete_membership(transaction.connection, member_id, room_id)
            # Or they would let themselves in again.
            accounts_store.delete_invites_of(transaction.connection, member_id, room_id)
            if member.role == "owner":
                self._keep_owned(transaction, room_id, by=user.person())
            return None

        return await self._database.write(unit, rooms=(room_id,))

    async def mark_read(self, user: User, room_id: str, seq: int) -> Mark:
        """Everything up to `seq` is read; the mark never moves back. Raises `Invalid` beyond the room's last seq."""
        return await self._database.write(lambda transaction: self.mark_read_in(transaction, user, room_id, seq), rooms=(room_id,))

    def mark_read_in(self, transaction: Transaction, user: User, room_id: str, seq: int) -> Mark:
        """`mark_read` as part of a unit of work."""
        connection = transaction.connection
        if enter(connection, user, room_id).membership is None:
            raise NotFound("You are no member of this room, so there is nothing to mark.")
        last = self._journal.head(transaction, room_id).seq
        if not 0 <= seq <= last:
            raise Invalid(f"`seq` is {seq}, and the room's last seq is {last}.", field="seq")
        has_moved = store.set_read(connection, user.id, room_id, seq, store.message_count_at(connection, room_id, seq))
        place = enter(connection, user, room_id)
        assert place.membership is not None
        unread = self._journal.head(transaction, room_id).message_count - place.membership.read_count
        others = shown_to(connection, place, user.id) if has_moved else ()
        return Mark(room_id, place.membership.read_seq, unread, place.membership.mentions, others)

    # For the accounts, as part of their units of work

    def make_lobby(self, transaction: Transaction) -> None:
        """A new installation has one public room."""
        if store.is_without_rooms(transaction.connection):
            lobby = Room(new_id(), "public", LOBBY, "", 0, 0)
            store.insert_room(transaction.connection, lobby, transaction.now)

    def welcome_user(self, transaction: Transaction, user: User) -> None:
        """Every new user joins the lobby."""
        lobby = store.public_room_named(transaction.connection, LOBBY)
        if lobby is not None:
            self._admit(transaction, lobby, user, by=user.person(), role="member")

    def check_may_invite(self, transaction: Transaction, user: User, room_id: str) -> None:
        """Raises `NotFound` or `Forbidden` when the user may not bring others into the room."""
        enter(transaction.connection, user, room_id, may_add_members)

    def join_by_invite(self, transaction: Transaction, user: User, room_id: str) -> bool:
        """Make the user a member of the room that they were invited to; False when they are, or when it is archived."""
        place = store.place(transaction.connection, user.id, room_id)
        if place is None or place.room.is_archived or place.membership is not None:
            return False
        return self._admit(transaction, place.room, user, by=user.person(), role="member")[1]

    # Within a unit of work

    def _create(self, transaction: Transaction, user: User | None, room: Room, members: Sequence[str]) -> None:
        store.insert_room(transaction.connection, room, transaction.now)
        if user is not None:
            self._admit(transaction, room, user, by=user.person(), role="owner")
        for member_id in dict.fromkeys(members):
            newcomer = active_user(transaction.connection, member_id)
            self._admit(transaction, room, newcomer, by=(user or newcomer).person(), role="member")

    def _admit(self, transaction: Transaction, room: Room, user: User, *, by: dict[str, str], role: RoomRole) -> tuple[Member, bool]:
        present = store.member(transaction.connection, room.id, user.id)
        if present is not None:
            return present, False
        event = self._append(transaction, room.id, "member.joined", by, {"user": user.person(), "role": role})
        first = event.seq if room.history == "joined" else 1
        membership = Membership(user.id, room.id, role, event.seq, event.message_count, first_seq=first)
        store.insert_membership(transaction.connection, membership)
        return Member(user.person(), role), True

    def _change(self, transaction: Transaction, user: User, room: Room, changes: dict[str, Any]) -> None:
        columns = {field: value for field, value in changes.items() if field != "archived"}
        is_archived = changes.get("archived", room.is_archived)
        if "archived" in changes:
            columns["archived_at"] = transaction.now if is_archived else None
        kind = changes.get("kind", room.kind)
        if "public" in (kind, room.kind) and changes.keys() & {"kind", "name", "archived"}:
            if room.kind == "public" and room.name == LOBBY and not room.is_archived:
                message = "Every new user joins the lobby, so it stays public, keeps its name and is not archived."
                raise Conflict(message, field=next(iter(changes)))
            # The name of a private or archived room is free for others; to come back it needs one that is free again.
            columns["name_key"] = room_name_key(changes.get("name", room.name)) if kind == "public" and not is_archived else None
        store.update_room(transaction.connection, room.id, columns, room.name)
        self._append(transaction, room.id, "room.changed", user.person(), changes)

    def _change_role(self, transaction: Transaction, room_id: str, member: Member, role: RoomRole, *, by: dict[str, str]) -> None:
        store.set_role(transaction.connection, member.person["id"], room_id, role)
        self._append(transaction, room_id, "member.changed", by, {"user": member.person, "role": role})

    def _keep_owned(self, transaction: Transaction, room_id: str, *, by: dict[str, str], was: str = "") -> None:
        """A room whose last owner went passes to somebody who is still there. Raises `Conflict` where that is who `was` the owner."""
        heir = store.next_owner(transaction.connection, room_id)
        if heir is not None:
            if heir.person["id"] == was:
                raise Conflict("This room has no other owner, and nobody before them to become one. Make somebody else owner first.")
            self._change_role(transaction, room_id, heir, "owner", by=by)

    def _append(self, transaction: Transaction, room_id: str, kind: str, by: dict[str, str], fields: dict[str, Any]) -> Any:
        return self._journal.append(transaction, Draft(room_id, kind, by, fields))


def _welcomes(connection: Connection, asked: list[tuple[User, Credential]]) -> list[list[dict[str, Any]] | None]:
    return [_welcome(connection, user, credential) for user, credential in asked]


def _welcome(connection: Connection, user: User, credential: Credential) -> list[dict[str, Any]] | None:
    if credential.kind != "host" and not accounts_store.credential_exists(connection, credential):
        return None
    return [place.as_json() for place in store.with_people(connection, store.places_of(connection, user.id))]


def described(connection: Connection, user: User, room_id: str) -> Place:
    """A room as the user stands to it, with its people where it is a direct one. Raises `NotFound` as the door does."""
    return store.with_people(connection, [enter(connection, user, room_id)])[0]


def active_user(connection: Connection, user_id: str) -> User:
    """The user of this id. Raises `NotFound` when there is none, or when they were deactivated."""
    user = accounts_store.user_by_id(connection, user_id) if is_id(user_id) else None
    if user is None or not user.is_active:
        raise NotFound("There is no user of this id.")
    return user


def _member(connection: Connection, room_id: str, user_id: str) -> Member:
    member = store.member(connection, room_id, user_id)
    if member is None:
        raise NotFound("There is no such member of this room.")
    return member
