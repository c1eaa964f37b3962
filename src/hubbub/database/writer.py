"""The one writer: units of work from a bounded queue, many to a commit (group commit).

There is no timer: whatever gathered while the last commit was on its way to the disk goes into the next one. So a
lone writer waits for nobody, and a hundred share one fsync.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.exc import DBAPIError

from hubbub.database.schema import meta
from hubbub.database.transaction import Transaction
from hubbub.errors import HubbubError, Unavailable

UNITS_PER_COMMIT = 1024
TRY_AGAIN_SECONDS = 2.0

log = logging.getLogger("hubbub.database")

Unit = Callable[[Transaction], Any]
UnitOfMany = Callable[[Transaction, list[Any]], list[Any]]
Done = Callable[[Any, BaseException | None], None]


@dataclass(slots=True)
class Work:
    """A unit of work under way, and whom to tell. With `many`, neighbours of the same unit run as one."""

    unit: Any
    draft: Any
    is_many: bool
    done: Done
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Runs units of work on a thread of its own and commits them together.

    Each unit has a savepoint of its own: one that raises harms no other. `announce` is called on the event loop with
    what the committed units announced, in the order of the commit, before any of them is told that it is done.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        now: Callable[[], int],
        announce: Callable[[list[Any]], None],
        queue_limit: int = 10_000,
    ) -> None:
        self._connection = connection
        self._now = now
        self._announce = announce
        self.is_healthy = True
        """False from a commit that the database refused until the next one that it took, which it looks for by itself."""
        self._queue: queue.SimpleQueue[list[Work] | None] = queue.SimpleQueue()
        self._of_this_turn: list[Work] = []
        self._queue_limit = queue_limit
        self._waiting = 0
        self._accepting = True
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="hubbub-writer", daemon=True)
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether more work is under way or waiting, so that what is due now may wait for what is due next."""
        return self._waiting > 0

    def submit(self, unit: Unit | UnitOfMany, draft: Any, is_many: bool, done: Done) -> None:
        """Queue a unit of work; `done(result, error)` is called on the event loop after its commit.

        Raises `Unavailable` when the queue is full, or when the writer is stopping.
        """
        if not self._accepting:
            raise Unavailable("The server is stopping. Try again in a moment.", retry_after=2)
        if self._waiting >= self._queue_limit:
            raise Unavailable(f"More than {self._queue_limit} writes are waiting. Try again in a second.", retry_after=1)
        self._put(Work(unit, draft, is_many, done))

    def refuse(self) -> None:
        """Take no more work: from now on `submit` raises `Unavailable`."""
        self._accepting = False

    async def drain(self) -> None:
        """Wait until everything queued so far is committed and told. What is queued meanwhile is not waited for."""
        if self._waiting == 0:
            return
        told: asyncio.Future[None] = self._loop.create_future()

        def tell(_result: Any, _error: BaseException | None) -> None:
            if not told.done():  # whoever waited may have given up
                told.set_result(None)

        self._put(Work(_do_nothing, None, False, tell))
        await told

    async def stop(self) -> None:
        """Take no more, finish what is queued, end the thread."""
        self.refuse()
        await self.drain()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _put(self, work: Work) -> None:
        """Queue the work with whatever else comes in this turn of the loop: waking the writer costs more than most units."""
        self._waiting += 1
        self._of_this_turn.append(work)
        if len(self._of_this_turn) == 1:
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        works, self._of_this_turn = self._of_this_turn, []
        self._queue.put(works)

    def _run(self) -> None:
        while (batch := self._gather()) is not None:
            announcements = self._commit(batch)
            self._loop.call_soon_threadsafe(self._settle, batch, announcements)

    def _gather(self) -> list[Work] | None:
        """The next batch; None when it is time to end. An empty one is for finding out whether the database takes writes again."""
        try:
            first = self._queue.get(timeout=None if self.is_healthy else TRY_AGAIN_SECONDS)
        except queue.Empty:
            return []
        if first is None:
            return None
        batch = first
        while len(batch) < UNITS_PER_COMMIT:
            try:
                works = self._queue.get_nowait()
            except queue.Empty:
                break
            if works is None:
                self._queue.put(None)
                break
            batch += works
        return batch

    def _commit(self, batch: list[Work]) -> list[Any]:
        transaction = Transaction(self._connection, self._now())
        try:
            with self._connection.begin():
                for group in _neighbours(batch):
                    self._run_group(transaction, group)
                transaction.finish()
                if not self.is_healthy:
                    # Not every unit writes something; this does, so that a commit proves that there is room.
                    self._connection.execute(update(meta).values(value=meta.c.value).where(meta.c.key == "epoch"))
        except Exception as error:
            self.is_healthy = False
            refusal = _refusal(error)
            for work in batch:
                work.result, work.error = None, work.error or refusal
            return []
        self.is_healthy = True
        transaction.committed()
        return transaction.announcements

    def _run_group(self, transaction: Transaction, group: list[Work]) -> None:
        if self._attempt(transaction, group) is None:
            return
        if len(group) > 1:
            for work in group:
                work.error = self._attempt(transaction, [work])

    def _attempt(self, transaction: Transaction, group: list[Work]) -> BaseException | None:
        """Run a group as one unit inside a savepoint. What it raised undoes the whole group and nothing else."""
        announced, notes = len(transaction.announcements), {name: dict(note) for name, note in transaction.notes.items()}
        # In plain SQL: SQLAlchemy's own savepoints cost as much as the inserts of a small group.
        run = transaction.connection.exec_driver_sql
        run("SAVEPOINT unit")
        try:
            results = _results(transaction, group)
            run("RELEASE unit")
        except Exception as error:
            if _is_fatal(error):
                raise
            run("ROLLBACK TO unit")
            run("RELEASE unit")
            del transaction.announcements[announced:]
            transaction.notes = notes
            if len(group) == 1:
                group[0].error = error
            return error
        for work, result in zip(group, results, strict=True):
            work.result = result
        return None

    def _settle(self, batch: list[Work], announcements: list[Any]) -> None:
        """Back on the event loop: first the news, then the answers."""
        self._waiting -= len(batch)
        if announcements:
            try:
                self._announce(announcements)
            except Exception:
                log.exception("Announcing %d committed events failed; clients will read them from the journal", len(announcements))
            # One turn later, as the news go out in the next turn: who gets both gets them in one write.
            self._loop.call_soon(_answer, batch)
        else:
            _answer(batch)


