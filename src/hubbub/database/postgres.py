"""PostgreSQL, for several nodes: each has one writer, and a row of the database says who goes first in a room."""

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from hubbub.database.advisory_locks import SCHEMA_LOCK, WRITING_LOCK
from hubbub.database.kind import Ends
from hubbub.database.leases import LeaseHolder, SessionHolder
from hubbub.database.patient_connection import PatientConnection
from hubbub.errors import StartupError

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 8
IDLE_SECONDS = 5
"""How long a writer that stands still keeps its rooms from the other nodes."""
GRACE_SECONDS = 2.0
"""How long after the server would have given up a statement by itself: whoever says nothing by then is not there."""

# A server that is gone without a word is noticed by whoever waits for it.
_REACHING = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
# And the server notices a node that is gone without a word, so that its locks are free for the others.
_BEING_REACHED = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3", "tcp_user_timeout": "10000"}
_READING = {"default_transaction_isolation": "repeatable read", "default_transaction_read_only": "on"}

# An acknowledged message is on the disk, whatever a role or a database has been set to.
_TO_THE_DISK = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')"
# Limits that were set for a role or a database count; ours are for where there is none.
_IN_BOUNDS = "SELECT set_config(%s, %s, false) WHERE current_setting(%s) = '0'"
_LIMIT = "SELECT setting::bigint / 1000.0 FROM pg_settings WHERE name = 'statement_timeout'"
_HOLD = "SELECT id, last_seq, message_count FROM rooms WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


class Postgres:
    """A database on a PostgreSQL server, which other nodes write to as well.

    Several units that name their rooms share a transaction, and those rooms are locked first, in the order of their ids: so
    nobody ever waits in a circle. A unit that names none is alone in the whole database while it runs, as it would be
    on SQLite.
    """

    is_shared = True
    path = None

    def __init__(self, url: str) -> None:
        address = url.partition("://")[2]
        try:
            named = conninfo_to_dict(f"postgresql://{address}")
        except Error as error:
            raise StartupError(f"The address of the database is not one that PostgreSQL takes: {str(error).strip()}.") from None
        # Ours is in front whatever else the address says, for whoever asks whether a database is served.
        name = f"hubbub {named.get('application_name', '')}".strip()
        self._address: dict[str, Any] = {**_REACHING, **named, "application_name": name}
        where = (self._address.get("host", "localhost"), self._address.get("port", 5432), self._address.get("dbname", ""))
        self.place = "postgresql://{}:{}/{}".format(*where)

    def acquire(self) -> None:
        """Anybody may come in."""

    def release(self) -> None:
        """Nobody was kept out."""

    def open_writing(self, migrate: Callable[[Connection], None]) -> Connection:
        """A connection for the writer, after the schema was brought up to date by one node at a time."""
        with self._migrating_engine().connect() as connection:
            migrate(connection)
        return self._writing_connection()

    def mended(self, connection: Connection) -> Connection:
        """Another one: of a connection that failed nobody knows what is left of it."""
        with suppress(SQLAlchemyError):
            connection.invalidate()
            connection.close()
        return self._writing_connection()

    def begin(self, connection: Connection, rooms: Collection[str] | None) -> Ends:
        """Begin to write, and hold these rooms; without any named, hold everybody else."""
        lock = f"SELECT pg_advisory_xact_lock{'' if rooms is None else '_shared'}({WRITING_LOCK})"
        driver: PatientConnection = connection.connection.driver_connection  # type: ignore[assignment]
        try:
            # Three statements, one after the other, but one way there and back.
            with driver.pipeline():
                driver.execute("BEGIN")
                driver.execute(lock)
                held = driver.execute(_HOLD, (list(rooms or ()),))
            return {id: (last_seq, message_count) for id, last_seq, message_count in held}
        except Error as error:
            raise OperationalError(_HOLD, None, error, connection_invalidated=driver.closed or driver.broken) from error

    def reading_engine(self) -> Engine:
        """An engine for the readers."""
        return _engine(lambda: self._connect(_READING, _bound))

    def snapshot_engine(self) -> Engine:
        """An engine for reading through everything, which may take long."""
        return _engine(lambda: self._connect(_READING, _unbind))

    def copying_engine(self) -> Engine:
        """An engine for filling the database, which may take long."""
        return self._migrating_engine()

    def lease_holder(self) -> LeaseHolder:
        """Leases live as long as a session of their own."""
        return SessionHolder(self._session)

    def _session(self) -> PatientConnection:
        connection = self._connect({}, _bound)
        connection.autocommit = True
        return connection

    def _migrating_engine(self) -> Engine:
        engine = _engine(lambda: self._connect({}, _unbind))

        @event.listens_for(engine, "begin")
        def lock(connection: Connection) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})")

        return engine

    def _writing_connection(self) -> Connection:
        def connect() -> PatientConnection:
            connection = self._connect({"default_transaction_isolation": "read committed"}, _bound_writing)
            # `begin` says when a transaction begins, together with what is to be locked.
            connection.autocommit = True
            return connection

        return _engine(connect).connect()

    def _connect(self, settings: dict[str, str], prepare: Callable[[PatientConnection], None]) -> PatientConnection:
        connection = PatientConnection.connect(make_conninfo(**self._address))
        connection.patience_seconds = STATEMENT_SECONDS + GRACE_SECONDS
        try:
            # By statements and not with the start of the session, which connection poolers do not take.
            wanted = _BEING_REACHED | settings
            chosen = ", ".join("set_config(%s, %s, false)" for _ in wanted)
            connection.execute(f"SELECT {chosen}", [word for setting in wanted.items() for word in setting])
            prepare(connection)
            connection.commit()
        except BaseException:
            connection.close()
            raise
        return connection


def _bound(connection: PatientConnection) -> None:
    """Let nothing take for ever."""
    connection.execute(_IN_BOUNDS, ("statement_timeout", f"{STATEMENT_SECONDS}s", "statement_timeout"))
    [seconds] = connection.execute(_LIMIT).fetchone() or [STATEMENT_SECONDS]
    connection.patience_seconds = float(seconds) + GRACE_SECONDS


def _bound_writing(connection: PatientConnection) -> None:
    """Let nothing take for ever, keep no room for ever, and store to the disk."""
    _bound(connection)
    idle = "idle_in_transaction_session_timeout"
    connection.execute(_IN_BOUNDS, (idle, f"{IDLE_SECONDS}s", idle))
    connection.execute(_TO_THE_DISK)


def _unbind(connection: PatientConnection) -> None:
    """Let a statement take as long as it takes."""
    connection.execute("SET statement_timeout = 0")
    connection.patience_seconds = None


def _engine(connect: Callable[[], Any]) -> Engine:
    return create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool, use_native_hstore=False)
