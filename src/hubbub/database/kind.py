"""What differs between the two databases: how they are opened, and how writers are kept apart."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from hubbub.database.leases import LeaseHolder
from hubbub.errors import StartupError

Ends = Mapping[str, tuple[int, int]]
"""Where rooms end: their last seq and their count of messages, by their ids."""


class Kind(Protocol):
    """A kind of database, and where it is. Whatever it raises about the database itself is SQLAlchemy's `DBAPIError`."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes may write to it at the same time. Then nothing may be remembered between transactions."""
        ...

    @property
    def path(self) -> Path | None:
        """The file that holds the data; None when that is not our business."""
        ...

    @property
    def place(self) -> str:
        """Where the data is, for people: without a password."""
        ...

    def acquire(self) -> None:
        """Keep others out where only one may be in. Raises `StartupError` when somebody is in already."""
        ...

    def release(self) -> None:
        """Let others in again. Safe to call twice."""
        ...

    def open_writing(self, migrate: Callable[[Connection], None]) -> Connection:
        """A connection for the writer, who uses one at a time, after `migrate` brought the schema up to date.

        `migrate` gets a connection whose transactions keep every other migration out.
        """
        ...

    def mended(self, connection: Connection) -> Connection:
        """The connection to go on with after a commit on this one failed."""
        ...

    def begin(self, connection: Connection, rooms: Collection[str] | None) -> Ends:
        """Begin to write in the connection's new transaction: alone, or with these rooms held, in an order of its own.

        Returns where those rooms end, which nobody else moves before the commit.
        """
        ...

    def reading_engine(self) -> Engine:
        """An engine whose connections see one snapshot per transaction and can change nothing."""
        ...

    def lease_holder(self) -> LeaseHolder:
        """What says which of the processes here does what only one may do at a time."""
        ...

    def snapshot_engine(self) -> Engine:
        """Like the readers', for reading through everything: a statement takes as long as it takes."""
        ...

    def copying_engine(self) -> Engine:
        """An engine for filling a database from another one: a statement takes as long as it takes, and keeps migrations out."""
        ...


def kind_of(url: str) -> Kind:
    """The database that a URL means. Raises `StartupError` when it means none, or when its driver is not installed."""
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme in ("postgresql", "postgres"):
        return _postgres(url)
    from hubbub.database.sqlite import Sqlite

    return Sqlite(sqlite_path(url))


def sqlite_path(url: str) -> Path:
    """The file that a database URL means. Raises `StartupError` when it means none."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StartupError(
            f"{url!r} is no database URL. Expected something like sqlite:////var/lib/hubbub/hubbub.db or postgresql://user@host/name."
        ) from None
    # A database in memory would be another one for each connection, and gone with the process.
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise StartupError(
            f"The database {parsed.render_as_string()} is of a kind not served here. Expected sqlite:///PATH or postgresql://…"
        )
    return Path(parsed.database)


def _postgres(url: str) -> Kind:
    try:
        from hubbub.database.postgres import Postgres
    except ImportError as missing:
        if missing.name is None or not missing.name.startswith("psycopg"):
            raise
        raise StartupError("For PostgreSQL its driver is missing. Get it with: pip install 'hubbub[postgres]'") from missing
    return Postgres(url)
