"""`hubbub check` finds each fault that is planted, and nothing in a sound database."""

import sqlite3
from contextlib import closing

import pytest

from hubbub.checking.check import check
from hubbub.checking.model import FAULTS_TOLD, Promise
from hubbub.errors import StartupError
from kept_chat import Kept

OF_LOBBY, OF_KITCHEN = "WHERE room_id = :lobby AND seq =", "WHERE room_id = :kitchen AND seq ="
COPY_OF_A_MESSAGE = (
    "INSERT INTO events (room_id, seq, type, author_id, at, key, target, message_count, body) "
    "SELECT room_id, 9, type, author_id, at, key, target, 3, body FROM events WHERE room_id = :lobby AND seq = 5"
)

# What is broken, by which statements, and what the fault says of it.
PLANTED = {
    "an event is missing": (Promise.GAP_FREE, [f"DELETE FROM events {OF_LOBBY} 5"], "6 comes after 4"),
    "the last event is missing": (Promise.GAP_FREE, [f"DELETE FROM events {OF_LOBBY} 8"], "ends at 8, and it ends at 7"),
    "a room is behind its log": (Promise.GAP_FREE, ["UPDATE rooms SET last_seq = 7 WHERE id = :lobby"], "ends at 7, and it ends at 8"),
    "ids do not grow": (Promise.GAP_FREE, [f"UPDATE events SET id = 1000 {OF_LOBBY} 5"], "1000"),
    "events of no room": (
        Promise.GAP_FREE,
        ["UPDATE events SET room_id = 'nowhere' WHERE room_id = :kitchen"],
        "room nowhere is not there",
    ),
    "a key is there twice": (Promise.ONCE, ["DROP INDEX events_by_key", COPY_OF_A_MESSAGE], "is there 2 times"),
    "a body is no JSON": (Promise.BODIES, [f"UPDATE events SET body = X'7B' {OF_LOBBY} 5"], "5 cannot be read"),
    "a body lacks a field": (
        Promise.BODIES,
        [f'UPDATE events SET body = CAST(replace(body, \'"role":"owner"\', \'"role":1\') AS BLOB) {OF_KITCHEN} 1'],
        "1 cannot be read: role",
    ),
    "a type that nobody knows": (Promise.BODIES, [f"UPDATE events SET type = 'message.sung' {OF_LOBBY} 5"], "'message.sung' is no type"),
    "a body of another number": (
        Promise.BODIES,
        [f"UPDATE events SET body = CAST(replace(body, '\"seq\":5', '\"seq\":6') AS BLOB) {OF_LOBBY} 5"],
        "seq 6 instead of 5",
    ),
    "another author": (Promise.BODIES, [f"UPDATE events SET author_id = :grace {OF_LOBBY} 5"], "author"),
    "another time": (Promise.BODIES, [f"UPDATE events SET at = at + 1 {OF_LOBBY} 5"], "time"),
    "another key": (Promise.BODIES, [f"UPDATE events SET key = 'c' {OF_LOBBY} 5"], "key 'a' instead of 'c'"),
    "another target": (Promise.BODIES, [f"UPDATE events SET target = 4 {OF_KITCHEN} 7"], "target 5 instead of 4"),
    "a target that is no message": (Promise.TARGETS, [f"UPDATE events SET target = 3 {OF_KITCHEN} 7"], "7 points at 3"),
    "a target to come": (Promise.TARGETS, [f"UPDATE events SET target = 99 {OF_KITCHEN} 7"], "7 points at 99"),
    "deleted words that stayed": (
        Promise.DELETED,
        [f'UPDATE events SET body = CAST(replace(body, \'"redacted":true\', \'"text":"a secret"\') AS BLOB) {OF_LOBBY} 6'],
        "6 belongs to a deleted message and still has its words",
    ),
    "words of an edit of a deleted message": (
        Promise.DELETED,
        [f'UPDATE events SET body = CAST(replace(body, \'"redacted":true\', \'"text":"a secret"\') AS BLOB) {OF_LOBBY} 7'],
        "7 belongs to a deleted message and still has its words",
    ),
    "words that nobody deleted": (
        Promise.DELETED,
        [f'UPDATE events SET body = CAST(replace(body, \'"text":"hello"\', \'"redacted":true\') AS BLOB) {OF_LOBBY} 5'],
        "5 was redacted, and nobody deleted it",
    ),
    "an edit that was lost": (Promise.EDITED, ["UPDATE message_states SET text = NULL, edited_at = NULL"], "what it says now is not kept"),
    "an edit with other words": (Promise.EDITED, ["UPDATE message_states SET text = 'tea' WHERE seq = 5"], "5 does not say"),
    "an edit of a deleted message": (Promise.EDITED, ["UPDATE message_states SET edited_at = 1 WHERE seq = 6"], "what 6 says now is kept"),
    "an edit of what is no message": (Promise.EDITED, ["UPDATE message_states SET seq = 3 WHERE seq = 5"], "what 3 says now is kept"),
    "a count in the log": (
        Promise.COUNTS,
        [f"UPDATE events SET message_count = 9 {OF_LOBBY} 5"],
        "5 says that it is message 9, and it is 1",
    ),
    "the count of a room": (Promise.COUNTS, ["UPDATE rooms SET message_count = 9 WHERE id = :kitchen"], "9 messages, and it has 4"),
    "a count of what was read": (
        Promise.COUNTS,
        ["UPDATE memberships SET read_count = 3 WHERE read_seq = 4"],
        "has read 3 messages up to 4",
    ),
    "a mark beyond the end": (Promise.COUNTS, ["UPDATE memberships SET read_seq = 99 WHERE room_id = :kitchen"], "has read up to 99"),
    "a member whom the log does not know": (
        Promise.MEMBERS,
        ["INSERT INTO memberships (user_id, room_id, role, read_seq, read_count) VALUES (:joan, :kitchen, 'member', 0, 0)"],
        "is member here, and no member by the log",
    ),
    "a membership that was lost": (
        Promise.MEMBERS,
        ["DELETE FROM memberships WHERE room_id = :kitchen AND user_id = :grace"],
        "is no member here, and member by the log",
    ),
    "another role": (
        Promise.MEMBERS,
        ["UPDATE memberships SET role = 'owner' WHERE user_id = :joan"],
        "is owner here, and member by the log",
    ),
    "another topic": (Promise.NAMES, ["UPDATE rooms SET topic = 'coffee' WHERE id = :kitchen"], "'coffee', and its log says 'tea'"),
    "a reaction that was lost": (Promise.NOTED, ["UPDATE message_states SET notes = '{}' WHERE seq = 4"], "the reactions of 4"),
    "a reply that was not counted": (
        Promise.NOTED,
        ["UPDATE message_states SET notes = replace(notes, '\"count\":2', '\"count\":1') WHERE seq = 4"],
        "the number of replies of 4: 1 here, and 2 by the log",
    ),
    "a pin that was lost": (Promise.NOTED, ["DELETE FROM pins"], "the place among the pinned of 4: None here, and 12 by the log"),
    "a pin that nobody pinned": (Promise.NOTED, ["INSERT INTO pins VALUES (:lobby, 5, 4)"], "5 is among the pinned"),
    "the direct room of others": (Promise.MEMBERS, ["UPDATE rooms SET people_key = 'a b' WHERE kind = 'direct'"], "direct room of others"),
    "a mention of somebody else": (Promise.MENTIONS, ["UPDATE mentions SET user_id = :grace WHERE seq = 5"], "whom it does not name"),
    "a mention of no member": (Promise.MENTIONS, ["UPDATE mentions SET user_id = :hedy WHERE seq = 5"], "who is no member"),
    "a mention by no message": (Promise.MENTIONS, ["UPDATE mentions SET seq = 99 WHERE seq = 5"], "99 counts as a mention"),
    "an author who is not there": (Promise.REFERENCES, ["DELETE FROM users WHERE id = :ada"], "is the author of"),
    "a member who is not there": (Promise.REFERENCES, ["DELETE FROM users WHERE id = :joan"], "memberships.user_id: 2 rows"),
    "a file in another message": (Promise.BYTES, ["UPDATE files SET seq = 6 WHERE name = 'notes.txt'"], "6 has not the file"),
    "another name of a file": (Promise.BYTES, ["UPDATE files SET name = 'x.txt' WHERE name = 'notes.txt'"], "5 has not the file"),
    "a file that was lost": (Promise.BYTES, ["DELETE FROM files WHERE name = 'notes.txt'"], "has 1 files, and its messages have 2"),
    "no epoch": (Promise.REFERENCES, ["DELETE FROM meta"], "no epoch"),
}


