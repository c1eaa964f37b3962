"""Code of the host app that hears what happens: every event, in its order, after its commit, at least once.

Each handler has its own place in the log of all events, kept in the database. So one that was down, or died half-way,
goes on where it was; and one that is slow or fails holds up no other. Of several nodes, one runs a handler: the one that
has its lease. When that node dies another takes over, from the kept place.
"""

import asyncio
import contextvars
import inspect
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from hubbub.database import Database, Transaction
from hubbub.database.schema import events, followers
from hubbub.errors import HubbubError
from hubbub.journal.horizon import Horizon
from hubbub.protocol.events import EVENTS, Event

EVENTS_AT_ONCE = 100
HANDLER_SECONDS = 60.0
TRY_AGAIN_SECONDS = 1.0
# Where others write too, nobody tells a handler of their news, and nobody that a lease has become free.
LOOK_SECONDS = 1.0
SETTLING_SECONDS = 0.1

log = logging.getLogger("hubbub.journal")

Handler = Callable[[Any], Awaitable[None] | None]


class Follower:
    """One handler and its place in the log."""

    def __init__(self, name: str, kind: str, handler: Handler, database: Database) -> None:
        self.name = name
        self._kind = kind
        self._handler = handler
        self._database = database
        self._horizon = Horizon(database)
        self._term: int | None = None
        self._news: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._last_id = self._kept_id = 0

    async def start(self) -> None:
        """Go on from the kept place; a handler that is new begins with what happens from now on."""
        self._last_id = self._kept_id = await self._database.write(lambda transaction: _found_place(transaction, self.name))
        self._term = None
        self._news = asyncio.Event()
        self._news.set()
        self._task = asyncio.create_task(self._follow(self._news), name=f"hubbub-follower-{self.name}")

    async def stop(self) -> None:
        """Stop at once: an event under way is given up, and comes again with the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            try:
                await self._keep_place()
            except HubbubError as error:
                log.warning("The handler %s hears some events again at the next start: %s", self.name, error)

    def wake(self) -> None:
        """There is something new in the log."""
        if self._news is not None:
            self._news.set()

    async def _follow(self, news: asyncio.Event) -> None:
        while True:
            await self._wait_for(news)
            news.clear()
            try:
                if await self._is_its_turn():
                    await self._catch_up()
            except Exception:
                log.exception("The handler %s could not read on and will try again", self.name)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                news.set()

    async def _wait_for(self, news: asyncio.Event) -> None:
        if not self._database.is_shared:
            await news.wait()
            return
        is_soon = self._term is not None and self._horizon.is_waiting
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLING_SECONDS if is_soon else LOOK_SECONDS):
                await news.wait()

    async def _is_its_turn(self) -> bool:
        """Whether it is this node that runs the handler now; whoever begins goes on from the kept place."""
        term = await self._take_lease()
        if term is not None and term != self._term:
            kept = await self._database.read(lambda connection: _kept_place(connection, self.name))
            self._last_id = self._kept_id = kept or 0
        self._term = term
        return term is not None

    async def _take_lease(self) -> int | None:
        return await self._database.leases.take(f"handler {self.name}")

    async def _catch_up(self) -> None:
        is_at_the_end = False
        while not is_at_the_end:
            settled = await self._horizon.settled() if self._database.is_shared else None
            found, end = await self._database.read(partial(_after, kind=self._kind, last_id=self._last_id, settled=settled))
            has_handled_all = await self._handle_each(found)
            is_at_the_end = len(found) < EVENTS_AT_ONCE or not has_handled_all
            if is_at_the_end and has_handled_all:
                # Nothing more of this type up to the end, so the next search begins there.
                self._last_id = max(self._last_id, end)
            if found:
                await self._keep_place()

    async def _handle_each(self, found: list[tuple[int, bytes]]) -> bool:
        """Hand events over, for as long as it is this node's turn by one and the same term. Whether that were all of them."""
        for id, body in found:
            if await self._take_lease() != self._term:
                # Another node goes on, or this one does, from where the place was kept when its new term began.
                self.wake()
                return False
            await self._handle(body)
            self._last_id = id
        return True

    async def _keep_place(self) -> None:
        place = self._last_id
        if place != self._kept_id:
            await self._database.write(lambda transaction: _set_place(transaction, self.name, place), rooms=())
            self._kept_id = place

    async def _handle(self, body: bytes) -> None:
        """Hand one event over. Whatever the handler does, there is one line in the log and the next event."""
        event: Event | None = None
        try:
            async with asyncio.timeout(HANDLER_SECONDS) as limit:
                event = EVENTS[self._kind].model_validate_json(body)
                await self._call(event)
        except asyncio.CancelledError:
            if _is_being_stopped():
                raise
            log.error("The handler %s cancelled itself at %s; it goes on with the next event", self.name, _named(event, body))
        except Exception:
            if limit.expired():
                log.error("The handler %s took over %g seconds and was given up for %s", self.name, HANDLER_SECONDS, _named(event, body))
            else:
                log.exception("The handler %s failed for %s; it goes on with the next event", self.name, _named(event, body))

    async def _call(self, event: Event) -> None:
        if inspect.iscoroutinefunction(self._handler):
            await self._handler(event)
        else:
            outcome = await _on_a_thread(self._handler, event)
            if inspect.isawaitable(outcome):
                await outcome


