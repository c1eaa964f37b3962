"""The one writer: many units to a commit, and none that harms another."""

import asyncio
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hubbub.database import sqlite
from hubbub.database.hot import Bulk, run_many
from hubbub.database.writer import Writer
from hubbub.errors import Unavailable

pytestmark = pytest.mark.anyio

NOTE = Bulk("INSERT INTO words (word) VALUES (?)", "INSERT INTO words (word) SELECT * FROM unnest(?::text[])")


@pytest.fixture
def held(ledger):
    """Holds the writer's thread in a unit of work, so that everything after it gathers for one commit."""
    gate = threading.Event()
    ledger.database.submit(lambda transaction: gate.wait(20), lambda result, error: None, rooms=())
    yield gate
    gate.set()


async def test_what_is_written_is_there_and_was_announced_before(ledger):
    assert await ledger.writes(ledger.noting("hi")) == "hi"

    assert ledger.announced == ["hi"]
    assert await ledger.words() == ["hi"]


async def test_a_unit_that_fails_leaves_no_trace_and_harms_no_other(ledger, held):
    units = [ledger.noting(f"word {n}", fails=n % 3 == 1) for n in range(9)]
    under_way = [asyncio.ensure_future(ledger.writes(unit)) for unit in units]
    await asyncio.sleep(0)
    held.set()
    results = await asyncio.gather(*under_way, return_exceptions=True)

    kept = [f"word {n}" for n in range(9) if n % 3 != 1]
    assert [result for result in results if isinstance(result, str)] == kept
    assert [type(result) for result in results if not isinstance(result, str)] == [LookupError] * 3
    assert ledger.announced == kept
    assert await ledger.words() == kept


async def test_what_gathered_goes_into_one_commit(ledger, held):
    seen = []

    def unit(transaction):
        seen.append(transaction)

    under_way = [asyncio.ensure_future(ledger.writes(unit)) for _ in range(50)]
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(*under_way)

    assert len(seen) == 50
    assert len({id(transaction) for transaction in seen}) == 1


async def test_a_unit_sees_what_the_units_before_it_wrote_and_noted(ledger, held):
    first = asyncio.ensure_future(ledger.writes(ledger.noting("first")))
    failed = asyncio.ensure_future(ledger.writes(ledger.noting("failed", fails=True)))
    seen = asyncio.ensure_future(
        ledger.writes(
            lambda transaction: (
                list(transaction.connection.execute(text("SELECT word FROM words")).scalars()),
                dict(transaction.note("words")),
            )
        )
    )
    await asyncio.sleep(0)
    held.set()
    await asyncio.wait((first, failed))

    assert await seen == (["first"], {"first": True})
    assert isinstance(failed.exception(), LookupError)


async def test_neighbours_of_a_kind_run_as_one_and_one_by_one_when_that_fails(ledger, held):
    calls = []

    def note_all(transaction, words):
        calls.append(list(words))
        for word in words:
            transaction.connection.execute(text("INSERT INTO words (word) VALUES (:word)"), {"word": word})
            transaction.announce(word)
        return [word.upper() for word in words]

    words = ["a", "b", "a", "c"]
    under_way = [asyncio.ensure_future(ledger.writes_together(note_all, word)) for word in words]
    await asyncio.sleep(0)
    held.set()
    results = await asyncio.gather(*under_way, return_exceptions=True)

    assert calls == [words, ["a"], ["b"], ["a"], ["c"]]
    assert [results[0], results[1], results[3]] == ["A", "B", "C"]
    assert isinstance(results[2], IntegrityError)
    assert ledger.announced == ["a", "b", "c"]


async def test_a_lone_draft_that_raises_is_tried_once_more_and_told_so(ledger):
    tries = []

    def note_all(transaction, words):
        tries.append(transaction.is_second_try)
        if not transaction.is_second_try:
            transaction.announce("of the first try")
            run_many(transaction.connection, NOTE, [(word,) for word in ["b", *words]])
        return words

    await ledger.writes(ledger.noting("a"))
    assert await ledger.writes_together(note_all, "a") == "a"
    assert tries == [False, True]
    assert await ledger.words() == ledger.announced == ["a"]


