"""What one can do with bookmarks. They are one's own: nobody else is told."""

from typing import Any

from pydantic_core import from_json

from hubbub.accounts.model import User
from hubbub.bookmarks import store
from hubbub.bookmarks.store import Bookmark
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Conflict
from hubbub.messages.noting import find_message, message_now
from hubbub.protocol.events import timestamp
from hubbub.rooms.access import enter, may_read

MOST_BOOKMARKS = 500


class Bookmarks:
    """The bookmarks of everybody in one chat."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, user: User, room_id: str, seq: int) -> None:
        """Keep a message for oneself. Raises `NotFound` for a message that was deleted, `Conflict` for one too many."""

        def unit(transaction: Transaction) -> None:
            connection = transaction.connection
            find_message(connection, user, room_id, seq, may_read)
            if store.count(connection, user.id) >= MOST_BOOKMARKS:
                raise Conflict(f"You have {MOST_BOOKMARKS} bookmarks, which is as many as are kept. Take one away first.")
            store.insert_bookmark(connection, user.id, Bookmark(room_id, seq, transaction.now))

        await self._database.write(unit, rooms=(room_id,))

    async def let_go(self, user: User, room_id: str, seq: int) -> None:
        """Keep a message no more; what is not kept stays as it is."""

        def unit(transaction: Transaction) -> None:
            enter(transaction.connection, user, room_id)
            store.delete_bookmark(transaction.connection, user.id, room_id, seq)

        await self._database.write(unit, rooms=(room_id,))

    async def kept(self, user: User) -> list[dict[str, Any]]:
        """The messages that a user keeps, as they stand now, the last one kept first."""

        def query(connection: Connection) -> list[dict[str, Any]]:
            return [_with_message(connection, bookmark) for bookmark in store.bookmarks_of(connection, user.id)]

        return await self._database.read(query)


def _with_message(connection: Connection, bookmark: Bookmark) -> dict[str, Any]:
    return {"message": from_json(message_now(connection, bookmark.room_id, bookmark.seq)), "created_at": timestamp(bookmark.created_at)}