class Followers:
    """All the handlers of one chat."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: dict[str, Follower] = {}
        self._is_running = False

    def add(self, kind: str, handler: Handler, name: str | None = None) -> None:
        """Have `handler` called for every event of this type. Raises `ValueError` for what is no type, or said twice."""
        if kind not in EVENTS:
            raise ValueError(f"{kind!r} is no event. Known: {', '.join(EVENTS)}")
        if self._is_running:
            raise ValueError("Handlers are named before the chat starts, at the top of a module.")
        name = f"{kind} {name or _own_name(handler)}"
        if name in self._followers:
            raise ValueError(f"There is a handler {name!r} already, and its name keeps its place in the log. Give this one another name=…")
        self._followers[name] = Follower(name, kind, handler, self._database)

    async def start(self) -> None:
        """Begin to follow."""
        self._is_running = True
        for follower in self._followers.values():
            await follower.start()

    async def stop(self) -> None:
        """Follow no more. The places are kept."""
        for follower in self._followers.values():
            await follower.stop()
        self._is_running = False

    def wake(self) -> None:
        """Something was committed."""
        for follower in self._followers.values():
            follower.wake()


def _own_name(handler: Handler) -> str:
    name = getattr(handler, "__qualname__", None)
    if name is None:
        raise ValueError(f"{handler!r} has no name of its own, and by its name its place in the log is kept. Give it one with name=…")
    return f"{handler.__module__}.{name}"


def _named(event: Event | None, body: bytes) -> str:
    if event is None:
        return f"an event that could not be read: {body[:500]!r}"
    return f"{getattr(event, 'type', 'an event')} {event.seq} of room {event.room} by {event.by.name} ({event.by.id})"


def _is_being_stopped() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _on_a_thread(handler: Handler, event: Event) -> Any:
    """Call a plain function on a thread of its own, which keeps no program from ending: it may never return."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def tell(outcome: Any, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(outcome)
        else:
            done.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    def run() -> None:
        outcome, error = None, None
        try:
            outcome = context.run(handler, event)
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, outcome, error)

    context = contextvars.copy_context()
    threading.Thread(target=run, name="hubbub-handler", daemon=True).start()
    return await done


def _after(connection: Connection, kind: str, last_id: int, settled: int | None) -> tuple[list[tuple[int, bytes]], int]:
    """The next events of a type, and up to where that was looked for: the end of the log, or where it is settled."""
    end: int = connection.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one() if settled is None else settled
    query = select(events.c.id, events.c.body).where(events.c.id > last_id, events.c.id <= end, events.c.type == kind)
    found = connection.execute(query.order_by(events.c.id).limit(EVENTS_AT_ONCE))
    return [(row.id, row.body) for row in found], end


def _set_place(transaction: Transaction, name: str, place: int) -> None:
    # Never back: whoever lost the lease without knowing may come too late with it.
    mine = (followers.c.name == name) & (followers.c.last_id < place)
    transaction.connection.execute(update(followers).where(mine).values(last_id=place))


def _kept_place(connection: Connection, name: str) -> int | None:
    place: int | None = connection.execute(select(followers.c.last_id).where(followers.c.name == name)).scalar()
    return place


def _found_place(transaction: Transaction, name: str) -> int:
    """The kept place; that of a new handler is the end of the log."""
    connection = transaction.connection
    place = _kept_place(connection, name)
    if place is None:
        place = connection.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one()
        connection.execute(insert(followers).values(name=name, last_id=place))
    return place
