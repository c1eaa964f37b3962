"""What one can do with pins. Each is an event of the room's journal; the message says since when it is pinned, and by whom."""

from hubbub.accounts.model import User
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Conflict
from hubbub.journal.writing import Draft, Journal
from hubbub.messages.noting import message_to_change, note
from hubbub.messages.store import message
from hubbub.pins import store
from hubbub.rooms.access import enter, may_post

MOST_PINS = 100


class Pins:
    """The pinned messages of one chat."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def pin(self, user: User, room_id: str, seq: int) -> None:
        """Pin a message, as everybody may who may post. What is pinned already stays as it is.

        Raises `NotFound` for a message that was deleted, `Conflict` when the room has too many.
        """

        def unit(transaction: Transaction) -> None:
            _, notes = message_to_change(transaction, self._journal, user, room_id, seq, may_post)
            if "pinned" in notes:
                return
            if store.count(transaction.connection, room_id) >= MOST_PINS:
                raise Conflict(f"A room has {MOST_PINS} pinned messages at most. Unpin one that is done with.")
            event = self._journal.append(transaction, Draft(room_id, "message.pinned", user.person(), {"target": seq}, target=seq))
            store.insert_pin(transaction.connection, room_id, seq, event.seq)
            note(transaction, room_id, seq, notes, "pinned", {"at": event.at, "by": user.person()})

        await self._database.write(unit, rooms=(room_id,))

    async def unpin(self, user: User, room_id: str, seq: int) -> None:
        """Pin a message no more, whoever pinned it; what is not pinned stays as it is."""

        def unit(transaction: Transaction) -> None:
            _, notes = message_to_change(transaction, self._journal, user, room_id, seq, may_post)
            if "pinned" in notes:
                self._journal.append(transaction, Draft(room_id, "message.unpinned", user.person(), {"target": seq}, target=seq))
                store.delete_pin(transaction.connection, room_id, seq)
                note(transaction, room_id, seq, notes, "pinned", None)

        await self._database.write(unit, rooms=(room_id,))

    async def pinned(self, user: User, room_id: str) -> list[bytes]:
        """A room's pinned messages as they stand now, as JSON, the last one pinned first."""

        def query(connection: Connection) -> list[bytes]:
            first_seq = enter(connection, user, room_id).first_seq
            found = [message(connection, room_id, seq) for seq in store.pinned(connection, room_id) if seq >= first_seq]
            return [each.now() for each in found if each]

        return await self._database.read(query)

    def forget(self, transaction: Transaction, room_id: str, seq: int) -> None:
        """The message was deleted."""
        store.delete_pin(transaction.connection, room_id, seq)
