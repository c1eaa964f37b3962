"""What one can say about rooms over the WebSocket, and what the hub asks about them."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from hubbub.accounts.model import User
from hubbub.database import Database, Transaction
from hubbub.errors import NotFound
from hubbub.protocol import frames, signals
from hubbub.protocol.frames import ReadUpTo
from hubbub.realtime.answers import refusal
from hubbub.realtime.hub import Hub
from hubbub.realtime.session import Session
from hubbub.rooms.actions import Rooms, described
from hubbub.rooms.model import Mark, Place

ASK_AGAIN_SECONDS = 0.5

log = logging.getLogger("hubbub.rooms")


class RoomDescriber:
    """Tells the hub what a room looks like to one user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self, user: User, room_id: str, done: Callable[[Mapping[str, Any] | None], None]) -> None:
        """Hand `done` the room as `room.added` gives it, or None when the user is no member (any more)."""

        def tell(place: Place | None, error: BaseException | None) -> None:
            if error is None or isinstance(error, NotFound):
                done(place.as_json() if place and place.membership else None)
                return
            log.warning("Room %s could not be described to a new member, and will be again: %s", room_id, error)
            asyncio.get_running_loop().call_later(ASK_AGAIN_SECONDS, self.describe, user, room_id, done)

        self._database.submit_read(lambda connection: described(connection, user, room_id), tell)


class RoomCommands:
    """Answers `read`: the same action as `PUT rooms/{room}/read`, without a task."""

    def __init__(self, database: Database, rooms: Rooms, hub: Hub) -> None:
        self._database = database
        self._rooms = rooms
        self._hub = hub

    def read(self, session: Session, command: ReadUpTo) -> None:
        """Mark everything up to `seq` as read, and tell the user's other devices."""

        def unit(transaction: Transaction) -> Mark:
            return self._rooms.mark_read_in(transaction, session.user, command.room, command.seq)  # type: ignore[arg-type]

        def done(mark: Mark | None, error: BaseException | None) -> None:
            if mark is not None:
                self.tell_devices(session.user.id, mark, but=session)
                if command.id is not None:
                    session.say(frames.ok(command.id, seq=mark.seq, unread=mark.unread, mentions=mark.mentions))
            else:
                session.say(refusal(command.id, error))

        self._database.submit(unit, done, rooms=(command.room,))

    def tell_devices(self, user_id: str, mark: Mark, *, but: Session | None = None) -> None:
        """Tell a user's devices how far they have read, but for the one that said so, and those who may see it."""
        self._hub.tell_user(user_id, signals.read(mark.room_id, mark.seq), but=but)
        self._hub.seen.tell(mark.room_id, user_id, mark.seq, mark.shown_to)

    def tell_unread(self, user_id: str, mark: Mark) -> None:
        """Tell a user's devices what they marked as unread again."""
        self._hub.tell_user(user_id, signals.unread(mark.room_id, mark.seq, mark.unread, mark.mentions))

    def tell_folder(self, user_id: str, room_id: str, folder: str) -> None:
        """Tell a user's devices in which folder a room stands."""
        self._hub.tell_user(user_id, signals.folder(room_id, folder))

    def tell_hidden(self, user_id: str, room_id: str, seq: int) -> None:
        """Tell a user's devices that they put a room away until something comes after `seq`, or with 0 that it is back."""
        self._hub.tell_user(user_id, signals.hidden(room_id, seq))
