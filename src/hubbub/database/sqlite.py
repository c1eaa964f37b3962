"""SQLite, the embedded database: one process owns the file, one connection writes, others only read."""

import fcntl
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from hubbub.database.kind import Ends
from hubbub.database.leases import LeaseHolder, SoleHolder
from hubbub.errors import DataInUse, StartupError

# 16,000 pages of 4 KiB: a checkpoint every 64 MB of log, inline on the writer (decision 0003).
CHECKPOINT_PAGES = 16_000

_WRITER_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
    f"journal_size_limit = {128 * 1024 * 1024}",
    "cache_size = -65536",
    "temp_store = MEMORY",
    "foreign_keys = ON",
    "busy_timeout = 5000",
)
_READER_PRAGMAS = ("query_only = ON", "cache_size = -16384", "temp_store = MEMORY", "busy_timeout = 5000")


class Sqlite:
    """SQLite in a file: this process alone has it, so the writer needs to lock nothing."""

    is_shared = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = str(path)
        self._lock = FolderLock(path.parent)

    def acquire(self) -> None:
        """Take the folder. Raises `DataInUse` when another process has it."""
        self._lock.acquire()

    def release(self) -> None:
        """Let go of the folder."""
        self._lock.release()

    def open_writing(self, migrate: Callable[[Connection], None]) -> Connection:
        """The connection for the writer; there must be no other one."""
        connection = writing_engine(self.path).connect()
        try:
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def mended(self, connection: Connection) -> Connection:
        """The same one: a full disk takes nothing away from it."""
        return connection

    def begin(self, connection: Connection, rooms: Collection[str] | None) -> Ends:
        """Nobody else writes, so there is nothing to hold."""
        return {}

    def reading_engine(self) -> Engine:
        """An engine for the readers."""
        return reading_engine(self.path)

    def lease_holder(self) -> LeaseHolder:
        """Nobody else is here."""
        return SoleHolder()

    def snapshot_engine(self) -> Engine:
        """The readers' do."""
        return reading_engine(self.path)

    def copying_engine(self) -> Engine:
        """The writer's does; the caller holds the folder."""
        return writing_engine(self.path)


def writing_engine(path: Path) -> Engine:
    """An engine whose connections may write; the caller opens exactly one."""
    return _engine(path, "rwc", _WRITER_PRAGMAS, begin="BEGIN IMMEDIATE")


def reading_engine(path: Path) -> Engine:
    """An engine whose connections see one snapshot per transaction and can change nothing."""
    return _engine(path, "ro", _READER_PRAGMAS, begin="BEGIN")


def _engine(path: Path, mode: str, pragmas: tuple[str, ...], begin: str) -> Engine:
    address = f"file:{_escaped(path)}?mode={mode}"
    url = URL.create("sqlite", database=address, query={"uri": "true"})
    engine = create_engine(url, poolclass=NullPool, connect_args={"check_same_thread": False, "cached_statements": 256})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: we say when (SQLAlchemy's documented way).
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def begin_here(connection: Any) -> None:
        connection.driver_connection.execute(begin)

    # In the place of a listener to "begin", which costs as much as most of what follows it.
    engine.dialect.do_begin = begin_here  # type: ignore[method-assign, assignment]
    return engine


def _escaped(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class FolderLock:
    """Holds a data folder for one process. The kernel lets go of it when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the folder, made if it is missing. Raises `StartupError` when another process has it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = open(self._folder / "hubbub.lock", "a+")  # noqa: SIM115 - held open as long as the lock is
        except OSError as error:
            raise StartupError(f"The data folder {self._folder} cannot be used: {error.strerror}. Choose another with --data.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            file.close()
            raise DataInUse(
                f"The data folder {self._folder} is in use by another Hubbub (process {owner}). "
                "Stop that one first, or choose another folder with --data."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let go of the folder."""
        if self._file is not None:
            self._file.close()
            self._file = None
