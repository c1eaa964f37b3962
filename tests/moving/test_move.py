"""`hubbub move` brings everything to another database as it was, however often it is cut off."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest
from whole_contents import Cut, contents, cut_after, nobody

from hubbub import Hubbub, Settings
from hubbub.checking.check import check
from hubbub.database import Database
from hubbub.database.snapshot import snapshot
from hubbub.errors import StartupError
from hubbub.journal.horizon import Horizon
from hubbub.moving import store
from hubbub.moving.move import move
from kept_chat import Kept

PATIENCE = 60


@pytest.fixture
def elsewhere(tmp_path):
    return f"sqlite:///{tmp_path / 'elsewhere' / 'chat.db'}"


@pytest.fixture
def small_steps(monkeypatch):
    """A transaction for every two events."""
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 2)


def test_everything_goes_to_postgresql_and_back_as_it_was(kept, postgres_url, elsewhere, small_steps):
    rows = move(kept.url, postgres_url, nobody)
    assert (rows["rooms"], rows["events"], rows["users"]) == (3, 25, 4)
    assert contents(postgres_url) == contents(kept.url)
    assert check(postgres_url).is_sound
    move(postgres_url, elsewhere, nobody)
    assert contents(elsewhere) == contents(kept.url)
    assert check(elsewhere).is_sound


@pytest.mark.anyio
async def test_a_chat_goes_on_numbering_where_it_was(kept, postgres_url):
    move(kept.url, postgres_url, nobody)
    chat = Hubbub(Settings(database=postgres_url, data=kept.folder.parent / "node"))
    async with chat.lifespan():
        ada = await chat.user("ada")
        assert (await chat.post("lobby", "hello again", by=ada, key="a")).is_duplicate
        assert (await chat.post("lobby", "and again", by=ada)).seq == 9
    assert check(postgres_url).is_sound


@pytest.mark.parametrize("events", range(0, 26, 4))
def test_a_move_that_was_cut_off_goes_on_where_it_was(kept, elsewhere, small_steps, events):
    with pytest.raises(Cut):
        move(kept.url, elsewhere, cut_after(events))
    told = []
    move(kept.url, elsewhere, lambda done, total: told.append((done, total)))
    assert told[0] == (min(events, 25), 25)
    assert contents(elsewhere) == contents(kept.url)


def test_a_move_that_was_killed_goes_on_where_it_was(kept, postgres_url):
    program = (
        "import os, sys; from hubbub.moving import store; from hubbub.moving.move import move; store.ROWS_AT_ONCE = 5\n"
        "move(sys.argv[1], sys.argv[2], lambda done, total: done == 10 and os.kill(os.getpid(), 9))"
    )
    killed = subprocess.run([sys.executable, "-c", program, kept.url, postgres_url], capture_output=True, timeout=PATIENCE)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    told = []
    move(kept.url, postgres_url, lambda done, _total: told.append(done))
    assert told[0] == 10
    assert contents(postgres_url) == contents(kept.url)


def test_what_is_half_there_is_neither_served_nor_checked(kept, elsewhere, small_steps):
    with pytest.raises(Cut):
        move(kept.url, elsewhere, cut_after(4))
    with pytest.raises(StartupError, match="hubbub move"):
        check(elsewhere)
    with pytest.raises(StartupError, match="hubbub move"):
        move(elsewhere, f"{elsewhere}.further", nobody)


@pytest.mark.anyio
async def test_a_server_does_not_start_on_what_is_half_there(kept, elsewhere, small_steps):
    with pytest.raises(Cut):
        move(kept.url, elsewhere, cut_after(4))
    with pytest.raises(StartupError, match="hubbub move"):
        await Hubbub(Settings(database=elsewhere)).start()


@pytest.mark.anyio
async def test_it_begins_again_when_the_source_was_served_meanwhile(kept, elsewhere, small_steps):
    with pytest.raises(Cut):
        move(kept.url, elsewhere, cut_after(16))
    chat = Hubbub(Settings(data=kept.folder))
    async with chat.lifespan():
        await chat.messages.delete_message(await chat.user("ada"), await chat.room_id("lobby"), 5)
    told = []
    move(kept.url, elsewhere, lambda done, _total: told.append(done))
    assert told[0] == 0
    assert contents(elsewhere) == contents(kept.url)
    assert check(elsewhere).is_sound


@pytest.mark.anyio
async def test_a_source_that_is_served_is_refused(kept, elsewhere, postgres_url):
    async with Hubbub(Settings(data=kept.folder)).lifespan():
        with pytest.raises(StartupError, match="in use"):
            move(kept.url, elsewhere, nobody)
    move(kept.url, postgres_url, nobody)
    async with Hubbub(Settings(database=postgres_url, data=kept.folder.parent / "node")).lifespan():
        with pytest.raises(StartupError, match="A server has"):
            await asyncio.to_thread(move, postgres_url, elsewhere, nobody)


@pytest.mark.anyio
async def test_a_source_that_is_served_under_a_name_of_its_own_is_refused_too(kept, elsewhere, postgres_url):
    move(kept.url, postgres_url, nobody)
    named = f"{postgres_url}{'&' if '?' in postgres_url else '?'}application_name={'a long name ' * 8}".replace(" ", "%20")
    async with Hubbub(Settings(database=named, data=kept.folder.parent / "node")).lifespan():
        with pytest.raises(StartupError, match="A server has"):
            await asyncio.to_thread(move, postgres_url, elsewhere, nobody)


def test_a_target_that_is_not_empty_is_refused_and_left_alone(kept, elsewhere, furnished):
    move(kept.url, elsewhere, nobody)
    before = contents(elsewhere)
    with pytest.raises(StartupError, match="not empty"):
        move(kept.url, elsewhere, nobody)
    assert contents(elsewhere) == before


def test_an_unfinished_move_of_another_chat_is_refused(kept, elsewhere, small_steps):
    with pytest.raises(Cut):
        move(kept.url, elsewhere, cut_after(4))
    kept.runs("UPDATE meta SET value = 'another' WHERE key = 'epoch'")
    with pytest.raises(StartupError, match="another database"):
        move(kept.url, elsewhere, nobody)


def test_a_source_that_is_not_there_is_refused(tmp_path, elsewhere):
    with pytest.raises(StartupError, match="no database"):
        move(Kept(tmp_path / "nowhere", {}).url, elsewhere, nobody)
    assert os.listdir(tmp_path) == []


def test_a_database_is_not_moved_to_itself(kept):
    with pytest.raises(StartupError, match="another database"):
        move(kept.url, kept.url, nobody)


@pytest.mark.anyio
async def test_a_row_that_came_over_wrong_is_seen_and_not_served(kept, elsewhere, monkeypatch):
    insert = store._insert

    def insert_wrong(target, into, rows):
        insert(target, into, [(*row[:-1], b"{}") if into.name == "events" else row for row in rows])

    monkeypatch.setattr(store, "_insert", insert_wrong)
    with pytest.raises(StartupError, match="not the same on both sides"):
        move(kept.url, elsewhere, nobody)
    monkeypatch.undo()
    with pytest.raises(StartupError, match="not all of it is here"):
        await Hubbub(Settings(database=elsewhere)).start()
    with pytest.raises(StartupError, match="not the same on both sides"):
        move(kept.url, elsewhere, nobody)


@pytest.mark.parametrize("moment", ["mark_of", "tally_of", "finish"])
@pytest.mark.parametrize("to", ["elsewhere", "postgres_url"])
@pytest.mark.anyio
async def test_a_move_that_is_cut_off_when_all_is_copied_is_not_served_and_goes_on(kept, request, monkeypatch, to, moment):
    target = request.getfixturevalue(to)
    seen = []

    def cut_at(*_):
        seen.append(moment)
        if moment != "mark_of" or len(seen) > 2:  # twice before anything is copied
            raise Cut
        return real(*_)

    real = getattr(store, moment)
    monkeypatch.setattr(store, moment, cut_at)
    with pytest.raises(Cut):
        move(kept.url, target, nobody)
    monkeypatch.undo()
    with pytest.raises(StartupError, match="not all of it is here"):
        await Hubbub(Settings(database=target, data=kept.folder.parent / "node")).start()
    # What no event tells of may have changed meanwhile.
    kept.runs("UPDATE users SET avatar = NULL, name = 'hopper' WHERE id = :grace")
    told = []
    move(kept.url, target, lambda done, total: told.append((done, total)))
    assert told == [(25, 25)]
    assert contents(target) == contents(kept.url)


@pytest.mark.anyio
async def test_a_handler_misses_nothing_after_a_move(kept, postgres_url):
    move(kept.url, postgres_url, nobody)
    with snapshot(postgres_url) as connection:
        last = store.mark_of(connection).last_event
    database = Database(postgres_url)
    await database.open(lambda events: None)
    assert await Horizon(database).settled() == last
    await database.close()
