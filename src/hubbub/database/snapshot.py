"""A whole database as it is at one moment, for reading through it from outside while a server may go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from hubbub.database.kind import Kind, kind_of
from hubbub.database.migrating import UNFINISHED, current_version, known_versions
from hubbub.errors import StartupError

ROWS_AT_ONCE = 2000


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """One snapshot that nothing written meanwhile disturbs, and that can change nothing. Results come in pieces.

    Raises `StartupError` when there is no database, or one of another version.
    """
    with snapshot_of(kind_of(url)) as connection:
        yield connection


@contextmanager
def snapshot_of(kind: Kind) -> Iterator[Connection]:
    """Like `snapshot`, of a database of a known kind."""
    check_exists(kind)
    try:
        # Its transaction begins with the first question, and is rolled back at the end: there is nothing to commit.
        with kind.snapshot_engine().connect() as connection:
            _check_version(connection)
            yield connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE)
    except DBAPIError as error:
        raise StartupError(f"The database {kind.place} cannot be read: {str(error.orig).strip()}.") from error


def check_exists(kind: Kind) -> None:
    """Raises `StartupError` for a file that is not there, which opening would make."""
    if kind.path is not None and not kind.path.exists():
        raise StartupError(f"There is no database {kind.path}. Name the folder with --data, or the database with --database.")


def _check_version(connection: Connection) -> None:
    found, ours = current_version(connection), known_versions()[-1]
    if found == UNFINISHED:
        raise StartupError("Another database was being moved to this one, and not all of it is here. Say the same `hubbub move` again.")
    if found is None:
        raise StartupError("There is no Hubbub in this database yet. Start it once.")
    if found != ours:
        raise StartupError(f"The database has the schema {found}, and this Hubbub reads {ours}. Start this version on it once.")
