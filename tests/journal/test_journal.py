"""The journal numbers events: from 1, without gaps, in the order of the commits, whatever fails in between."""

import asyncio
import json
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hubbub.database.schema import rooms
from hubbub.errors import NotFound
from hubbub.journal.epoch import epoch_of
from hubbub.journal.reading import READ_BYTES, JournalReader, read_after
from hubbub.journal.writing import Draft, Head, Journal, redact

pytestmark = pytest.mark.anyio

ADA = {"id": "a" * 16, "name": "ada", "kind": "human"}


async def heads(archive):
    query = select(rooms.c.id, rooms.c.last_seq, rooms.c.message_count)
    rows = await archive.database.read(lambda connection: connection.execute(query).all())
    return {row.id: (row.last_seq, row.message_count) for row in rows}


async def log(archive, room, after=0, up_to=10**6, limit=10**6):
    return await archive.database.read(lambda connection: read_after(connection, room, after, up_to, limit))


async def test_each_room_counts_from_one(archive):
    for room in ("kitchen", "garden", "kitchen"):
        await archive.appends(room, f"{room} {len(archive.announced)}")

    assert [(event.room, event.seq) for event in archive.announced] == [("kitchen", 1), ("garden", 1), ("kitchen", 2)]
    assert await heads(archive) == {"kitchen": (2, 2), "garden": (1, 1)}


async def test_the_log_has_the_very_bytes_that_are_announced(archive):
    event = await archive.appends("kitchen", "gr\u00fc\u00df dich \U0001f600")

    assert await log(archive, "kitchen") == [(1, event.body)] == [(1, archive.announced[0].body)]
    assert json.loads(event.body) == {
        "type": "message.created",
        "room": "kitchen",
        "seq": 1,
        "at": "2027-01-15T08:00:00.123Z",
        "by": ADA,
        "text": "gr\u00fc\u00df dich \U0001f600",
        "key": "gr\u00fc\u00df dich \U0001f600",
    }


async def test_what_fails_takes_no_number(archive):
    await archive.appends("kitchen", "one")
    for _ in range(3):
        with pytest.raises(LookupError):
            await archive.appends("kitchen", "never", fails=True)
    await archive.appends("kitchen", "two")

    assert [seq for seq, _ in await log(archive, "kitchen")] == [1, 2]


async def test_failures_in_the_middle_of_a_commit_leave_no_gap(archive):
    gate = threading.Event()
    archive.database.submit(lambda transaction: gate.wait(20), lambda result, error: None, rooms=())
    writes = [asyncio.ensure_future(archive.appends("kitchen", f"{n}", fails=n % 2 == 0)) for n in range(20)]
    await asyncio.sleep(0)
    gate.set()
    results = await asyncio.gather(*writes, return_exceptions=True)

    assert [event.seq for event in results if not isinstance(event, LookupError)] == list(range(1, 11))
    assert [json.loads(body)["text"] for _, body in await log(archive, "kitchen")] == [f"{n}" for n in range(1, 20, 2)]
    assert await heads(archive) == {"kitchen": (10, 10), "garden": (0, 0)}


async def test_a_repeated_key_is_refused_for_one_author_in_one_room(archive):
    await archive.appends("kitchen", "one", key="k")
    with pytest.raises(IntegrityError):
        await archive.appends("kitchen", "two", key="k")

    await archive.appends("garden", "three", key="k")
    assert (await archive.appends("kitchen", "four", key="l")).seq == 2


async def test_a_room_that_is_not_there_has_no_journal(archive):
    with pytest.raises(NotFound):
        await archive.appends("cellar", "hello?")


async def test_only_messages_are_counted_as_messages(archive):
    await archive.appends("kitchen", "one")
    edit = Draft("kitchen", "message.edited", ADA, {"target": 1, "text": "uno"}, target=1)
    event = await archive.database.write(lambda transaction: archive.journal.append(transaction, edit))

    assert (event.seq, event.message_count) == (2, 1)


async def test_another_process_goes_on_where_this_one_ended(archive):
    await archive.appends("kitchen", "one")
    archive.journal = Journal()

    assert (await archive.appends("kitchen", "two")).seq == 2
    assert await archive.database.write(lambda transaction: archive.journal.head(transaction, "kitchen")) == Head(2, 2)


async def test_reading_is_bounded_by_both_ends_and_by_number(archive):
    for n in range(1, 8):
        await archive.appends("kitchen", f"{n}")

    assert [seq for seq, _ in await log(archive, "kitchen", after=2, up_to=5)] == [3, 4, 5]
    assert [seq for seq, _ in await log(archive, "kitchen", after=2, limit=2)] == [3, 4]
    assert await log(archive, "kitchen", after=7) == []


async def test_those_who_catch_up_read_about_a_megabyte_at_once_and_at_least_one_event(archive):
    for n in range(4):
        await archive.appends("garden", f"{n}" * (READ_BYTES * 2 // 3), key=f"{n}")
    await archive.appends("garden", "x" * (2 * READ_BYTES), key="x")

    async def read(after):
        told = asyncio.get_running_loop().create_future()
        JournalReader(archive.database).read("garden", after, 5, told.set_result)
        return [seq for seq, _ in await told]

    assert await read(0) == [1, 2]
    assert await read(4) == [5]


async def test_a_reader_who_cannot_wait_is_called(archive):
    await archive.appends("kitchen", "one")
    told = asyncio.get_running_loop().create_future()

    JournalReader(archive.database).read("kitchen", 0, 1, told.set_result)

    assert [seq for seq, _ in await told] == [1]


async def test_redaction_takes_the_words_out_of_the_message_and_its_edits(archive):
    await archive.appends("kitchen", "keep")
    await archive.appends("kitchen", "secret", key="k")
    edit = Draft("kitchen", "message.edited", ADA, {"target": 2, "text": "secret too", "mentions": ["x"]}, target=2)
    await archive.database.write(lambda transaction: archive.journal.append(transaction, edit))
    await archive.database.write(lambda transaction: redact(transaction, "kitchen", 2))

    first, message, edited = [json.loads(body) for _, body in await log(archive, "kitchen")]
    assert (first["text"], "redacted" in first) == ("keep", False)
    assert (message["seq"], message["key"], message["redacted"]) == (2, "k", True)
    assert (edited["target"], edited["redacted"]) == (2, True)
    assert not {"text", "mentions"} & (message.keys() | edited.keys())


async def test_the_epoch_is_made_once(archive):
    first = await archive.database.write(epoch_of)

    assert await archive.database.write(epoch_of) == first
    assert first
