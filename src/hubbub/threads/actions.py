"""What one can do with threads: follow them, and see what is new in those that one follows."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic_core import from_json

from hubbub.accounts.model import User
from hubbub.database import Connection, Database, Transaction
from hubbub.messages.model import EVERYBODY
from hubbub.messages.noting import message_now
from hubbub.messages.store import notes
from hubbub.protocol import signals
from hubbub.protocol.events import Recorded
from hubbub.rooms.access import enter, may_take_part
from hubbub.threads import store
from hubbub.threads.store import Level

MOST_LISTED = 100


class Followed(NamedTuple):
    """A thread that one follows, by its first message as it stands now."""

    message: dict[str, Any]
    read_seq: int
    unread: int
    level: Level


class Threads:
    """Who follows which threads of one chat."""

    def __init__(self, database: Database, tell: Callable[[str, bytes], None]) -> None:
        """`tell` sends a signal to all sessions of a user."""
        self._database = database
        self._tell = tell

    def replied(self, transaction: Transaction, event: Recorded) -> None:
        """A reply was posted: its author follows the thread from now on, and so does whoever it is for."""
        connection, room_id, thread, author = transaction.connection, event.room, event.fields["thread"], event.by["id"]
        store.follow(connection, author, room_id, thread, event.seq)
        store.set_read(connection, author, room_id, thread, event.seq)
        for user_id in event.fields.get("mentions", []):
            if user_id != EVERYBODY:
                store.follow(connection, user_id, room_id, thread, event.seq - 1)
        if notes(connection, room_id, thread)["replies"]["count"] == 1:
            begun_by = _first_message(connection, room_id, thread)["by"]["id"]
            store.follow(connection, begun_by, room_id, thread, thread)

    async def follow(self, user: User, room_id: str, thread: int, level: Level = "all") -> None:
        """Be told of everything in a thread from now on, of mentions only, or of nothing. Raises `NotFound` for what is no message."""

        def unit(transaction: Transaction) -> None:
            place = enter(transaction.connection, user, room_id, may_take_part)
            message_now(transaction.connection, room_id, thread, place.first_seq)
            store.follow(transaction.connection, user.id, room_id, thread, place.room.last_seq)
            store.set_level(transaction.connection, user.id, room_id, thread, level)

        await self._database.write(unit, rooms=(room_id,))

    async def unfollow(self, user: User, room_id: str, thread: int) -> None:
        """Follow a thread no more, until one replies in it or is named there again."""

        def unit(transaction: Transaction) -> None:
            enter(transaction.connection, user, room_id)
            store.unfollow(transaction.connection, user.id, room_id, thread)

        await self._database.write(unit, rooms=(room_id,))

    async def mark_read(self, user: User, room_id: str, thread: int, seq: int) -> None:
        """Every reply up to `seq` is read; the mark never moves back, nor beyond the room's end.

        Where it moves, the user's devices are told.
        """

        def unit(transaction: Transaction) -> int | None:
            place = enter(transaction.connection, user, room_id)
            mark = min(seq, place.room.last_seq)
            return mark if store.set_read(transaction.connection, user.id, room_id, thread, mark) else None

        mark = await self._database.write(unit, rooms=(room_id,))
        if mark is not None:
            self._tell(user.id, signals.thread_read(room_id, thread, mark))

    async def followed(self, user: User) -> list[Followed]:
        """The threads that a user follows or chose otherwise about, the one with the newest reply first."""

        def query(connection: Connection) -> list[Followed]:
            found = [(_first_message(connection, follow.room_id, follow.thread), follow) for follow in store.followed(connection, user.id)]
            found.sort(key=lambda each: _last_at(each[0]), reverse=True)
            return [_followed(connection, user.id, *each) for each in found[:MOST_LISTED]]

        return await self._database.read(query)


def _followed(connection: Connection, user_id: str, first: dict[str, Any], follow: store.Follow) -> Followed:
    return Followed(first, follow.read_seq, store.unread(connection, user_id, follow), follow.level)


def _first_message(connection: Connection, room_id: str, thread: int) -> dict[str, Any]:
    first: dict[str, Any] = from_json(message_now(connection, room_id, thread))
    return first


def _last_at(first: dict[str, Any]) -> str:
    at: str = first.get("replies", {}).get("last_at", first["at"])
    return at
