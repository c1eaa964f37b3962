"""Two nodes write to the same rooms of one PostgreSQL at once: no hole, nothing twice, one order."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections import Counter

import psycopg
import pytest
from postgres_nodes import log_of, nodes_on, together
from sqlalchemy import select, update

from hubbub.database.advisory_locks import SCHEMA_LOCK
from hubbub.database.schema import rooms as room_rows
from hubbub.errors import Conflict
from hubbub.journal.writing import Draft
from hubbub.rooms.direct import DirectRooms

pytestmark = pytest.mark.anyio

ADA = {"id": "a" * 16, "name": "ada", "kind": "human"}


async def rooms_for(node, user, count):
    return [(await node.rooms.create(user, "private", f"room {number}")).room.id for number in range(count)]


async def test_both_post_to_the_same_rooms_and_every_room_counts_on_without_a_hole(two_nodes):
    ada = await two_nodes[0].accounts.add_user("ada")
    rooms = await rooms_for(two_nodes[0], ada, 3)
    posts = [
        node.messages.post_message(ada, rooms[number % 3], key=f"{name} {number}", text=f"{name} {number}")
        for number in range(150)
        for name, node in zip("ab", two_nodes, strict=True)
    ]
    posted = await asyncio.gather(*posts)

    assert not any(post.is_duplicate for post in posted)
    for room in rooms:
        log = await log_of(two_nodes[0], room)
        assert log == await log_of(two_nodes[1], room)
        assert [seq for seq, _ in log] == list(range(1, len(log) + 1))
        assert [json.loads(body)["seq"] for _, body in log] == [seq for seq, _ in log]
        assert {(post.seq, post.body) for post in posted if post.room_id == room} == set(log[1:])


async def test_the_same_key_from_both_at_once_makes_one_message_and_both_hear_its_seq(two_nodes):
    ada = await two_nodes[0].accounts.add_user("ada")
    [room] = await rooms_for(two_nodes[0], ada, 1)

    def posts():
        return [node.messages.post_message(ada, room, key=f"key {n}", text=f"{n}") for n in range(60) for node in two_nodes]

    posted = await asyncio.gather(*posts(), *posts())

    by_text = {}
    for post in posted:
        by_text.setdefault(json.loads(post.body)["text"], []).append(post)
    assert len(by_text) == 60
    for same in by_text.values():
        assert len({post.seq for post in same}) == 1
        assert Counter(post.is_duplicate for post in same) == {False: 1, True: 3}
    assert [seq for seq, _ in await log_of(two_nodes[1], room)] == list(range(1, 62))


async def test_what_one_node_rolls_back_leaves_no_hole_for_the_other(two_nodes):
    ada = await two_nodes[0].accounts.add_user("ada")
    [room] = await rooms_for(two_nodes[0], ada, 1)
    journal, gate = two_nodes[0]._journal, threading.Event()

    def never(transaction):
        journal.append(transaction, Draft(room, "room.changed", ADA, {"topic": "never"}))
        gate.wait(20)
        raise LookupError("never")

    failing = asyncio.ensure_future(two_nodes[0].database.write(never, rooms=(room,)))
    posting = asyncio.ensure_future(two_nodes[1].messages.post_message(ada, room, key="k", text="after all"))
    await asyncio.sleep(0)
    gate.set()

    assert isinstance((await together(failing))[0], LookupError)
    assert (await posting).seq == 2
    assert [seq for seq, _ in await log_of(two_nodes[0], room)] == [1, 2]


async def test_nodes_that_want_the_same_rooms_in_any_order_never_wait_in_a_circle(two_nodes, postgres, postgres_url):
    ada = await two_nodes[0].accounts.add_user("ada")
    rooms = await rooms_for(two_nodes[0], ada, 4)

    def in_this_order(node, wanted):
        def unit(transaction):
            for room in wanted:
                node._journal.append(transaction, Draft(room, "room.changed", ada.person(), {"topic": room}))

        return node.database.write(unit, rooms=wanted)

    def alone(node, wanted):
        def unit(transaction):
            for room in wanted:
                transaction.connection.execute(update(room_rows).where(room_rows.c.id == room).values(topic="alone"))

        return node.database.write(unit)

    work = []
    for number in range(40):
        turned = rooms[number % 4 :] + rooms[: number % 4]
        work += [in_this_order(two_nodes[0], turned), in_this_order(two_nodes[1], turned[::-1])]
        work += [alone(two_nodes[number % 2], turned[:: -1 if number % 3 else 1])] if number % 4 == 0 else []
    await asyncio.gather(*work)

    name = postgres_url.rpartition("/")[2]
    assert postgres.runs(f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{name}'") == [(0,)]
    for room in rooms:
        assert [seq for seq, _ in await log_of(two_nodes[0], room)] == list(range(1, 82))


async def test_work_that_met_another_nodes_is_done_once_more_and_takes_nobody_with_it(two_nodes):
    ada = await two_nodes[0].accounts.add_user("ada")
    [room] = await rooms_for(two_nodes[0], ada, 1)
    tries = []

    def clashing(transaction):
        tries.append(transaction)
        if len(tries) < 3:
            transaction.connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'a deadlock' USING ERRCODE = '40P01'; END $$")
        return "done"

    writes = [two_nodes[0].messages.post_message(ada, room, key=f"{n}", text=f"{n}") for n in range(5)]
    results = await asyncio.gather(*writes[:3], two_nodes[0].database.write(clashing, rooms=()), *writes[3:])

    assert results[3] == "done"
    assert len(tries) == 3
    assert [post.seq for post in results if post != "done"] == [2, 3, 4, 5, 6]
    assert two_nodes[0].database.is_healthy


async def test_of_the_last_two_owners_only_one_can_go_however_many_nodes_are_asked(two_nodes):
    owners = [await two_nodes[0].accounts.add_user(name, role="owner") for name in ("ada", "grace")]

    gone = await together(*(node.accounts.deactivate(owner.id) for node, owner in zip(two_nodes, owners, strict=True)))

    assert Counter(type(result).__name__ for result in gone) == {"User": 1, "Conflict": 1}


async def test_a_name_is_given_once(two_nodes):
    made = await together(*(node.accounts.add_user("ada") for node in two_nodes for _ in range(3)))

    assert Counter(type(result) for result in made)[Conflict] == 5
    users = await two_nodes[0].accounts.users()
    assert [user.name for user in users] == ["ada"]


async def test_the_direct_room_of_two_people_is_one_room(two_nodes):
    ada, grace = [await two_nodes[0].accounts.add_user(name) for name in ("ada", "grace")]

    doors = [DirectRooms(node.database, node._journal) for node in two_nodes]
    opened = await asyncio.gather(*(direct.open(ada, [grace.id]) for direct in doors for _ in range(2)))

    assert len({place.room.id for place, _ in opened}) == 1
    assert Counter(is_new for _, is_new in opened) == {True: 1, False: 3}


async def test_whoever_was_removed_on_one_node_posts_on_no_other(two_nodes):
    ada, grace = [await two_nodes[0].accounts.add_user(name) for name in ("ada", "grace")]
    [room] = await rooms_for(two_nodes[0], ada, 1)
    await two_nodes[0].rooms.add_member(ada, room, grace.id)

    posts = [two_nodes[1].messages.post_message(grace, room, key=f"{n}", text=f"{n}") for n in range(30)]
    results = await together(*posts, two_nodes[0].rooms.remove_member(ada, room, grace.id))

    log = [json.loads(body) for _, body in await log_of(two_nodes[0], room)]
    left = next(event["seq"] for event in log if event["type"] == "member.left")
    kept = [post.seq for post in results[:30] if not isinstance(post, Exception)]
    assert [event["seq"] for event in log if event["by"]["id"] == grace.id] == kept
    assert all(seq < left for seq in kept)


async def test_what_one_node_wrote_the_other_reads_and_goes_on_from(two_nodes):
    ada = await two_nodes[0].accounts.add_user("ada")
    [room] = await rooms_for(two_nodes[0], ada, 1)

    for number in range(10):
        post = await two_nodes[number % 2].messages.post_message(ada, room, key=f"{number}", text=f"{number}")
        assert post.seq == number + 2
        page = await two_nodes[(number + 1) % 2].messages.page(ada, room, limit=1)
        assert json.loads(page.items[0])["text"] == f"{number}"


def test_nodes_that_start_together_make_one_schema_and_one_lobby(postgres_url, tmp_path):
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from hubbub import Hubbub, Settings\n"
        "async def start():\n"
        "    async with Hubbub(Settings(database=sys.argv[1], data=Path(sys.argv[2]))).lifespan(): pass\n"
        "asyncio.run(start())\n"
    )
    with psycopg.connect(postgres_url, autocommit=True) as gate:
        gate.execute(f"SELECT pg_advisory_lock({SCHEMA_LOCK})")
        starting = [
            subprocess.Popen([sys.executable, "-c", program, postgres_url, str(tmp_path / name)], stderr=subprocess.PIPE, text=True)
            for name in ("one", "two", "three")
        ]
        while gate.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone() != (3,):
            assert all(process.poll() is None for process in starting), "One did not wait for the others"
            time.sleep(0.05)
    said = [process.communicate(timeout=60)[1] for process in starting]

    assert [process.returncode for process in starting] == [0, 0, 0], said

    async def lobbies():
        async with nodes_on(postgres_url, tmp_path, count=1) as [chat]:
            return await chat.database.read(lambda connection: connection.execute(select(room_rows.c.name)).scalars().all())

    assert asyncio.run(lobbies()) == ["lobby"]