def _answer(batch: list[Work]) -> None:
    for work in batch:
        try:
            work.done(work.result, work.error)
        except Exception:
            log.exception("Answering a committed unit of work failed")


def _do_nothing(_transaction: Transaction) -> None:
    """The unit of whoever only waits for those before it."""


def _neighbours(batch: list[Work]) -> Iterator[list[Work]]:
    """The batch in its order, with neighbours that run as one joined into groups."""
    for unit, group in groupby(batch, key=lambda work: work.unit if work.is_many else None):
        if unit is None:
            yield from ([work] for work in group)
        else:
            yield list(group)


def _results(transaction: Transaction, group: list[Work]) -> list[Any]:
    first = group[0]
    if first.is_many:
        return list(first.unit(transaction, [work.draft for work in group]))
    return [first.unit(transaction)]


def _is_fatal(error: Exception) -> bool:
    """Whether the database itself failed (full, gone, read-only), and not just this unit."""
    return isinstance(error, DBAPIError) and type(error).__name__ == "OperationalError"


def _refusal(error: Exception) -> HubbubError:
    """What the senders are told when a commit failed: nothing was kept, and trying again is right."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    log.error("A commit failed, and nothing of it was acknowledged: %s", cause)
    return Unavailable(f"The database could not store this just now ({cause}). Nothing was kept; try again.", retry_after=2)
