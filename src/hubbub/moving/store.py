"""How rows get from one database to another: read in pieces, written in bulk, and counted so that both sides can be compared."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, inspect, select, text, true, update
from sqlalchemy.exc import DBAPIError

from hubbub.database.kind import Kind
from hubbub.database.migrating import UNFINISHED, current_version, known_versions, migrate, set_version
from hubbub.database.schema import events, files, memberships, meta, metadata, rooms, users
from hubbub.errors import StartupError
from hubbub.moving.file_bytes import Named

ROWS_AT_ONCE = 5000
"""So many events go over in one transaction; what a move that is killed has to do again."""

Row = Sequence[Any]
Copied = Callable[[int], None]

GOING_SECONDS = 3.0
"""How long PostgreSQL may take to forget a session that has ended."""
DERIVED = ("search_documents", "search_places")
"""What is made anew from the log, and would only be in the way."""
_NOTE = "move"
_IN_PIECES = {"stream_results": True, "yield_per": 2000}
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND split_part(application_name, ' ', 1) = 'hubbub'"
)


class Tally:
    """How many rows there were, and a sum that is another one when any of them is another one, in whatever order they come."""

    def __init__(self, rows: int = 0, total: int = 0) -> None:
        self.rows = rows
        self.total = total

    def count(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, counted on their way."""
        for row in rows:
            self.rows += 1
            self.total = (self.total + _digest(row)) % 2**64
            yield row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and (self.rows, self.total) == (other.rows, other.total)

    __hash__ = None  # type: ignore[assignment]


class Mark(NamedTuple):
    """What a source was like when a move began. While it stays, the events that went over already are still right.

    An event changes only when its message is deleted, and that is an event more.
    """

    epoch: str | None
    last_event: int


class Place(NamedTuple):
    """How far a move has come: kept in the target, in the same transaction as the rows."""

    mark: Mark
    last_event: int = 0
    rows: int = 0
    total: int = 0


@contextmanager
def opened(kind: Kind) -> Iterator[Connection]:
    """A connection to fill a database by. What goes wrong with it becomes a `StartupError`."""
    try:
        with kind.copying_engine().connect() as connection:
            yield connection
    except DBAPIError as error:
        raise StartupError(f"Writing to {kind.place} failed: {str(error.orig).strip()}. Mend that, and say the same again.") from error


def mark_of(source: Connection) -> Mark:
    """What the source is like now."""
    epoch = source.execute(select(meta.c.value).where(meta.c.key == "epoch")).scalar()
    return Mark(epoch, source.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one())


def number_of_events(source: Connection) -> int:
    """How many events there are to move."""
    return int(source.execute(select(func.count()).select_from(events)).scalar_one())


def is_served(connection: Connection) -> bool:
    """Whether a server has this PostgreSQL database open, and keeps it. An SQLite file says so by its lock."""
    if connection.dialect.name == "sqlite":
        return False
    # Whoever has just gone is listed for a moment longer.
    deadline = time.monotonic() + GOING_SECONDS
    while is_listed := bool(connection.execute(_OTHERS).scalar_one()):
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
        connection.execute(text("SELECT pg_stat_clear_snapshot()")).close()
    return is_listed


def is_empty(target: Connection) -> bool:
    """Whether there is no chat in the target yet. What tables others have there is no business of ours."""
    there = set(inspect(target).get_table_names()) & metadata.tables.keys()
    return all(target.execute(select(metadata.tables[name]).limit(1)).first() is None for name in there)


def place_of(target: Connection) -> Place | None:
    """How far an unfinished move to this target has come; None when there is none."""
    if current_version(target) != UNFINISHED:
        return None
    note = target.execute(select(meta.c.value).where(meta.c.key == _NOTE)).scalar_one()
    mark, *numbers = from_json(note)
    return Place(Mark(*mark), *numbers)


def begin(target: Connection, mark: Mark) -> Place:
    """Make the tables, and write down that a move to here is under way: from now on nobody serves this database."""
    with target.begin():
        is_begun = current_version(target) == UNFINISHED
    if not is_begun:
        migrate(target)
    place = Place(mark)
    with target.begin():
        set_version(target, UNFINISHED)
        for each in reversed(metadata.sorted_tables):
            target.execute(delete(each))
        target.execute(insert(meta).values(key=_NOTE, value=to_json(place).decode()))
    return place


def copy_events(source: Connection, target: Connection, place: Place, copied: Copied) -> Place:
    """Copy the events after a place, one transaction for so many, and return the place at the end."""
    rows = iter(source.execute(select(*events.c).where(events.c.id > place.last_event).order_by(events.c.id)))
    while piece := [tuple(row) for row in islice(rows, ROWS_AT_ONCE)]:
        tally = Tally(place.rows, place.total)
        with target.begin():
            _insert(target, events, list(tally.count(piece)))
            place = Place(place.mark, piece[-1][0], tally.rows, tally.total)
            target.execute(update(meta).where(meta.c.key == _NOTE).values(value=to_json(place).decode()))
        copied(tally.rows)
    return place


