"""The one writer: units of work from a bounded queue, many to a commit (group commit).

There is no timer: whatever gathered while the last commit was on its way to the disk goes into the next one. So a
lone writer waits for nobody, and a hundred share one fsync.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Collection
from time import monotonic
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.exc import DBAPIError

from hubbub.database.kind import Kind
from hubbub.database.refusals import out_of_reach, unwritten
from hubbub.database.schema import meta
from hubbub.database.transaction import Transaction
from hubbub.database.work import Done, Unit, UnitOfMany, Work, keep, neighbours, parts, results_of, rooms_of
from hubbub.errors import Unavailable

UNITS_PER_COMMIT = 1024
TRY_AGAIN_SECONDS = 2.0
TRIES = 4
LONG_SECONDS = 1.0
"""Whoever waited behind so long a silence of the server is not made to wait for another one."""

log = logging.getLogger("hubbub.database")


class UnitFailed(Exception):
    """The only group of a transaction raised, and the transaction is undone. The cause says why."""


class Writer:
    """Runs units of work on a thread of its own and commits them together.

    One unit that raises harms no other: each group has a savepoint of its own, or the transaction to itself. `announce`
    is called on the event loop with what the committed units announced, in the order of the commit, before any of them
    is told that it is done.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        now: Callable[[], int],
        announce: Callable[[list[Any]], None],
        kind: Kind,
        queue_limit: int = 10_000,
    ) -> None:
        self._connection = connection
        self._kind = kind
        self._now = now
        self._announce = announce
        self.is_healthy = True
        """False from a commit that the database refused until the next one that it took, which it looks for by itself."""
        # Found out by whoever came first; each of those who wait would wait for another attempt to reach it.
        self._is_out_of_reach = False
        self._queue: queue.SimpleQueue[list[Work] | None] = queue.SimpleQueue()
        self._of_this_turn: list[Work] = []
        self._queue_limit = queue_limit
        self._waiting = 0
        self.unit_count = self.commit_count = 0
        """How many units of work were done, and in how many transactions, since the start."""
        self._accepting = True
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="hubbub-writer", daemon=True)
        self._thread.start()

    @property
    def waiting_count(self) -> int:
        """How many units of work are under way or wait."""
        return self._waiting

    @property
    def is_busy(self) -> bool:
        """Whether more work is under way or waiting, so that what is due now may wait for what is due next."""
        return self._waiting > 0

    def submit(self, unit: Unit | UnitOfMany, draft: Any, is_many: bool, done: Done, rooms: Collection[str] | None = None) -> None:
        """Queue a unit of work; `done(result, error)` is called on the event loop after its commit.

        `rooms` as for `Database.write`. Raises `Unavailable` when the queue is full, or when the writer is stopping.
        """
        if not self._accepting:
            raise Unavailable("The server is stopping. Try again in a moment.", retry_after=2)
        if self._waiting >= self._queue_limit:
            raise Unavailable(f"More than {self._queue_limit} writes are waiting. Try again in a second.", retry_after=1)
        self._put(Work(unit, draft, is_many, done, rooms))

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

        self._put(Work(_do_nothing, None, False, tell, ()))
        await told

    async def stop(self) -> None:
        """Take no more, finish what is queued, end the thread."""
        self.refuse()
        await self.drain()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def close(self) -> None:
        """Close the connection, after `stop`."""
        self._connection.close()

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
            self._is_out_of_reach = False
            for part in parts(batch) if self._kind.is_shared else (batch,):
                announcements = self._commit(part)
                self._loop.call_soon_threadsafe(self._settle, part, announcements)
            if self._is_out_of_reach:
                late = self._queued(self._queue_limit)
                self._loop.call_soon_threadsafe(self._settle, late, _refused(late))

    def _gather(self) -> list[Work] | None:
        """The next batch; None when it is time to end. An empty one is for finding out whether the database takes writes again."""
        try:
            is_watched = self._kind.is_shared or not self.is_healthy
            first = self._queue.get(timeout=TRY_AGAIN_SECONDS if is_watched else None)
        except queue.Empty:
            return []
        return None if first is None else first + self._queued(UNITS_PER_COMMIT - len(first))

    def _queued(self, most: int) -> list[Work]:
        """What is queued now, until there is at least so much of it. Whoever says that it is time to end is left."""
        queued: list[Work] = []
        while len(queued) < most:
            try:
                works = self._queue.get_nowait()
            except queue.Empty:
                break
            if works is None:
                self._queue.put(None)
                break
            queued += works
        return queued

    def _commit(self, batch: list[Work], tries: int = TRIES, *, is_careful: bool = False) -> list[Any]:
        """Run a batch and commit it. What it announces; nothing when the commit failed, which every unit is told."""
        if self._is_out_of_reach:
            return _refused(batch)
        began = monotonic()
        try:
            transaction = self._committed(batch, is_careful)
        except UnitFailed as failed:
            if len(batch) > 1 or batch[0].is_many:
                return self._commit(batch, tries, is_careful=True)
            batch[0].error = failed.__cause__
            return []
        except Exception as error:
            for work in batch:
                work.result = None
            if is_clash(error) and tries > 1:
                return self._commit_again(batch, tries - 1)
            self.is_healthy = False
            self._is_out_of_reach |= is_lost(error) and monotonic() - began > LONG_SECONDS
            refusal = unwritten(error)
            for work in batch:
                work.error = work.error or refusal
            return []
        # Outside of the `try`: it is stored, whatever may fail from here on.
        transaction.committed()
        return transaction.announcements

    def _commit_again(self, batch: list[Work], tries: int) -> list[Any]:
        """Once more, each by itself: what met another node's work then harms only itself."""
        for work in batch:
            work.error = None
        return [news for work in batch for news in self._commit([work], tries)]

    def _committed(self, batch: list[Work], is_careful: bool) -> Transaction:
        if not self.is_healthy:
            self._connection = self._mended()
        transaction = Transaction(self._connection, self._now(), is_shared=self._kind.is_shared)
        with self._connection.begin():
            transaction.ends = self._kind.begin(self._connection, rooms_of(batch))
            groups = list(neighbours(batch))
            if len(groups) == 1 and not is_careful:
                _run_bare(transaction, groups[0])
            else:
                for group in groups:
                    self._run_group(transaction, group, is_careful)
            transaction.finish()
            if not self.is_healthy:
                # Not every unit writes something; this does, so that a commit proves that there is room.
                self._connection.execute(update(meta).values(value=meta.c.value).where(meta.c.key == "epoch"))
        self.is_healthy = True
        return transaction

    def _mended(self) -> Connection:
        try:
            return self._kind.mended(self._connection)
        except Exception:
            self._is_out_of_reach = True
            raise

    def _run_group(self, transaction: Transaction, group: list[Work], is_careful: bool) -> None:
        is_crowd = group[0].is_many
        if is_crowd and not is_careful and self._attempt(transaction, group) is None:
            return
        transaction.is_second_try = is_crowd
        for work in group:
            work.error = self._attempt(transaction, [work])
        transaction.is_second_try = False

    def _attempt(self, transaction: Transaction, group: list[Work]) -> BaseException | None:
        """Run a group as one unit inside a savepoint. What it raised undoes the whole group and nothing else."""
        announced, notes = len(transaction.announcements), {name: dict(note) for name, note in transaction.notes.items()}
        # In plain SQL: SQLAlchemy's own savepoints cost as much as the inserts of a small group.
        run = transaction.connection.exec_driver_sql
        run("SAVEPOINT unit")
        try:
            results = results_of(transaction, group)
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
        keep(results, group)
        return None

    def _settle(self, batch: list[Work], announcements: list[Any]) -> None:
        """Back on the event loop: first the news, then the answers."""
        self._waiting -= len(batch)
        self.unit_count += len(batch)
        self.commit_count += bool(batch)
        if announcements:
            try:
                self._announce(announcements)
            except Exception:
                log.exception("Announcing %d committed events failed; clients will read them from the journal", len(announcements))
        for work in batch:
            try:
                work.done(work.result, work.error)
            except Exception:
                log.exception("Answering a committed unit of work failed")


def _refused(batch: list[Work]) -> list[Any]:
    for work in batch:
        work.error = out_of_reach()
    return []


def _do_nothing(_transaction: Transaction) -> None:
    """The unit of whoever only waits for those before it."""


def is_clash(error: Exception) -> bool:
    """Whether another node's work was in the way, and nothing is wrong: a deadlock, or two that cannot both be."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in ("40001", "40P01")


def is_lost(error: Exception) -> bool:
    """Whether the connection broke, or was given up because the server said nothing."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _run_bare(transaction: Transaction, group: list[Work]) -> None:
    """Run the only group of a transaction without a savepoint: two statements less, and to a server two ways there and back."""
    try:
        results = results_of(transaction, group)
    except Exception as error:
        if _is_fatal(error):
            raise
        raise UnitFailed from error
    keep(results, group)


def _is_fatal(error: Exception) -> bool:
    """Whether the database itself failed (full, gone, read-only), and not just this unit."""
    # PostgreSQL calls it operational, too, when a value is larger than an index takes (class 54); that is the unit's own fault.
    if not isinstance(error, DBAPIError):
        return False
    return is_lost(error) or (type(error).__name__ == "OperationalError" and not _sqlstate(error).startswith("54"))


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
