"""What one can do with bookmarks. They are one's own: nobody else is told."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from hubbub.accounts.model import User
from hubbub.bookmarks import store
from hubbub.bookmarks.store import Bookmark
from hubbub.database import Connection, Database, Transaction
from hubbub.database.alarm import Alarm
from hubbub.errors import Conflict
from hubbub.messages.noting import find_message, message_now
from hubbub.messages.times import time_to_come
from hubbub.protocol import signals
from hubbub.protocol.events import timestamp
from hubbub.rooms.access import enter, may_read

MOST_BOOKMARKS = 500


class Bookmarks:
    """The bookmarks of everybody in one chat."""

    def __init__(self, database: Database, tell: Callable[[str, bytes], None]) -> None:
        """`tell` sends a signal to all sessions of a user."""
        self._database = database
        self._tell = tell
        self.alarm = Alarm(database, "reminders", next_due=store.next_reminder, ring=self.remind_now)

    async def keep(self, user: User, room_id: str, seq: int) -> None:
        """Keep a message for oneself. Raises `NotFound` for a message that was deleted, `Conflict` for one too many."""

        def unit(transaction: Transaction) -> None:
            _keep(transaction, user, room_id, seq)

        await self._database.write(unit, rooms=(room_id,))

    async def remind(self, user: User, room_id: str, seq: int, at: datetime | None) -> None:
        """Keep a message, and be reminded of it at a time; with None no more.

        Raises as `keep` does, and `Invalid` for a time that has passed.
        """

        def unit(transaction: Transaction) -> int | None:
            moment = None if at is None else time_to_come(at, transaction.now, "remind_at")
            _keep(transaction, user, room_id, seq)
            store.set_reminder(transaction.connection, user.id, room_id, seq, moment)
            return moment

        moment = await self._database.write(unit, rooms=(room_id,))
        if moment is not None:
            self.alarm.set_to(moment)

    async def let_go(self, user: User, room_id: str, seq: int) -> None:
        """Keep a message no more; what is not kept stays as it is."""

        def unit(transaction: Transaction) -> None:
            enter(transaction.connection, user, room_id)
            store.delete_bookmark(transaction.connection, user.id, room_id, seq)

        await self._database.write(unit, rooms=(room_id,))

    async def kept(self, user: User) -> list[dict[str, Any]]:
        """The messages that a user keeps, as they stand now: those to be reminded of now, then the last one kept first."""

        def query(connection: Connection) -> list[dict[str, Any]]:
            now = self._database.now()
            found = [_with_message(connection, bookmark, now) for bookmark in store.bookmarks_of(connection, user.id)]
            return sorted(found, key=lambda item: not item.get("due"))

        return await self._database.read(query)

    async def remind_now(self) -> None:
        """Tell everybody of what they wanted to be reminded of by now. Who is away finds it among their bookmarks."""
        due = await self._database.write(lambda transaction: store.take_reminders(transaction.connection, transaction.now), rooms=())
        for reminder in due:
            self._tell(reminder.user_id, signals.reminder(reminder.room_id, reminder.seq))


def _keep(transaction: Transaction, user: User, room_id: str, seq: int) -> None:
    connection = transaction.connection
    find_message(connection, user, room_id, seq, may_read)
    is_new = store.insert_bookmark(connection, user.id, Bookmark(room_id, seq, transaction.now))
    if is_new and store.count(connection, user.id) > MOST_BOOKMARKS:
        raise Conflict(f"You have {MOST_BOOKMARKS} bookmarks, which is as many as are kept. Take one away first.")


def _with_message(connection: Connection, bookmark: Bookmark, now: int) -> dict[str, Any]:
    message = from_json(message_now(connection, bookmark.room_id, bookmark.seq))
    kept = {"message": message, "created_at": timestamp(bookmark.created_at)}
    if bookmark.remind_at is None:
        return kept
    return kept | {"remind_at": timestamp(bookmark.remind_at)} | ({"due": True} if bookmark.remind_at <= now else {})
