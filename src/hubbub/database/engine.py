"""The database as the rest of Hubbub sees it: `read` for a snapshot, `write` for a unit of work."""

import asyncio
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from hubbub.database.kind import kind_of
from hubbub.database.leases import Leases
from hubbub.database.migrating import migrate
from hubbub.database.readers import Readers
from hubbub.database.transaction import Transaction
from hubbub.database.work import Done
from hubbub.database.writer import Writer
from hubbub.errors import StartupError

T = TypeVar("T")
D = TypeVar("D")


class Database:
    """One open database. Nothing here blocks the event loop: writing and reading have threads of their own.

    After `open`, what committed units announce goes to `announce`, in the order of the commits.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._kind = kind_of(url)
        self.leases = Leases(self._kind.lease_holder())
        """Who of several nodes does what only one may do at a time."""
        self._clock = clock
        self._writer: Writer | None = None
        self._readers: Readers | None = None

    @property
    def path(self) -> Path | None:
        """The file that holds the data; None where a server keeps it."""
        return self._kind.path

    @property
    def is_shared(self) -> bool:
        """Whether other processes may write to this database at the same time."""
        return self._kind.is_shared

    def now(self) -> int:
        """The time in milliseconds since 1970."""
        return int(self._clock() * 1000)

    @property
    def writer(self) -> Writer:
        """The writer; asking for it before `open` is a mistake of ours."""
        assert self._writer is not None, "The database is not open"
        return self._writer

    @property
    def readers(self) -> Readers:
        """The readers; asking for them before `open` is a mistake of ours."""
        assert self._readers is not None, "The database is not open"
        return self._readers

    @property
    def is_healthy(self) -> bool:
        """Whether the database is open and took the last commit."""
        return self._writer is not None and self._writer.is_healthy

    async def open(self, announce: Callable[[list[Any]], None]) -> None:
        """Take the data folder, bring the schema up to date and start the threads.

        Raises `StartupError` when the folder is taken, or written by a newer Hubbub.
        """
        self._kind.acquire()
        try:
            connection = await asyncio.to_thread(self._open_writing)
        except BaseException:
            self._kind.release()
            raise
        self._writer = Writer(connection, now=self.now, announce=announce, kind=self._kind)
        self._readers = Readers(self._kind.reading_engine())
        self.leases.begin()

    async def finish_writing(self) -> None:
        """Refuse further writes with `Unavailable`, and wait until everything queued is committed and told."""
        if self._writer is not None:
            self._writer.refuse()
            await self._writer.drain()

    async def close(self) -> None:
        """Finish what is queued and let go of everything. Safe to call twice."""
        await self.leases.end()
        if self._writer is not None:
            await self._writer.stop()
            # Readers first: the writer's close is the last one, which folds SQLite's write-ahead log into the file.
            await asyncio.to_thread(self.readers.close)
            await asyncio.to_thread(self._writer.close)
            self._writer = self._readers = None
        self._kind.release()

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run `query` on a reader's thread, in one snapshot that nothing written meanwhile disturbs."""
        return await self.readers.submit(query)

    async def read_together(self, query: Callable[[Connection, list[D]], list[T]], question: D) -> T:
        """Like `read`, for questions that come in crowds: those that wait are answered in one snapshot.

        `query` answers a list of questions with a list; an answer that is an exception is raised to the one who asked.
        """
        answer: T = await self.readers.submit_together(query, question)
        return answer

    def submit_read(self, query: Callable[[Connection], Any], done: Done) -> None:
        """Like `read`, without a task: `done(result, error)` is called on the event loop."""
        future = self.readers.submit(query)
        future.add_done_callback(lambda read: done(None, read.exception()) if read.exception() else done(read.result(), None))

    async def write(self, unit: Callable[[Transaction], T], *, rooms: Collection[str] | None = None) -> T:
        """Run `unit` on the writer's thread and return its result once it is committed, to the disk.

        What the unit raises undoes it and is raised here. Raises `Unavailable` when the database cannot store it now.

        `rooms` are those that the unit appends to, or whose members or messages it changes; none of them is changed by
        anybody else meanwhile. A unit that does not say is alone in the whole database while it runs, which on a shared
        one takes a commit of its own and keeps every node waiting.
        """
        result: T = await self._written(unit, None, rooms, is_many=False)
        return result

    async def write_together(self, unit: Callable[[Transaction, list[D]], list[T]], draft: D, *, rooms: Collection[str] | None = None) -> T:
        """Like `write`, for units that come in crowds: waiting drafts of the same unit are handed to it in one list.

        When it raises, each draft is tried by itself (`transaction.is_second_try`), so a bad one harms only itself.
        """
        result: T = await self._written(unit, draft, rooms, is_many=True)
        return result

    def submit(self, unit: Callable[[Transaction], Any], done: Done, *, rooms: Collection[str] | None = None) -> None:
        """Like `write`, without a task or a future: `done(result, error)` is called after the commit."""
        self.writer.submit(unit, None, False, done, rooms)

    def submit_together(
        self, unit: Callable[[Transaction, list[D]], list[Any]], draft: D, done: Done, *, rooms: Collection[str] | None = None
    ) -> None:
        """Like `write_together`, without a task or a future: `done(result, error)` is called after the commit."""
        self.writer.submit(unit, draft, True, done, rooms)

    async def _written(self, unit: Any, draft: Any, rooms: Collection[str] | None, *, is_many: bool) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def done(result: Any, error: BaseException | None) -> None:
            if future.done():
                return  # whoever asked has gone; what was committed stays committed
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self.writer.submit(unit, draft, is_many, done, rooms)
        return await future

    def _open_writing(self) -> Connection:
        try:
            return self._kind.open_writing(migrate)
        except DBAPIError as error:
            raise StartupError(f"The database {self._kind.place} cannot be opened: {str(error.orig).strip()}.") from error
