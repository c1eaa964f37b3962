"""Direct rooms: one for each set of people, oneself included. Their people are fixed, and nobody is in charge."""

from collections.abc import Sequence

from hubbub.accounts.model import User
from hubbub.database import Database, Transaction
from hubbub.errors import Invalid, NotFound
from hubbub.journal.writing import Draft, Journal
from hubbub.protocol.ids import is_id, new_id
from hubbub.rooms import store
from hubbub.rooms.actions import active_user, described
from hubbub.rooms.model import DIRECT_SIZE, Membership, Place, Room, people_key


class DirectRooms:
    """The direct rooms of one chat."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def open(self, user: User, others: Sequence[str]) -> tuple[Place, bool]:
        """The direct room of the user and these others, made when there is none; the room, and whether it is new.

        Raises `NotFound` for an id of nobody, and for a guest who names somebody of none of their rooms.
        """
        people = sorted({user.id, *others})
        if len(people) > DIRECT_SIZE:
            raise Invalid(f"A direct room has at most {DIRECT_SIZE} people. Make a private room for more.", field="users")
        if not all(map(is_id, people)):
            raise NotFound("There is no user of this id.")
        key, new = people_key(people), Room(new_id(), "direct", "", "", 0, 0)
        found = await self._database.read(lambda connection: store.direct_room_of(connection, key))
        room_id, is_new = await self._database.write(
            lambda transaction: self._bring_back(transaction, user, found) if found else self._make(transaction, user, new, people),
            rooms=(found or new.id,),
        )
        return await self._database.read(lambda connection: described(connection, user, room_id)), is_new

    def _bring_back(self, transaction: Transaction, user: User, room_id: str) -> tuple[str, bool]:
        store.set_hidden(transaction.connection, user.id, room_id, 0)
        return room_id, False

    def _make(self, transaction: Transaction, user: User, room: Room, people: list[str]) -> tuple[str, bool]:
        connection, key = transaction.connection, people_key(people)
        newcomers = [active_user(connection, id) for id in people]
        _check_are_known(transaction, user, people)
        if store.insert_direct_room(connection, room, key, transaction.now):
            self._admit_all(transaction, user, room, newcomers)
            return room.id, True
        found = store.direct_room_of(connection, key)
        assert found is not None, "Somebody made the room a moment ago, and it is not there"
        return self._bring_back(transaction, user, found)

    def _admit_all(self, transaction: Transaction, user: User, room: Room, newcomers: list[User]) -> None:
        for newcomer in newcomers:
            fields = {"user": newcomer.person(), "role": "member"}
            event = self._journal.append(transaction, Draft(room.id, "member.joined", user.person(), fields))
            # The others see the room once something is said in it.
            hidden = 0 if newcomer.id == user.id else len(newcomers)
            membership = Membership(newcomer.id, room.id, "member", event.seq, event.message_count, hidden_seq=hidden)
            store.insert_membership(transaction.connection, membership)


def _check_are_known(transaction: Transaction, user: User, people: list[str]) -> None:
    """Guests know the people of their own rooms, and nobody else exists for them."""
    if user.role == "guest" and not store.people_shared(transaction.connection, user.id, people) >= set(people) - {user.id}:
        raise NotFound("There is no user of this id.")
