"""What speed comes from, as counts that are the same on every machine: frames, writes, statements, tasks, bytes."""

import asyncio
import gc
import os
import tracemalloc

import pytest
from raw_members import members
from sqlalchemy import Engine, event

from hubbub.database.writer import Writer
from hubbub.journal import writing
from hubbub.messages import actions, store
from hubbub.protocol import events
from hubbub.server import protocol

pytestmark = pytest.mark.anyio

MEMBERS = 20
IDLE = 200
LARGEST_SESSION = 8 * 1024


def counted(monkeypatch, owner, name):
    """What `owner.name` is called with from now on."""
    real, calls = getattr(owner, name), []

    def counting(*arguments, **options):
        calls.append(arguments)
        return real(*arguments, **options)

    monkeypatch.setattr(owner, name, counting)
    return calls


@pytest.fixture
def statements():
    """Every statement that a connection opened from now on runs, as SQLite itself sees it."""
    seen = []

    def watch(connection, _record):
        connection.set_trace_callback(seen.append)

    event.listen(Engine, "connect", watch)
    yield seen
    event.remove(Engine, "connect", watch)


async def crowd(stage, count):
    return [await stage.has(f"member {number}") for number in range(count)]


async def post(stage, person, text, key):
    user = await stage.chat.user(person.id)
    return await stage.chat.messages.post_message(user, await stage.chat.room_id("lobby"), key=key, text=text)


async def test_a_message_is_encoded_once_and_framed_once_however_many_get_it(stage, monkeypatch):
    people = await crowd(stage, MEMBERS)
    async with members(stage, people) as everybody:
        encoded = counted(monkeypatch, writing, "encode_event")
        framed = counted(monkeypatch, protocol, "text_frame")
        for number in range(3):
            await post(stage, people[0], f"message {number}", f"key {number}")
        for member in everybody:
            await member.hears(b'"key":"key 2"}')
    assert len(encoded) == 3
    assert len(framed) == 3


async def test_what_is_committed_together_is_one_write_to_each_member(stage, monkeypatch):
    people = await crowd(stage, MEMBERS)
    async with members(stage, people) as everybody:
        commits = counted(monkeypatch, Writer, "_commit")
        writes = counted_writes(monkeypatch, stage)
        await asyncio.gather(*(post(stage, people[number], f"message {number}", f"key {number}") for number in range(MEMBERS)))
        for member in everybody:
            for _ in range(MEMBERS):
                await member.hears(b'"type":"message.created"')
    # The commits meet in a flush, or are a flush each; never is one of them two.
    assert MEMBERS <= len(writes) <= MEMBERS * len([batch for _, batch in commits if batch])
    assert len(writes) < MEMBERS * MEMBERS


async def test_who_sends_gets_the_answer_and_the_message_in_one_write(stage, monkeypatch):
    people = await crowd(stage, 2)
    async with members(stage, people) as (sender, other):
        writes = counted_writes(monkeypatch, stage)
        await sender.says(type="send", id=2, room=await stage.chat.room_id("lobby"), key="key", text="hi")
        await other.hears(b'"key":"key"}')
        assert b'"ok","id":2' in await sender.hears(b'"key":"key"}')
    assert sorted(writes) == sorted(person.id for person in people)


def counted_writes(monkeypatch, stage):
    """Who is written to from now on, once for each write that reaches the kernel."""
    ids = {session.connection._wire.descriptor: session.user.id for session in stage.chat.hub.sessions()}
    assert -1 not in ids
    real, written = os.write, []

    def counting(descriptor, data):
        if descriptor in ids:
            written.append(ids[descriptor])
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", counting)
    return written


async def test_the_sends_of_one_turn_go_into_one_transaction(stage, monkeypatch):
    people = await crowd(stage, MEMBERS)
    users = [await stage.chat.user(person.id) for person in people]
    lobby = await stage.chat.room_id("lobby")
    commits = counted(monkeypatch, Writer, "_commit")
    await asyncio.gather(*(stage.chat.messages.post_message(user, lobby, key=user.id, text="hi") for user in users))
    assert [len(batch) for _, batch in commits] == [MEMBERS]


