"""The check itself: one snapshot of the whole database, read through once, in pieces."""

from collections.abc import Callable, Iterator
from heapq import merge
from itertools import groupby

from pydantic_core import from_json

from hubbub.checking import store
from hubbub.checking.file_fate import SizeOf, out_of_place, without_bytes
from hubbub.checking.message_fate import Fate, KeptState, LaterEvent
from hubbub.checking.model import Fault, Promise, Report
from hubbub.checking.room_log import RoomLog
from hubbub.database import Connection
from hubbub.database.snapshot import snapshot
from hubbub.messages.model import EVERYBODY

EVENTS_BETWEEN_NEWS = 1000

Progress = Callable[[int, int], None]


def check(url: str, progress: Progress | None = None, size_of: SizeOf | None = None) -> Report:
    """Read a whole database and say what does not hold. A server may go on writing to it meanwhile.

    With `size_of` the bytes of all files are looked for too.

    Memory is bounded by the members of the largest room. `progress` hears how many events are read, and of how many.
    Raises `StartupError` when the database cannot be read.
    """
    with snapshot(url) as connection:
        report = check_connection(connection, progress)
        suspects = _without_bytes(connection, size_of) if size_of else {}
    if suspects:
        # What was deleted while this went on is no fault.
        with snapshot(url) as later:
            for id in store.still_there(later, list(suspects)):
                report.add(Fault(Promise.BYTES, suspects[id]))
    return report


def check_connection(connection: Connection, progress: Progress | None = None) -> Report:
    """Like `check`, in a transaction of the caller's."""
    report = Report(users=store.number_of_users(connection))
    for fault in _faults(connection, report, progress or _tell_nobody):
        report.add(fault)
    return report


def _faults(connection: Connection, report: Report, progress: Progress) -> Iterator[Fault]:
    complaints = [Fault(Promise.FILE, complaint) for complaint in store.complaints(connection)]
    if complaints:
        # What a damaged file says of anything else is worth nothing.
        yield from complaints
        return
    yield from (Fault(Promise.REFERENCES, lost) for lost in store.dangling(connection))
    if not store.has_epoch(connection):
        yield Fault(Promise.REFERENCES, "the journal has no epoch, so no client can resume")
    for question in store.QUESTIONS:
        yield from (Fault(question.promise, found) for found in store.answers(connection, question))
    yield from _edits(connection)
    yield from _mentions(connection)
    yield from _fates(connection)
    for kept in store.every_file(connection):
        yield from out_of_place(kept)
    yield from _logs(connection, report, progress)


def _logs(connection: Connection, report: Report, progress: Progress) -> Iterator[Fault]:
    total = store.number_of_events(connection)
    for room in store.every_room(connection):
        report.rooms += 1
        log = RoomLog(room)
        for row in store.log_of(connection, room.id):
            yield from log.take(row)
            report.events += 1
            if report.events % EVENTS_BETWEEN_NEWS == 0:
                progress(report.events, total)
        yield from log.end(store.members_of(connection, room.id), store.number_of_files(connection, room.id))
    progress(report.events, report.events)


def _edits(connection: Connection) -> Iterator[Fault]:
    for edit in store.last_edits(connection):
        event = from_json(edit.body) if edit.body is not None else {}
        said = (event.get("text"), event.get("mentions") or [], edit.at)
        if said != (edit.text, from_json(edit.mentions), edit.edited_at):
            yield Fault(Promise.EDITED, f"room {edit.room_id}: {edit.seq} does not say what its last edit says")


def _without_bytes(connection: Connection, size_of: SizeOf) -> dict[str, str]:
    """What is wrong with the bytes of files, by their ids."""
    found = ((kept.file.id, without_bytes(kept, size_of)) for kept in store.every_file(connection))
    return {id: wrong for id, wrong in found if wrong is not None}


def _mentions(connection: Connection) -> Iterator[Fault]:
    for mention in store.every_mention(connection):
        named: list[str] = []
        if mention.type == "message.created" and mention.body is not None:
            event = from_json(mention.body)
            edited = mention.edited_mentions
            named = [] if event.get("redacted") else from_json(edited) if edited is not None else event.get("mentions") or []
        if mention.user_id not in named and EVERYBODY not in named:
            what = f"{mention.seq} counts as a mention of {mention.user_id}, whom it does not name"
            yield Fault(Promise.MENTIONS, f"room {mention.room_id}: {what}")


def _fates(connection: Connection) -> Iterator[Fault]:
    """Goes through what points back and what is kept side by side, both in the order of the messages."""
    merged: Iterator[LaterEvent | KeptState] = merge(store.later_events(connection), store.kept_states(connection), key=lambda row: row[:2])
    for (room_id, seq), rows in groupby(merged, key=lambda row: row[:2]):
        fate, kept = Fate(), None
        for row in rows:
            if isinstance(row, LaterEvent):
                fate.take(row)
            else:
                kept = row
        yield from fate.faults(room_id, seq, kept)


def _tell_nobody(_done: int, _total: int) -> None:
    """The progress of a check that nobody watches."""
