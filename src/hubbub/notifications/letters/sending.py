"""Writes to people about what they missed, once it has waited for as long as they chose and they are not asleep."""

import asyncio
import logging
from typing import Any

from pydantic_core import from_json

from hubbub.database import Connection, Database
from hubbub.errors import HubbubError
from hubbub.mailing import Mailer, Refused, Undelivered
from hubbub.messages.noting import message_now
from hubbub.notifications.letters import store
from hubbub.notifications.letters.store import Kept, Missed
from hubbub.notifications.letters.writing import Item, digest
from hubbub.notifications.model import beginning, said_of, why_told
from hubbub.notifications.store import listener
from hubbub.notifications.wishes import wishes_from

BETWEEN_LETTERS = 60 * 60 * 1000
LOOK_EVERY = 60 * 1000
MINUTE = 60 * 1000

log = logging.getLogger("hubbub.notifications")


class Sending:
    """The letters of one chat."""

    def __init__(self, database: Database, mailer: Mailer | None, *, chat: str, base: str) -> None:
        """Without a mail server nothing is written. `base` is the chat's public address, which all links begin with."""
        self._database = database
        self._mailer = mailer
        self._chat = chat
        self._base = base
        self._look_at = 0
        self._turn = asyncio.Lock()

    async def next_look(self) -> int | None:
        """When to look again whether a letter is due; None while there is nothing to write about."""
        if self._mailer is None or not await self._database.read(store.is_anything_missed):
            return None
        return self._look_at

    async def send_due(self) -> None:
        """Write whatever is due now. The first letter that the mail server does not take ends the round."""
        async with self._turn:
            now = self._database.now()
            if self._mailer is None or now < self._look_at:
                return
            self._look_at = now + LOOK_EVERY
            for kept in await self._database.read(lambda connection: _due(connection, now)):
                try:
                    await self._write_to(kept, self._mailer)
                except Undelivered as error:
                    log.warning("%s. The letters will be tried again in an hour", error)
                    return

    async def _write_to(self, kept: Kept, mailer: Mailer) -> None:
        missed, items = await self._database.read(lambda connection: _still_missed(connection, kept.user_id))
        if items:
            if not await self._claim(kept):
                return
            try:
                await mailer.send(digest(self._chat, self._base, kept.address, kept.stop_code, items))
            except Refused as error:
                log.warning("A letter is given up: %s", error)
        await self._database.write(lambda transaction: store.forget_missed(transaction.connection, kept.user_id, missed), rooms=())

    async def _claim(self, kept: Kept) -> bool:
        return await self._database.write(lambda transaction: store.claim(transaction.connection, kept, transaction.now), rooms=())


def _due(connection: Connection, now: int) -> list[Kept]:
    due = []
    for kept, since, preferences in store.waiting(connection):
        wishes = wishes_from(preferences)
        if wishes.email_after is None:
            due.append(kept)  # with nothing to write, so that nothing stays
        elif now >= max(since + wishes.email_after * MINUTE, kept.written_at + BETWEEN_LETTERS) and not wishes.want_peace(now):
            due.append(kept)
    return due


def _still_missed(connection: Connection, user_id: str) -> tuple[list[Missed], list[Item]]:
    """What waited for somebody, and what of it is to be written about: unread, not deleted, still for their eyes."""
    missed = store.missed_by(connection, user_id)
    items = [_item(connection, user_id, each) for each in missed]
    return missed, [item for item in items if item is not None]


def _item(connection: Connection, user_id: str, missed: Missed) -> Item | None:
    try:
        message: dict[str, Any] = from_json(message_now(connection, missed.room_id, missed.seq))
    except HubbubError:
        return None
    stands = listener(connection, user_id, missed.room_id, message.get("thread"))
    said = said_of(message, missed.room_kind, 0)
    if stands is None or message.get("deleted") or stands.wishes.email_after is None or why_told(said, stands) is None:
        return None
    place = f"thread/{said.thread}" if said.is_only_in_thread else str(missed.seq)
    return Item(missed.room_id, missed.room_name, f"#/room/{missed.room_id}/{place}", message["by"]["name"], beginning(message))
