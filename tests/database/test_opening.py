"""Opening a database: one process at a time, the schema brought up to date, and never one that is newer."""

import asyncio
import sqlite3
import sys

import pytest
from sqlalchemy import text

from hubbub.database import Database
from hubbub.database.schema import metadata
from hubbub.database.sqlite import FolderLock
from hubbub.errors import StartupError, Unavailable

pytestmark = pytest.mark.anyio


def plain(path):
    return sqlite3.connect(path, isolation_level=None)


def schema_of(connection):
    columns = {}
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    # The index of the words makes tables of its own.
    for table in {name for (name,) in tables if not name.startswith(("sqlite_", "search_words"))}:
        columns[table] = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    return columns


async def opened_and_closed(path):
    database = Database(f"sqlite:///{path}")
    await database.open(lambda news: None)
    await database.close()


async def test_a_new_database_has_every_table_and_column_of_the_schema(tmp_path):
    await opened_and_closed(tmp_path / "hubbub.db")

    connection = plain(tmp_path / "hubbub.db")
    made = schema_of(connection)
    connection.close()
    assert made.pop("hubbub_version") == {"version_num"}
    assert made == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}


async def test_opening_again_changes_nothing(tmp_path):
    await opened_and_closed(tmp_path / "hubbub.db")
    before = (tmp_path / "hubbub.db").read_bytes()

    await opened_and_closed(tmp_path / "hubbub.db")

    assert (tmp_path / "hubbub.db").read_bytes() == before


async def test_a_newer_schema_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "hubbub.db"
    await opened_and_closed(path)
    connection = plain(path)
    connection.execute("UPDATE hubbub_version SET version_num = '9999_from_the_future'")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(StartupError, match="9999_from_the_future"):
        await opened_and_closed(path)

    assert path.read_bytes() == before
    lock = FolderLock(tmp_path)
    lock.acquire()
    lock.release()


async def test_a_folder_in_use_is_refused_by_name(tmp_path):
    first = Database(f"sqlite:///{tmp_path}/hubbub.db")
    await first.open(lambda news: None)

    with pytest.raises(StartupError, match="in use by another Hubbub"):
        await opened_and_closed(tmp_path / "hubbub.db")

    await first.close()
    await opened_and_closed(tmp_path / "hubbub.db")


@pytest.mark.parametrize("name", ["a b", "50%", "#1", "\u00fc"])
async def test_any_folder_name_will_do(tmp_path, name):
    folder = tmp_path / name
    database = Database(f"sqlite:///{folder}/hubbub.db")
    await database.open(lambda news: None)
    await database.close()

    assert (folder / "hubbub.db").exists()


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://localhost/chat", "sqlite://", "sqlite:///:memory:", "postgresql://[::1/chat", "postgresql://h/d?nonsense=1"],
)
async def test_a_url_that_is_not_served_is_refused(url):
    with pytest.raises(StartupError):
        await Database(url).open(lambda news: None)


async def test_without_its_driver_postgresql_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for module in ("postgres", "patient_connection"):
        monkeypatch.delitem(sys.modules, f"hubbub.database.{module}", raising=False)

    with pytest.raises(StartupError, match=r"pip install 'hubbub\[postgres\]'"):
        Database("postgresql://localhost/chat")


async def test_a_server_that_is_not_there_is_said_without_the_password():
    with pytest.raises(StartupError, match="localhost:1/chat") as refusal:
        await Database("postgresql://ada:swordfish@localhost:1/chat").open(lambda news: None)

    assert "swordfish" not in str(refusal.value)


async def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "hubbub.db").write_bytes(b"this is a letter to grandmother" * 400)

    with pytest.raises(StartupError):
        await opened_and_closed(tmp_path / "hubbub.db")


async def settings_of_the_writer(url, *questions):
    database = Database(url)
    await database.open(lambda news: None)
    answers = await database.write(lambda unit: [unit.connection.exec_driver_sql(question).scalar() for question in questions])
    await database.close()
    return answers


async def test_on_sqlite_a_commit_is_on_the_disk_and_others_read_meanwhile(tmp_path):
    assert await settings_of_the_writer(f"sqlite:///{tmp_path}/hubbub.db", "PRAGMA journal_mode", "PRAGMA synchronous") == ["wal", 2]


async def test_on_postgresql_a_commit_is_on_the_disk_whatever_was_set(postgres, postgres_url):
    postgres.runs(f"ALTER DATABASE {postgres_url.rpartition('/')[2]} SET synchronous_commit = off")
    postgres.runs(f"ALTER DATABASE {postgres_url.rpartition('/')[2]} SET default_transaction_isolation = 'serializable'")

    assert await settings_of_the_writer(postgres_url, "SHOW synchronous_commit", "SHOW transaction_isolation") == ["on", "read committed"]


async def test_on_postgresql_nothing_takes_for_ever_unless_somebody_said_how_long(postgres, postgres_url):
    limits = ("idle_in_transaction_session_timeout", "statement_timeout")
    name = postgres_url.rpartition("/")[2]
    for limit in limits:
        postgres.runs(f"ALTER DATABASE {name} SET {limit} = 0")
    assert await settings_of_the_writer(postgres_url, *(f"SHOW {limit}" for limit in limits)) == ["5s", "8s"]

    for limit in limits:
        postgres.runs(f"ALTER DATABASE {name} SET {limit} = '1h'")
    assert await settings_of_the_writer(postgres_url, *(f"SHOW {limit}" for limit in limits)) == ["1h", "1h"]


async def test_readers_can_change_nothing(ledger):
    with pytest.raises(Unavailable):
        await ledger.database.read(lambda connection: connection.execute(text("INSERT INTO words (word) VALUES ('x')")))

    assert await ledger.words() == []


async def test_a_reader_sees_one_snapshot(ledger):
    loop = asyncio.get_running_loop()

    def look_twice(connection):
        count = text("SELECT count(*) FROM words")
        first = connection.execute(count).scalar()
        asyncio.run_coroutine_threadsafe(ledger.database.write(ledger.noting("meanwhile")), loop).result(20)
        return first, connection.execute(count).scalar()

    assert await ledger.database.read(look_twice) == (0, 0)
    assert await ledger.words() == ["meanwhile"]


async def test_closing_twice_is_no_harm(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/hubbub.db")
    await database.open(lambda news: None)

    await database.close()
    await database.close()

    assert not database.is_healthy


async def test_what_is_asked_in_one_turn_is_asked_together_and_each_is_told_their_own(ledger):
    asked = []

    def answer_all(_connection, questions):
        asked.append(questions)
        return [LookupError(question) if question == "b" else question.upper() for question in questions]

    answers = await asyncio.gather(*(ledger.database.read_together(answer_all, each) for each in "abc"), return_exceptions=True)
    assert asked == [["a", "b", "c"]]
    assert [answers[0], str(answers[1]), answers[2]] == ["A", "b", "C"]
