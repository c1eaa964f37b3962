"""Follows the log and decides who is to be told of what: in small batches behind the commits, each message once."""

import asyncio
from typing import NamedTuple

from hubbub.database import Connection, Database, Transaction
from hubbub.notifications import store
from hubbub.notifications.letters.store import add_missed
from hubbub.notifications.model import Said, who_is_told
from hubbub.notifications.store import Behind

EVENTS_AT_ONCE = 200
ROOMS_AT_ONCE = 50
BACKLOG = 2_000
"""Of a room that has gone on by more events than this, only so many are looked at."""
OLD_NEWS = 60 * 60 * 1000
"""Nobody is told of what was said longer ago, as after a server was down."""
PUSH_AFTER = 5_000
"""Whoever looks at the room has marked the message as read by then."""
PAUSE_SECONDS = 0.25


class Told(NamedTuple):
    """A message, and the ids of those who are to be told of it: now, and by letter when they do not read it."""

    said: Said
    now: list[str]
    by_letter: list[str]


class Verdict(NamedTuple):
    """A part of a room's log, and who is to be told of what is in it."""

    room: Behind
    upto: int
    told: list[Told]


class Deciding:
    """Who is to be told of what is in the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def catch_up(self) -> None:
        """Decide everything that is in the log now. While nobody can be told of anything, nothing is read."""
        while await self._database.read(store.is_anybody_reachable):
            verdicts = await self._database.read(self._next_verdicts)
            if not verdicts:
                return
            await self._database.write(lambda transaction, verdicts=verdicts: _keep(transaction, verdicts), rooms=())  # type: ignore[misc]
            if self._database.writer.is_busy:
                await asyncio.sleep(PAUSE_SECONDS)  # those who post come first

    def _next_verdicts(self, connection: Connection) -> list[Verdict]:
        now, verdicts, seen = self._database.now(), [], 0
        for room in store.rooms_behind(connection, ROOMS_AT_ONCE):
            verdicts.append(_verdict(connection, room, now))
            seen += verdicts[-1].upto - room.place
            if seen >= EVENTS_AT_ONCE:
                break
        return verdicts


def _verdict(connection: Connection, room: Behind, now: int) -> Verdict:
    place = max(room.place, room.last_seq - BACKLOG)
    upto = min(place + EVENTS_AT_ONCE, room.last_seq)
    said = [each for each in store.said_after(connection, room, place, upto) if each.at > now - OLD_NEWS]
    if not said:
        return Verdict(room, upto, [])
    listeners = store.listeners(connection, room.room_id, {each.thread for each in said if each.thread is not None})
    at_peace = {listener.user_id for listener in listeners if listener.wishes.want_peace(now)}
    readers = {listener.user_id for listener in listeners if listener.wishes.email_after is not None}
    told = [(each, who_is_told(each, listeners)) for each in said]
    return Verdict(
        room, upto, [Told(each, [id for id in ids if id not in at_peace], [id for id in ids if id in readers]) for each, ids in told if ids]
    )


def _keep(transaction: Transaction, verdicts: list[Verdict]) -> None:
    """Keep what was decided, each part unless another node did meanwhile."""
    connection = transaction.connection
    for room, upto, told in verdicts:
        if store.move_place(connection, room, upto):
            for said, now, by_letter in told:
                store.add_pushes(connection, said, max(transaction.now, said.at + PUSH_AFTER), now)
                add_missed(connection, said, by_letter)