def test_nothing_is_found_in_a_sound_database(kept):
    report = check(kept.url)
    assert report.is_sound, report.faults
    assert (report.rooms, report.events, report.users) == (3, 25, 4)


@pytest.mark.parametrize(("promise", "statements", "said"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found(kept, promise, statements, said):
    kept.runs(*statements)
    report = check(kept.url)
    assert any(said in fault for fault in report.of(promise)), report.faults


def test_every_promise_but_that_of_the_files_has_a_fault_planted():
    assert set(Promise) - {promise for promise, _, _ in PLANTED.values()} == {Promise.FILE}


def test_a_file_without_its_bytes_is_found(kept):
    def faults():
        return check(kept.url, size_of=kept.files.size).of(Promise.BYTES)

    assert faults() == []
    contents, thumbnails = (files_of(kept, what) for what in ("content", "thumbnail"))
    kept.files.remove(thumbnails["red.png"])
    assert [fault.partition(" has ")[2] for fault in faults()] == ["no thumbnail"]
    (path,) = kept.folder.rglob(contents["notes.txt"])
    path.write_bytes(b"sword")
    assert [fault.partition(" has ")[2] for fault in faults()] == ["5 bytes, and should have 9", "no thumbnail"]
    kept.files.remove(contents["notes.txt"])
    assert faults()[0].endswith("has no bytes")


def test_a_file_that_is_deleted_while_it_is_looked_for_is_no_fault(kept):
    def gone(address):
        kept.runs("DELETE FROM files")

    assert check(kept.url, size_of=gone).is_sound


def files_of(kept, column):
    with closing(sqlite3.connect(kept.folder / "hubbub.db")) as connection:
        return dict(connection.execute(f"SELECT name, {column} FROM files"))


def test_a_damaged_file_is_found_and_nothing_else_is_believed(kept):
    kept.runs("PRAGMA journal_mode = DELETE")
    kept.damages("events_by_key")
    report = check(kept.url)
    assert report.of(Promise.FILE)
    assert set(report.counted) == {Promise.FILE}
    kept.damages("sqlite_schema")
    with pytest.raises(StartupError, match="cannot be read"):
        check(kept.url)


def test_many_faults_are_counted_and_some_of_them_told(kept):
    many = ",".join(f"('{number:016}', :lobby, 1)" for number in range(10 * FAULTS_TOLD))
    kept.runs(f"INSERT INTO mentions (user_id, room_id, seq) VALUES {many}")
    told = check(kept.url).of(Promise.MENTIONS)
    assert len(told) == FAULTS_TOLD + 1
    assert told[-1] == f"and {2 * 10 * FAULTS_TOLD - FAULTS_TOLD} more like these"


def test_it_changes_nothing(kept):
    before = (kept.folder / "hubbub.db").read_bytes()
    check(kept.url)
    assert (kept.folder / "hubbub.db").read_bytes() == before


def test_it_says_how_far_it_is(kept):
    told = []
    check(kept.url, lambda done, total: told.append((done, total)))
    assert told[-1] == (25, 25)


@pytest.mark.parametrize(
    ("statement", "said"),
    [("DROP TABLE hubbub_version", "no Hubbub in this database"), ("UPDATE hubbub_version SET version_num = '9999'", "the schema 9999")],
)
def test_a_database_of_another_version_is_not_judged(kept, statement, said):
    kept.runs(statement)
    with pytest.raises(StartupError, match=said):
        check(kept.url)


def test_where_there_is_no_database_it_makes_none(tmp_path):
    nowhere = Kept(tmp_path / "nowhere", {})
    with pytest.raises(StartupError, match="no database"):
        check(nowhere.url)
    assert not nowhere.folder.exists()
