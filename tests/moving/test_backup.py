"""Backups are written while a server goes on, and bring everything back under a new epoch; exports are plain files."""

import json
import shutil

import pytest
from whole_contents import Cut, contents, cut_after, nobody

from hubbub import Hubbub, Settings
from hubbub.checking.check import check
from hubbub.database.snapshot import snapshot
from hubbub.errors import StartupError
from hubbub.files.folder import Folder
from hubbub.moving import store
from hubbub.moving.backup import backup, restore
from hubbub.moving.export import export
from hubbub.moving.file_bytes import beside
from hubbub.moving.move import move


@pytest.fixture
def file(tmp_path):
    return tmp_path / "backup.db"


@pytest.fixture
def empty(tmp_path):
    return f"sqlite:///{tmp_path / 'restored' / 'hubbub.db'}"


def but_the_epoch(url):
    return contents(url) | {"meta": None}


def epoch(url):
    with snapshot(url) as connection:
        return store.mark_of(connection).epoch


def test_a_backup_is_one_file_that_only_its_owner_may_read(kept, file):
    backup(kept.url, file, nobody)
    assert contents(f"sqlite:///{file}") == contents(kept.url)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir() if path.name.startswith("backup")] == ["backup.db"]


def test_a_backup_takes_files_along_and_brings_them_back(kept, file, tmp_path, empty):
    rows, taken = backup(kept.url, file, nobody, kept.files)
    assert (rows["files"], taken) == (2, (3, 0))  # two files and a thumbnail
    assert check(f"sqlite:///{file}", size_of=Folder(beside(file)).size).is_sound
    assert beside(file).stat().st_mode & 0o777 == 0o700

    target = Folder(tmp_path / "restored" / "files")
    assert restore(file, empty, nobody, target).files == (3, 0)
    assert check(empty, size_of=target.size).is_sound
    shutil.rmtree(beside(file))
    assert check(empty, size_of=target.size).is_sound


def test_a_backup_says_which_files_it_has_not(kept, file, tmp_path, empty):
    shutil.rmtree(kept.folder / "files")
    assert backup(kept.url, file, nobody, kept.files).files == (0, 3)
    assert restore(file, empty, nobody, Folder(tmp_path / "files")).files == (0, 3)


def test_a_backup_is_not_written_over_the_files_of_another_one(kept, file):
    beside(file).mkdir()
    with pytest.raises(StartupError, match="there already"):
        backup(kept.url, file, nobody, kept.files)


@pytest.mark.anyio
async def test_a_backup_of_a_chat_that_is_served_is_sound(kept, file):
    async with Hubbub(Settings(data=kept.folder)).lifespan():
        backup(kept.url, file, nobody)
    assert check(f"sqlite:///{file}").is_sound


def test_a_backup_of_postgresql_is_the_same_file(kept, file, postgres_url):
    move(kept.url, postgres_url, nobody)
    backup(postgres_url, file, nobody)
    assert contents(f"sqlite:///{file}") == contents(kept.url)


def test_no_backup_is_written_over_another_file(kept, file):
    file.write_text("precious")
    with pytest.raises(StartupError, match="there already"):
        backup(kept.url, file, nobody)
    assert file.read_text() == "precious"


def test_a_backup_that_was_cut_off_leaves_no_file_and_is_begun_again(kept, file):
    with pytest.raises(Cut):
        backup(kept.url, file, cut_after(0))
    assert not file.exists()
    backup(kept.url, file, nobody)
    assert contents(f"sqlite:///{file}") == contents(kept.url)


def test_a_backup_into_no_folder_says_so(kept, tmp_path):
    with pytest.raises(StartupError, match="cannot be written"):
        backup(kept.url, tmp_path / "nowhere" / "backup.db", nobody)


def test_a_restored_chat_is_the_same_but_for_its_epoch(kept, file, empty):
    backup(kept.url, file, nobody)
    before = file.read_bytes()
    restore(file, empty, nobody)
    assert but_the_epoch(empty) == but_the_epoch(kept.url)
    assert epoch(empty) != epoch(kept.url)
    assert check(empty).is_sound
    assert file.read_bytes() == before


def test_a_backup_of_sqlite_is_restored_to_postgresql(kept, file, postgres_url):
    backup(kept.url, file, nobody)
    restore(file, postgres_url, nobody)
    assert but_the_epoch(postgres_url) == but_the_epoch(kept.url)
    assert check(postgres_url).is_sound


def test_a_restoring_that_was_cut_off_goes_on_where_it_was(kept, file, empty, monkeypatch):
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 2)
    backup(kept.url, file, nobody)
    with pytest.raises(Cut):
        restore(file, empty, cut_after(6))
    told = []
    restore(file, empty, lambda done, _total: told.append(done))
    assert told[0] == 6
    assert but_the_epoch(empty) == but_the_epoch(kept.url)


@pytest.mark.anyio
async def test_a_database_that_is_not_empty_or_is_served_is_left_alone(kept, file):
    backup(kept.url, file, nobody)
    before = contents(kept.url)
    with pytest.raises(StartupError, match="not empty"):
        restore(file, kept.url, nobody)
    assert contents(kept.url) == before
    async with Hubbub(Settings(data=kept.folder)).lifespan():
        with pytest.raises(StartupError, match="in use"):
            restore(file, kept.url, nobody)


def test_what_is_no_backup_is_refused(tmp_path, empty):
    with pytest.raises(StartupError, match="no database"):
        restore(tmp_path / "nowhere.db", empty, nobody)
    (tmp_path / "letter.db").write_text("Dear Ada, " * 100)
    with pytest.raises(StartupError, match="cannot be read"):
        restore(tmp_path / "letter.db", empty, nobody)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_export_has_every_room_and_lets_nobody_in(kept, tmp_path):
    folder = tmp_path / "export"
    assert export(kept.url, folder, nobody) == {"users": 4, "rooms": 3, "events": 25}
    assert {user["name"] for user in lines(folder / "users.jsonl")} == {"ada", "grace", "hedy", "joan"}
    rooms = {room["name"]: room for room in lines(folder / "rooms.jsonl")}
    assert rooms["kitchen"]["members"] == {kept.names["ada"]: "owner", kept.names["grace"]: "member"}
    log = lines(folder / "rooms" / f"{kept.names['lobby']}.jsonl")
    assert [event["seq"] for event in log] == list(range(1, 9))
    assert log[4]["text"] == "hello"
    everything = "".join(path.read_text() for path in folder.rglob("*.jsonl"))
    assert "secret" not in everything
    assert "hash" not in everything


def test_an_export_is_not_mixed_with_another_one(kept, tmp_path):
    export(kept.url, tmp_path / "export", nobody)
    with pytest.raises(StartupError, match="there already"):
        export(kept.url, tmp_path / "export", nobody)


def test_an_export_has_the_files_under_their_own_names(kept, tmp_path):
    folder = tmp_path / "export"
    assert export(kept.url, folder, nobody, kept.files)["files"] == 2
    log = lines(folder / "rooms" / f"{kept.names['lobby']}.jsonl")
    named = {file["name"]: folder / "files" / file["id"] / file["name"] for file in log[4]["files"]}
    assert named["notes.txt"].read_bytes() == b"swordfish"
    assert named["red.png"].read_bytes().startswith(b"\x89PNG")
