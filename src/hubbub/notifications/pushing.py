"""Sends what is due to the push services: claimed before it is tried, tried again a few times, dropped when it is of no use."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from hubbub.database import Connection, Database, Transaction
from hubbub.errors import HubbubError
from hubbub.messages.noting import message_now
from hubbub.notifications import store
from hubbub.notifications.deciding import PUSH_AFTER
from hubbub.notifications.model import said_of, why_told, words_of
from hubbub.notifications.sealing import MOST_BYTES, seal
from hubbub.notifications.store import DuePush
from hubbub.notifications.vapid import VapidKey, decoded
from hubbub.outgoing import Outgoing, Unreachable
from hubbub.realtime.hub import Hub

AT_ONCE = 8
PUSHES_AT_ONCE = 100
TRY_AGAIN_AFTER = (30_000, 120_000, 480_000, 1_920_000)
"""After each try that failed; after the last one it is given up."""
SEND_SECONDS = 10.0
ANSWER_BYTES = 1_000
TIME_TO_LIVE = 24 * 60 * 60
GONE = (404, 410)
REFUSED_FOR_GOOD = (400, 401, 403, 413)

log = logging.getLogger("hubbub.notifications")

IsLooking = Callable[[str, str], bool]
"""(user id, room id): whether somebody has the room before their eyes right now, as far as this node knows."""


def looking_at(hub: Hub) -> IsLooking:
    """Whether one of somebody's devices here shows the room, and they are not away from it."""

    def is_looking(user_id: str, room_id: str) -> bool:
        return any(
            session.watching is not None and room_id in session.watching and not session.is_away for session in hub.sessions_of(user_id)
        )

    return is_looking


class Parcel(NamedTuple):
    """A push that is wanted, with what it says."""

    push: DuePush
    payload: bytes
    is_urgent: bool
    stands_in_room: bool
    """Whether whoever looks at the room sees it there: a reply may stand in its thread only."""


class Pushing:
    """Sends what is due, to whichever browsers."""

    def __init__(self, database: Database, outgoing: Outgoing, is_looking: IsLooking, *, subject: str | None) -> None:
        """`subject` is where those who run a push service find those who run this chat, an https address."""
        self._database = database
        self._outgoing = outgoing
        self._is_looking = is_looking
        self._subject = subject if subject is not None and subject.startswith("https://") else None
        self.key: VapidKey | None = None
        """The chat's own, once it is started."""

    async def send_due(self) -> None:
        """Send what is due now."""
        while self.key is not None and (due := await self._database.read(self._due)):
            parcels = await self._database.write(lambda transaction, due=due: self._claim(transaction, due), rooms=())  # type: ignore[misc]
            places = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(self._send(parcel, places) for parcel in parcels))
            if len(due) < PUSHES_AT_ONCE:
                return

    def _due(self, connection: Connection) -> list[tuple[DuePush, Parcel | None]]:
        now = self._database.now()
        return [(push, _parcel(connection, push, now)) for push in store.due_pushes(connection, now, PUSHES_AT_ONCE)]

    def _claim(self, transaction: Transaction, due: list[tuple[DuePush, Parcel | None]]) -> list[Parcel]:
        """Those that are wanted, each put off in case that its try fails; the others are done with."""
        claimed = []
        for push, parcel in due:
            if not push.is_signed_in:
                store.forget_subscription(transaction.connection, push.subscription.id)
            elif parcel is None or push.tries >= len(TRY_AGAIN_AFTER) or self._is_seen(push, parcel):
                _done(transaction, push)
            elif store.claim(transaction.connection, push, transaction.now + TRY_AGAIN_AFTER[push.tries]):
                claimed.append(parcel)
        return claimed

    def _is_seen(self, push: DuePush, parcel: Parcel) -> bool:
        return parcel.stands_in_room and self._is_looking(push.subscription.user_id, push.room_id)

    async def _send(self, parcel: Parcel, places: asyncio.Semaphore) -> None:
        push = parcel.push
        async with places:
            status = await self._try(parcel)
        if status in GONE:
            await self._write(lambda transaction: store.forget_subscription(transaction.connection, push.subscription.id))
        elif status is not None and (200 <= status < 300 or status in REFUSED_FOR_GOOD):
            await self._write(lambda transaction: _done(transaction, push))

    async def _write(self, unit: Callable[[Transaction], None]) -> None:
        await self._database.write(unit, rooms=())

    async def _try(self, parcel: Parcel) -> int | None:
        """What the push service answered; None when it was not reached."""
        subscription = parcel.push.subscription
        try:
            content = seal(parcel.payload, decoded(subscription.p256dh), decoded(subscription.auth))
            headers = self._headers(parcel)
            answer = await self._outgoing.post(
                subscription.endpoint, content, headers=headers, most_bytes=ANSWER_BYTES, seconds=SEND_SECONDS
            )
        except Unreachable as error:
            log.warning("A push service was not reached: %s", error)
            return None
        if answer.status >= 400 and answer.status not in GONE:
            log.warning("A push service answered with status %s", answer.status)
        return answer.status

    def _headers(self, parcel: Parcel) -> dict[str, str]:
        assert self.key is not None
        return {
            "authorization": self.key.authorization(parcel.push.subscription.endpoint, self._database.now() / 1000, self._subject),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(TIME_TO_LIVE),
            "topic": hashlib.sha256(parcel.push.room_id.encode()).hexdigest()[:32],
            "urgency": "high" if parcel.is_urgent else "normal",
            "user-agent": "Hubbub",
        }


def _done(transaction: Transaction, push: DuePush) -> None:
    # Whatever came of the room meanwhile may be read before it is told, as everything may.
    store.done(transaction.connection, push, transaction.now + PUSH_AFTER)


def _parcel(connection: Connection, push: DuePush, now: int) -> Parcel | None:
    """What a push says; None when it is not wanted any more: read meanwhile, deleted, out of sight, or somebody wants peace."""
    try:
        message: dict[str, Any] = from_json(message_now(connection, push.room_id, push.seq))
    except HubbubError:
        return None
    listener = store.listener(connection, push.subscription.user_id, push.room_id, message.get("thread"))
    if listener is None or message.get("deleted") or listener.wishes.want_peace(now):
        return None
    said = said_of(message, push.room_kind, now)
    reason = why_told(said, listener)
    if reason is None:
        return None
    where = {"room": push.room_id, "seq": push.seq} | ({"thread": said.thread} if said.is_only_in_thread else {})
    words = words_of(message, push.room_name) if listener.wishes.shows_words else {}
    return Parcel(push, _fitting(where | words), reason in ("mention", "direct", "keyword"), not said.is_only_in_thread)


def _fitting(says: dict[str, Any]) -> bytes:
    payload = to_json(says)
    while len(payload) > MOST_BYTES:  # a few letters may be many bytes
        says = says | {"body": says["body"][: len(says["body"]) // 2]}
        payload = to_json(says)
    return payload
