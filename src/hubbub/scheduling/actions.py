"""What one can do with scheduled messages, and how they are sent when their time has come."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from hubbub.accounts.model import User
from hubbub.accounts.store import user_by_id
from hubbub.database import Connection, Database, Transaction
from hubbub.database.alarm import Alarm
from hubbub.errors import Conflict, Forbidden, HubbubError, NotFound, Unavailable
from hubbub.messages.actions import Messages
from hubbub.messages.model import MessageDraft, checked_text
from hubbub.messages.store import posted_before
from hubbub.messages.threads import check_references
from hubbub.messages.times import time_to_come
from hubbub.protocol import signals
from hubbub.protocol.ids import new_id
from hubbub.rooms.access import enter, may_post
from hubbub.rooms.store import set_unread
from hubbub.scheduling import store
from hubbub.scheduling.model import MOST_SCHEDULED, Scheduled

SENT_AT_ONCE = 100
NOT_OUR_DAY = "Something went wrong here while it was sent. Send it again, or tell whoever runs this chat."

log = logging.getLogger("hubbub.scheduling")

Tell = Callable[[str, bytes], None]
"""Sends a signal to all sessions of a user."""


class Scheduling:
    """The scheduled messages of everybody in one chat. Nobody but their author is told of them before they are sent."""

    def __init__(self, database: Database, messages: Messages, tell: Tell, *, text_limit: int) -> None:
        self._database = database
        self._messages = messages
        self._text_limit = text_limit
        self._tell = tell
        self.alarm = Alarm(database, "scheduled messages", next_due=store.next_due, ring=self.send_due)

    async def schedule(self, user: User, room_id: str, at: datetime, **fields: Any) -> tuple[dict[str, Any], bool]:
        """Have a message sent at a time, with `fields` as `Messages.draft` takes them; and whether it is a new one.

        One repeated with the same key makes no second one. Raises as posting it now would, `Invalid` for a time that
        has passed, `Conflict` for one too many and for a message that was sent already.
        """
        draft = self._messages.draft(user, room_id, **fields)
        unit = partial(_schedule, draft=draft, at=at)
        message, is_new = await self._database.write(unit, rooms=(room_id,))
        if is_new:
            self.alarm.set_to(message.due_at)
            await self._tell_author(user.id)
        return message.as_json(sees_room=True), is_new

    async def scheduled(self, user: User) -> list[dict[str, Any]]:
        """A user's scheduled messages: those that could not be sent, then the others, the next one first."""

        def query(connection: Connection) -> list[dict[str, Any]]:
            found = store.scheduled_of(connection, user.id)
            seen = {room_id for room_id in {message.room_id for message in found} if _sees(connection, user, room_id)}
            return [message.as_json(sees_room=message.room_id in seen) for message in found]

        return await self._database.read(query)

    async def change(self, user: User, id: str, *, text: str | None = None, at: datetime | None = None) -> dict[str, Any]:
        """Change what a message says, or its time; with a new time one that could not be sent is tried again.

        Raises `NotFound` when it was sent or taken away meanwhile.
        """

        def unit(transaction: Transaction) -> tuple[Scheduled, bool]:
            changes: dict[str, Any] = {} if text is None else {"text": checked_text(text, self._text_limit)}
            if at is not None:
                changes |= {"due_at": time_to_come(at, transaction.now, "at"), "failure": None}
            changed = store.change(transaction.connection, user.id, id, changes)
            if changed is None:
                raise _gone()
            return changed, _sees(transaction.connection, user, changed.room_id)

        changed, sees_room = await self._database.write(unit, rooms=())
        self.alarm.set_to(changed.due_at)
        await self._tell_author(user.id)
        return changed.as_json(sees_room=sees_room)

    async def cancel(self, user: User, id: str) -> None:
        """Send it never. Raises `NotFound` when it was sent or taken away before."""

        def unit(transaction: Transaction) -> None:
            if not store.delete_scheduled(transaction.connection, user.id, id):
                raise _gone()

        await self._database.write(unit, rooms=())
        await self._tell_author(user.id)

    async def send_due(self) -> None:
        """Send everything whose time has come, the first one first."""
        while due := await self._database.read(lambda connection: store.due(connection, self._database.now(), SENT_AT_ONCE)):
            for message in due:
                await self._send(message)

    async def _send(self, message: Scheduled) -> None:
        try:
            await self._database.write(partial(self._post, id=message.id), rooms=(message.room_id,))
        except Unavailable:
            raise
        except HubbubError as refusal:
            await self._fail(message, refusal.message)
        except Exception:
            log.exception("A scheduled message could not be sent (%s in room %s)", message.id, message.room_id)
            await self._fail(message, NOT_OUR_DAY)
        await self._tell_author(message.user_id)

    def _post(self, transaction: Transaction, id: str) -> None:
        """Take the message from what waits and post it, both or neither, with the rights that its author has now."""
        connection = transaction.connection
        message = store.take(connection, id, transaction.now)
        if message is None:
            return
        user = user_by_id(connection, message.user_id)
        if user is None or not user.is_active:
            raise Forbidden("Its author was deactivated.")
        before = enter(connection, user, message.room_id, may_post)
        self._messages.post(transaction, self._draft(user, message))
        # Nobody has read a room because something they wrote yesterday was sent to it; the event says so to their clients.
        if before.membership is not None and before.room.message_count > before.membership.read_count:
            set_unread(connection, user.id, message.room_id, before.membership.read_seq, before.membership.read_count)

    def _draft(self, user: User, message: Scheduled) -> MessageDraft:
        words = {name: getattr(message, name) for name in ("key", "text", "thread", "also_to_room", "reply_to")}
        return self._messages.draft(user, message.room_id, **words)._replace(is_scheduled=True)

    async def _fail(self, message: Scheduled, why: str) -> None:
        await self._database.write(lambda transaction: store.fail(transaction.connection, message, why), rooms=())

    async def _tell_author(self, user_id: str) -> None:
        count = await self._database.read(lambda connection: store.count(connection, user_id))
        self._tell(user_id, signals.scheduled(count.waiting, count.failed))


def _schedule(transaction: Transaction, draft: MessageDraft, at: datetime) -> tuple[Scheduled, bool]:
    connection, user_id = transaction.connection, draft.user.id
    enter(connection, draft.user, draft.room_id, may_post)
    known = store.with_key(connection, user_id, draft.room_id, draft.key)
    if known is not None:
        return known, False
    due_at = time_to_come(at, transaction.now, "at")
    check_references(connection, draft)
    if posted_before(connection, draft.room_id, user_id, draft.key) is not None:
        raise Conflict("A message with this key was sent already.", field="key")
    if sum(store.count(connection, user_id)) >= MOST_SCHEDULED:
        raise Conflict(f"You have {MOST_SCHEDULED} scheduled messages, which is as many as are kept. Take one back first.")
    words = {name: getattr(draft, name) for name in ("room_id", "key", "text", "thread", "also_to_room", "reply_to")}
    message = Scheduled(id=new_id(), user_id=user_id, due_at=due_at, created_at=transaction.now, **words)
    store.insert_scheduled(connection, message)
    return message, True


def _sees(connection: Connection, user: User, room_id: str) -> bool:
    try:
        enter(connection, user, room_id)
    except NotFound:
        return False
    return True


def _gone() -> NotFound:
    return NotFound("There is no such scheduled message: it was sent, or taken back.")
