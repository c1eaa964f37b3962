"""What the embedded database promises: an acknowledged commit is on the disk, and its log stays bounded. Counts, not timings."""

import asyncio
import threading

import pytest
from sqlalchemy import insert, text

from hubbub.database import Database
from hubbub.database.schema import meta
from hubbub.database.sqlite import CHECKPOINT_PAGES

pytestmark = pytest.mark.anyio

MEGABYTE = 1024 * 1024
WAL_BOUND = CHECKPOINT_PAGES * 4120
"""How long the write-ahead log is when a checkpoint begins: so many pages and their headers."""
GIVEN_BACK_OVER = 128 * MEGABYTE
"""What the log had to take beyond this, it gives back when it begins again."""


@pytest.fixture
async def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hubbub.db'}")
    await database.open(lambda events: None)
    yield database
    await database.close()


def wal_bytes(tmp_path):
    return (tmp_path / "hubbub.db-wal").stat().st_size


def a_megabyte(number):
    """A unit that keeps one value of a megabyte, in the place of the one before it: the log grows, the database does not."""

    def unit(transaction):
        transaction.connection.execute(text("INSERT OR REPLACE INTO meta VALUES ('ballast', :value)"), {"value": f"{number:>{MEGABYTE}}"})

    return unit


async def test_the_writer_flushes_every_commit_to_the_disk(database):
    def pragmas(transaction):
        return [transaction.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]

    assert await database.write(pragmas) == ["wal", 2]


async def test_readers_can_change_nothing(database):
    def change(connection):
        connection.execute(insert(meta).values(key="a", value="b"))

    with pytest.raises(Exception, match="read"):
        await database.read(change)


async def test_the_log_stays_bounded_under_continuous_load(database, tmp_path):
    longest = 0
    for number in range(3 * WAL_BOUND // MEGABYTE):
        await database.write(a_megabyte(number))
        longest = max(longest, wal_bytes(tmp_path))
    assert longest < WAL_BOUND + 4 * MEGABYTE


async def test_the_log_stays_bounded_while_readers_never_pause(database, tmp_path):
    is_over = False

    async def read_on_and_on():
        while not is_over:
            await database.read(lambda connection: connection.execute(text("SELECT sum(length(value)) FROM meta")).scalar())

    readers = [asyncio.create_task(read_on_and_on()) for _ in range(8)]
    longest = 0
    for number in range(4 * WAL_BOUND // MEGABYTE):
        await database.write(a_megabyte(number))
        longest = max(longest, wal_bytes(tmp_path))
    is_over = True
    await asyncio.gather(*readers)
    assert longest < 3 * WAL_BOUND


async def test_a_reader_that_holds_its_snapshot_stops_no_writer(database, tmp_path):
    holds, may_end = threading.Event(), threading.Event()

    def ballast(connection):
        return connection.execute(text("SELECT trim(value) FROM meta WHERE key = 'ballast'")).scalar()

    def hold(connection):
        before = ballast(connection)
        holds.set()
        assert may_end.wait(30)
        return before, ballast(connection)

    await database.write(a_megabyte(0))
    held = asyncio.create_task(database.read(hold))
    await asyncio.to_thread(holds.wait, 30)
    for number in range(1, 2 * GIVEN_BACK_OVER // MEGABYTE):
        await database.write(a_megabyte(number))
    assert wal_bytes(tmp_path) > GIVEN_BACK_OVER
    may_end.set()
    assert await held == ("0", "0")
    assert await database.read(ballast) == str(number)
    # Once the reader has gone, the log begins again, and gives back what it took too much of.
    for again in range(2):
        await database.write(a_megabyte(again))
    assert wal_bytes(tmp_path) <= GIVEN_BACK_OVER


async def test_a_unit_of_work_that_fails_harms_none_of_its_neighbours(database):
    def keep(key):
        return lambda transaction: transaction.connection.execute(insert(meta).values(key=key, value=""))

    def fail(transaction):
        keep("half done")(transaction)
        raise LookupError("this one")

    units = [keep("before"), fail, keep("before"), keep("after")]
    outcomes = await asyncio.gather(*(database.write(unit) for unit in units), return_exceptions=True)
    kept = await database.read(lambda connection: set(connection.execute(text("SELECT key FROM meta WHERE value = ''")).scalars()))
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, True, False]
    assert kept == {"before", "after"}


async def test_draining_waits_for_what_is_queued_and_not_for_what_never_ends(database):
    told = []

    def go_on(result, error):
        told.append(result)
        if len(told) < 100_000:
            database.submit(lambda transaction: "more", go_on)

    database.submit(lambda transaction: "first", go_on)
    database.submit(lambda transaction: "second", go_on)
    await asyncio.wait_for(database.writer.drain(), 10)
    assert told[:2] == ["first", "second"]
    assert database.writer.is_busy
    told.extend([None] * 100_000)