async def test_a_crowd_of_messages_takes_as_many_executions_as_one(stage, monkeypatch):
    people = await crowd(stage, MEMBERS)
    users = [await stage.chat.user(person.id) for person in people]
    lobby = await stage.chat.room_id("lobby")
    await stage.chat.features.stop()  # they follow in their own time, with statements of their own
    runs = [counted(monkeypatch, module, "run_many") for module in (writing, store)]
    questions = [counted(monkeypatch, actions, "enter"), counted(monkeypatch, store, "fetch")]
    for count in (1, MEMBERS):
        sends = [stage.chat.messages.post_message(user, lobby, key=f"{count} {user.id}", text="hi") for user in users[:count]]
        await asyncio.gather(*sends)
        # The events, where the room ends, and how far each has read by posting.
        assert [len(rows) for calls in runs for _, _, rows in calls] == [count, 1, count]
        for calls in runs:
            calls.clear()
    assert questions == [[], []]


async def test_coming_back_takes_the_same_statements_for_two_rooms_as_for_many(statements, stage):
    people = await crowd(stage, 2)
    await stage.chat.features.stop()  # they follow in their own time, with statements of their own
    taken = []
    for person, count in zip(people, (1, 60), strict=True):
        rooms = [await person.asks("POST", "rooms", json={"kind": "private", "name": f"room {number}"}) for number in range(count)]
        statements.clear()
        async with members(stage, [person], cursors={room["id"]: room["last_seq"] for room in rooms}):
            # A reader's thread that is new opens its connection first, which is no question.
            taken.append([statement for statement in statements if " FROM " in statement])
    assert len(taken[0]) == len(taken[1]) <= 3


async def test_those_who_come_back_together_share_what_is_read_for_them(statements, stage):
    people = await crowd(stage, MEMBERS)
    lobby = await stage.chat.room_id("lobby")
    before = (await people[0].asks("GET", f"rooms/{lobby}"))["last_seq"]
    for number in range(30):
        await post(stage, people[0], f"message {number}", f"key {number}")
    async with members(stage, people, cursors={lobby: before}) as everybody:
        for member in everybody:
            await member.hears(b'"key":"key 29"}')
        reads = [statement for statement in statements if statement.startswith("SELECT seq, body FROM events")]
    assert len(reads) <= MEMBERS


async def test_an_idle_member_has_no_task(stage):
    people = await crowd(stage, MEMBERS)
    async with members(stage, people[:1]):
        before = len(asyncio.all_tasks())
        async with members(stage, people[1:]):
            await asyncio.sleep(0)  # the task that welcomed the last one ends
            assert len(stage.chat.hub.sessions()) == MEMBERS
            assert len(asyncio.all_tasks()) == before


async def test_an_idle_member_takes_less_than_8_kilobytes(stage):
    people = await crowd(stage, 10)
    async with members(stage, people * 2):
        pass  # what is made once was made
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        async with members(stage, people * (IDLE // len(people))) as everybody:
            gc.collect()
            after, _ = tracemalloc.get_traced_memory()
            assert len(everybody) == IDLE
    finally:
        tracemalloc.stop()
    assert (after - before) / IDLE < LARGEST_SESSION


async def test_the_bytes_of_the_log_are_those_of_the_wire_and_of_the_page(stage, monkeypatch):
    people = await crowd(stage, 2)
    lobby = await stage.chat.room_id("lobby")
    encoded = counted(monkeypatch, events, "to_json")
    async with members(stage, people) as everybody:
        posted = await post(stage, people[0], "hi", "key")
        heard = await everybody[1].hears(b'"key":"key"}')
    assert posted.body in heard
    assert len(encoded) == 1
    page = await people[1].browser.get(f"rooms/{lobby}/messages")
    assert posted.body in page.content
    assert len(encoded) == 1
