"""What a member keeps of a room for themselves, on all their devices: what is unread again, and in which folder it stands."""

import unicodedata

from hubbub.accounts.model import User
from hubbub.database import Database, Transaction
from hubbub.errors import Invalid, NotFound
from hubbub.rooms import store
from hubbub.rooms.access import enter
from hubbub.rooms.model import Mark, Place

FOLDER_LENGTH = 40


class Personal:
    """Each member's own side of the rooms. Nobody else is told of any of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark_unread(self, user: User, room_id: str, seq: int) -> Mark:
        """Everything from `seq` on is unread; the mark as it stands. Raises `Invalid` beyond the room's last seq."""

        def unit(transaction: Transaction) -> Mark:
            connection = transaction.connection
            place = _own_place(transaction, user, room_id)
            if not 1 <= seq <= place.room.last_seq:
                raise Invalid(f"`seq` is {seq}, and the room's events are 1 to {place.room.last_seq}.", field="seq")
            read_seq = max(seq, place.first_seq) - 1
            store.set_unread(connection, user.id, room_id, read_seq, store.message_count_at(connection, room_id, read_seq))
            now = _own_place(transaction, user, room_id)
            assert now.membership is not None
            return Mark(room_id, read_seq, now.room.message_count - now.membership.read_count, now.membership.mentions)

        return await self._database.write(unit, rooms=(room_id,))

    async def put_into_folder(self, user: User, room_id: str, name: str) -> str:
        """Have the room stand in a folder of this name, or with "" in none; the name as it is kept."""
        folder = checked_folder(name)

        def unit(transaction: Transaction) -> None:
            _own_place(transaction, user, room_id)
            store.set_folder(transaction.connection, user.id, room_id, folder)

        await self._database.write(unit, rooms=(room_id,))
        return folder


def checked_folder(name: str) -> str:
    """The name of a folder, one line. Raises `Invalid`."""
    folder = " ".join(unicodedata.normalize("NFKC", name).split())
    if len(folder) > FOLDER_LENGTH or not folder.isprintable():
        raise Invalid(f"A folder's name has at most {FOLDER_LENGTH} characters, none of them invisible.", field="folder")
    return folder


def _own_place(transaction: Transaction, user: User, room_id: str) -> Place:
    place = enter(transaction.connection, user, room_id)
    if place.membership is None:
        raise NotFound("You are no member of this room, so there is nothing of yours to keep.")
    return place
