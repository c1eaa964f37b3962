"""The database as the rest of Hubbub sees it: `read` for a snapshot, `write` for a unit of work."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from hubbub.database import sqlite
from hubbub.database.migrating import migrate
from hubbub.database.readers import Readers
from hubbub.database.transaction import Transaction
from hubbub.database.writer import Done, Writer
from hubbub.errors import StartupError

T = TypeVar("T")
D = TypeVar("D")


class Database:
    """One open database. Nothing here blocks the event loop: writing and reading have threads of their own.

    After `open`, what committed units announce goes to `announce`, in the order of the commits.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._path = sqlite_path(url)
        self._clock = clock
        self._lock = sqlite.FolderLock(self._path.parent)
        self._connection: Connection | None = None
        self._writer: Writer | None = None
        self._readers: Readers | None = None

    @property
    def path(self) -> Path:
        """The file that holds the data."""
        return self._path

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
        self._lock.acquire()
        try:
            self._connection = await asyncio.to_thread(self._open_writing)
        except BaseException:
            self._lock.release()
            raise
        self._writer = Writer(self._connection, now=self.now, announce=announce)
        self._readers = Readers(sqlite.reading_engine(self._path))

    async def finish_writing(self) -> None:
        """Refuse further writes with `Unavailable`, and wait until everything queued is committed and told."""
        if self._writer is not None:
            self._writer.refuse()
            await self._writer.drain()

    async def close(self) -> None:
        """Finish what is queued and let go of everything. Safe to call twice."""
        if self._writer is not None:
            await self._writer.stop()
            self._writer = None
            await asyncio.to_thread(self._close_connections)
            self._readers = self._connection = None
        self._lock.release()

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

    async def write(self, unit: Callable[[Transaction], T]) -> T:
        """Run `unit` on the writer's thread and return its result once it is committed, to the disk.

        What the unit raises undoes it and is raised here. Raises `Unavailable` when the database cannot store it now.
        """
        result: T = await self._written(unit, None, is_many=False)
        return result

    async def write_together(self, unit: Callable[[Transaction, list[D]], list[T]], draft: D) -> T:
        """Like `write`, for units that come in crowds: waiting drafts of the same unit are handed to it in one list.

        When it raises, each draft is tried by itself, so a bad one harms only itself.
        """
        result: T = await self._written(unit, draft, is_many=True)
        return result

    def submit(self, unit: Callable[[Transaction], Any], done: Done) -> None:
        """Like `write`, without a task or a future: `done(result, error)` is called after the commit."""
        self.writer.submit(unit, None, False, done)

    def submit_together(self, unit: Callable[[Transaction, list[D]], list[Any]], draft: D, done: Done) -> None:
        """Like `write_together`, without a task or a future: `done(result, error)` is called after the commit."""
        self.writer.submit(unit, draft, True, done)

    async def _written(self, unit: Any, draft: Any, *, is_many: bool) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def done(result: Any, error: BaseException | None) -> None:
            if future.done():
                return  # whoever asked has gone; what was committed stays committed
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self.writer.submit(unit, draft, is_many, done)
        return await future

    def _open_writing(self) -> Connection:
        try:
            connection = sqlite.writing_engine(self._path).connect()
        except DBAPIError as error:
            raise StartupError(f"The database {self._path} cannot be opened: {error.orig}.") from error
        try:
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _close_connections(self) -> None:
        # Readers first: the writer's close is the last one, which folds the write-ahead log into the file.
        self.readers.close()
        if self._connection is not None:
            self._connection.close()


def sqlite_path(url: str) -> Path:
    """The file that a database URL means. Raises `StartupError` when it means none."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StartupError(f"{url!r} is no database URL. Expected something like sqlite:////var/lib/hubbub/hubbub.db.") from None
    # A database in memory would be another one for each connection, and gone with the process.
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise StartupError(f"The database {parsed.render_as_string()} is of a kind not served here. Expected sqlite:///PATH.")
    return Path(parsed.database)