async def test_rows_of_which_one_cannot_be_are_an_error_of_the_usual_kind(ledger):
    with pytest.raises(IntegrityError):
        await ledger.writes(lambda transaction: run_many(transaction.connection, NOTE, [("a",), ("b",), ("a",)]))
    assert await ledger.words() == []
    assert await ledger.writes(lambda transaction: run_many(transaction.connection, NOTE, [("a",), ("b",)])) == 2


async def test_strangers_between_neighbours_keep_the_order(ledger, held):
    order = []

    def note_all(transaction, words):
        order.extend(words)
        return words

    under_way = [asyncio.ensure_future(ledger.writes_together(note_all, n)) for n in range(2)]
    under_way.append(asyncio.ensure_future(ledger.writes(lambda transaction: order.append("stranger"))))
    under_way.append(asyncio.ensure_future(ledger.writes_together(note_all, 2)))
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(*under_way)

    assert order == [0, 1, "stranger", 2]


async def test_before_and_after_the_commit_things_run_once(ledger, held):
    order = []

    def unit(transaction):
        order.append("unit")
        transaction.before_commit("before", lambda _: order.append("before"))
        transaction.after_commit("after", lambda _: order.append("after"))

    under_way = [asyncio.ensure_future(ledger.writes(unit)) for _ in range(3)]
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(*under_way)

    assert order == ["unit", "unit", "unit", "before", "after"]


async def test_whoever_does_not_wait_any_more_changes_nothing(ledger, held):
    impatient = asyncio.ensure_future(ledger.writes(ledger.noting("kept")))
    await asyncio.sleep(0)
    impatient.cancel()
    held.set()
    await ledger.database.writer.drain()

    assert impatient.cancelled()
    assert await ledger.words() == ["kept"]
    assert ledger.announced == ["kept"]


async def test_an_announcer_that_fails_takes_nobodys_answer_away(tmp_path, caplog):
    def announce(news):
        raise RuntimeError("no news today")

    connection = sqlite.writing_engine(tmp_path / "other.db").connect()
    writer = Writer(connection, now=lambda: 0, announce=announce, kind=sqlite.Sqlite(tmp_path / "other.db"))
    told = asyncio.get_running_loop().create_future()

    writer.submit(lambda transaction: transaction.announce("news"), None, False, lambda result, error: told.set_result(error))

    assert await told is None
    assert "will read them from the journal" in caplog.text
    await writer.stop()
    connection.close()


async def test_what_fails_after_the_commit_takes_nothing_back(ledger, caplog):
    def fails(transaction):
        raise RuntimeError("too late")

    def unit(transaction):
        transaction.after_commit("fails", fails)
        return ledger.noting("hi")(transaction)

    assert await ledger.writes(unit) == "hi"
    assert ledger.announced == await ledger.words() == ["hi"]
    assert ledger.database.is_healthy
    assert "too late" in caplog.text
    assert await ledger.writes(ledger.noting("again")) == "again"


async def test_a_full_queue_refuses_and_says_when_to_come_back(tmp_path):
    connection = sqlite.writing_engine(tmp_path / "small.db").connect()
    writer = Writer(connection, now=lambda: 0, announce=lambda news: None, kind=sqlite.Sqlite(tmp_path / "small.db"), queue_limit=3)
    gate = threading.Event()
    told = []
    for _ in range(3):
        writer.submit(lambda transaction: gate.wait(20), None, False, lambda result, error: told.append(error))

    with pytest.raises(Unavailable) as refusal:
        writer.submit(lambda transaction: None, None, False, lambda result, error: told.append(error))
    assert refusal.value.retry_after
    assert writer.is_busy
    gate.set()
    await writer.drain()

    assert told == [None] * 3
    assert not writer.is_busy
    writer.submit(lambda transaction: None, None, False, lambda result, error: told.append(error))
    await writer.stop()
    connection.close()
    assert told == [None] * 4


async def test_a_writer_that_stops_finishes_and_takes_no_more(ledger, held):
    under_way = [asyncio.ensure_future(ledger.writes(ledger.noting(f"{n}"))) for n in range(5)]
    await asyncio.sleep(0)
    stopping = asyncio.ensure_future(ledger.database.writer.stop())
    await asyncio.sleep(0)

    with pytest.raises(Unavailable):
        await ledger.writes(ledger.noting("late"))
    held.set()
    await stopping

    assert [await write for write in under_way] == ["0", "1", "2", "3", "4"]
    assert ledger.announced == ["0", "1", "2", "3", "4"]