def copy_the_rest(source: Connection, target: Connection, epoch: str | None) -> dict[str, Tally]:
    """Copy every other table, in one transaction, in the place of what an earlier attempt copied: these rows have no number to go on from.

    With an `epoch`, the journal has that one from then on. The note stays until `finish`.
    """
    tallies = {}
    rest = [each for each in metadata.sorted_tables if each is not events and each.name not in DERIVED]
    with target.begin():
        for each in reversed(rest):
            target.execute(delete(each).where(_is_a_row(each)))
        for each in rest:
            tallies[each.name] = Tally()
            rows = iter(tallies[each.name].count(tuple(row) for row in source.execute(select(*each.c))))
            while piece := list(islice(rows, ROWS_AT_ONCE)):
                _insert(target, each, piece)
        if epoch is not None:
            target.execute(update(meta).where(meta.c.key == "epoch").values(value=epoch))
        if target.dialect.name == "postgresql":
            # As it is after the last of these ids was given, for those who ask how far ids are given.
            target.execute(text("SELECT setval(pg_get_serial_sequence('events', 'id'), max(id)) FROM events HAVING count(*) > 0"))
    return tallies


def finish(target: Connection) -> None:
    """Take the note away: from now on the target is a database like any other, and may be served."""
    with target.begin():
        target.execute(delete(meta).where(meta.c.key == _NOTE))
        set_version(target, known_versions()[-1])


def make_one_file(target: Connection) -> None:
    """Let an SQLite database be one file alone, which can be copied and read anywhere."""
    driver: Any = target.connection.driver_connection
    driver.execute("PRAGMA journal_mode = DELETE")


def exported_users(source: Connection) -> Iterator[dict[str, Any]]:
    """Everybody, without what lets them in."""
    columns = (users.c.id, users.c.name, users.c.kind, users.c.role, users.c.created_at, users.c.deactivated_at)
    return (dict(row._mapping) for row in source.execute(select(*columns).order_by(users.c.id)))


def exported_rooms(source: Connection) -> Iterator[dict[str, Any]]:
    """Every room with its members."""
    columns = (rooms.c.id, rooms.c.kind, rooms.c.name, rooms.c.topic, rooms.c.created_at, rooms.c.archived_at, rooms.c.last_seq)
    for row in source.execute(select(*columns).order_by(rooms.c.id)):
        members = select(memberships.c.user_id, memberships.c.role).where(memberships.c.room_id == row.id).order_by(memberships.c.user_id)
        yield {**row._mapping, "members": {member.user_id: member.role for member in source.execute(members)}}


def bodies(source: Connection, room_id: str) -> Iterator[bytes]:
    """A room's events as they went over the wire, in their order."""
    yield from source.execute(select(events.c.body).where(events.c.room_id == room_id).order_by(events.c.seq)).scalars()


def file_addresses(source: Connection) -> list[str]:
    """Where the bytes of all whole files are, each place once."""
    whole = select(files.c.content, files.c.thumbnail).where(files.c.finished_at.is_not(None))
    return sorted({address for row in source.execute(whole) for address in row if address})


def exported_files(source: Connection) -> list[Named]:
    """The files of messages, with where their bytes are."""
    sent = select(files.c.id, files.c.name, files.c.content).where(files.c.room_id.is_not(None)).order_by(files.c.id)
    return [Named(*row) for row in source.execute(sent)]


def tally_of(connection: Connection, name: str) -> Tally:
    """The tally of one table as it stands, without our note."""
    tally, table = Tally(), metadata.tables[name]
    found = connection.execute(select(*table.c).where(_is_a_row(table)), execution_options=_IN_PIECES)
    for _ in tally.count(tuple(row) for row in found):
        pass
    return tally


def _is_a_row(of: Table) -> ColumnElement[bool]:
    """Whether a row is one of those that are moved; the other one is the note."""
    return meta.c.key != _NOTE if of is meta else true()


def _insert(target: Connection, into: Table, rows: list[Row]) -> None:
    names = [each.name for each in into.c]
    if target.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        target.exec_driver_sql(f"INSERT INTO {into.name} ({_quoted(names)}) VALUES ({marks})", rows)  # noqa: S608
        return
    driver: Any = target.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {into.name} ({_quoted(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _digest(row: Row) -> int:
    return int.from_bytes(blake2b(repr(row).encode(errors="surrogatepass"), digest_size=8).digest())
