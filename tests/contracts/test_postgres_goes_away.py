"""PostgreSQL is killed, stands still, or loses a node: sends are refused and never wrongly acknowledged, and all goes on by itself."""

import asyncio
import json
import threading
import time

import psycopg
import pytest
from postgres_nodes import log_of, nodes_on, together

from hubbub.database.advisory_locks import WRITING_LOCK
from hubbub.database.patient_connection import PatientConnection
from hubbub.errors import Unavailable
from hubbub.journal import following, horizon
from several_nodes import stage_across

pytestmark = pytest.mark.anyio


async def until(is_so):
    """Wait for what comes by itself, and soon."""
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.02)


@pytest.fixture
def short_patience(monkeypatch):
    """For how many seconds a silence of the server is borne, by whoever connects from now on."""
    monkeypatch.setattr(PatientConnection, "patience_seconds", property(lambda self: 3.0, lambda self, seconds: None))
    return 3.0


async def a_room(node):
    ada = await node.accounts.add_user("ada")
    return ada, (await node.rooms.create(ada, "private", "kitchen")).room.id


def posting_in(room, user):
    """Post a numbered message on a node: once, or as clients do until it is kept. The number, and what was answered."""

    async def post(node, number):
        try:
            return number, await node.messages.post_message(user, room, key=f"{number}", text=f"{number}")
        except Unavailable:
            return number, None

    async def post_until_kept(node, number):
        while (kept := await post(node, number))[1] is None:
            # A node that did nothing meanwhile may only now have found its connection gone.
            await until(lambda: node.database.is_healthy)
        return kept

    return post, post_until_kept


async def test_what_was_acknowledged_is_there_when_postgresql_is_killed_in_a_burst(own_postgres, tmp_path):
    async with nodes_on(own_postgres.make_database(), tmp_path) as nodes:
        ada, room = await a_room(nodes[0])

        post, post_until_kept = posting_in(room, ada)
        posting = [asyncio.ensure_future(post(nodes[number % 2], number)) for number in range(400)]
        await asyncio.wait(posting, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(own_postgres.stop_immediately)
        first = dict(await asyncio.gather(*posting))
        # Whatever became of those without an answer: the same key tells, on any node.
        await asyncio.to_thread(own_postgres.start)
        await until(lambda: all(node.database.is_healthy for node in nodes))
        again = dict(await asyncio.gather(*(post_until_kept(nodes[(number + 1) % 2], number) for number in range(400))))

        log = await log_of(nodes[0], room)
        assert [seq for seq, _ in log] == list(range(1, 402))
        said = {json.loads(body)["text"]: seq for seq, body in log[1:]}
        assert said == {f"{number}": posted.seq for number, posted in again.items()}
        assert all(posted.seq == said[f"{number}"] for number, posted in first.items() if posted)


async def test_while_it_is_away_everybody_is_told_and_then_it_goes_on(own_postgres, tmp_path):
    async with nodes_on(own_postgres.make_database(), tmp_path, count=1) as [node]:
        ada, room = await a_room(node)
        await asyncio.to_thread(own_postgres.stop_immediately)

        # Without anybody's asking, so that /health says so.
        await until(lambda: not node.database.is_healthy)
        sending = node.messages.post_message(ada, room, key="k", text="hi")
        for refused in await together(sending, node.messages.page(ada, room, limit=1), node.rooms.all_places(ada)):
            assert isinstance(refused, Unavailable)
            assert refused.retry_after
            assert str(own_postgres.port) not in refused.message, "Nobody needs to know where the database is"

        await asyncio.to_thread(own_postgres.start)
        await until(lambda: node.database.is_healthy)
        assert (await node.messages.page(ada, room, limit=1)).items == []
        assert (await node.messages.post_message(ada, room, key="k", text="hi")).seq == 2


async def test_those_who_wait_behind_each_other_wait_for_one_silence_and_not_for_one_each(short_patience, own_postgres, tmp_path):
    async with nodes_on(own_postgres.make_database() + "?connect_timeout=4", tmp_path, count=1) as [node]:
        ada, room = await a_room(node)
        own_postgres.pause()

        async def refusals():
            """Some who write, of whom each would have a transaction of its own, and some who read; how long the last one waited."""
            writes = [node.accounts.create_token(ada, f"token {number}") for number in range(4)]
            reads = [node.rooms.all_places(ada) for _ in range(12)]
            began = time.monotonic()
            refused = await together(*writes, *reads)
            assert {type(refusal) for refusal in refused} == {Unavailable}
            assert all(refusal.retry_after for refusal in refused)
            return time.monotonic() - began

        # Those who wait for an answer, and then those who wait to get in.
        assert await refusals() < short_patience + 3
        assert await refusals() < 4 + 3
        own_postgres.goes_on()
        await until(lambda: node.database.is_healthy)
        assert (await node.messages.post_message(ada, room, key="k", text="hi")).seq == 2


async def test_goodbyes_are_said_in_time_though_nothing_can_be_finished(own_postgres, tmp_path):
    async with stage_across(tmp_path, nodes=1, database=own_postgres.make_database(), drain_seconds=5) as stage:
        ada = await stage.enters("ada")
        await ada.posts("hello")
        user, lobby = await stage.chat.user("ada"), await stage.chat.room_id("lobby")
        own_postgres.pause()
        sending = asyncio.ensure_future(stage.chat.messages.post_message(user, lobby, key="k", text="anybody?"))
        await asyncio.sleep(0)
        async with asyncio.timeout(stage.chat.settings.drain_seconds):
            await stage.chat.drain()
            assert (await ada.hears("bye", reason="restart"))["retry_after"]
            assert (await ada.is_shown_out()).code == 1012
        own_postgres.goes_on()
        await together(sending)


async def test_what_a_crash_took_back_is_not_passed_over_when_it_is_given_again(own_postgres, tmp_path, monkeypatch):
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.02)
    looks, look = [], horizon.Horizon.settled

    async def settled(self):
        looks.append(await look(self))
        return looks[-1]

    def last_id():
        return own_postgres.runs("SELECT last_value FROM events_id_seq", url.rpartition("/")[2])[0][0]

    async def a_few_looks():
        before = len(looks)
        await until(lambda: len(looks) >= before + 3)

    monkeypatch.setattr(horizon.Horizon, "settled", settled)
    url, heard = own_postgres.make_database(), []
    async with nodes_on(url, tmp_path, count=1, prepare=lambda chat: chat.on("message.created", name="h")(heard.append)) as [node]:
        ada, room = await a_room(node)
        await node.messages.post_message(ada, room, key="0", text="0")
        await until(lambda: len(heard) == 1)
        _, post_until_kept = posting_in(room, ada)
        await node.features.stop()  # a commit of theirs would keep the ids

        # Another node has written a lot, and has not committed it, when the server is killed: its ids are taken back, unless
        # PostgreSQL wrote them down of its own accord meanwhile. All that follows holds in either case.
        other = await asyncio.to_thread(psycopg.connect, url)
        other.execute(f"SELECT pg_advisory_xact_lock_shared({WRITING_LOCK}), nextval('events_id_seq') FROM generate_series(1, 200)")
        await a_few_looks()
        await asyncio.to_thread(own_postgres.stop_immediately)
        other.close()
        await asyncio.to_thread(own_postgres.start)
        await a_few_looks()
        await until(lambda: node.database.is_healthy)

        for number in range(1, 6):
            await post_until_kept(node, number)
        await until(lambda: len(heard) >= 6)
        assert [event.text for event in heard] == ["0", "1", "2", "3", "4", "5"]
        assert max(looks) <= last_id()


async def test_a_server_that_stands_still_is_not_waited_for(short_patience, own_postgres, tmp_path):
    async with nodes_on(own_postgres.make_database() + "?connect_timeout=2", tmp_path, count=1) as [node]:
        ada, room = await a_room(node)
        own_postgres.pause()

        sending = node.messages.post_message(ada, room, key="k", text="hi")
        for refused in await together(sending, node.messages.page(ada, room, limit=1)):
            assert isinstance(refused, Unavailable)
        assert not node.database.is_healthy

        own_postgres.goes_on()
        await until(lambda: node.database.is_healthy)
        assert (await node.messages.post_message(ada, room, key="k", text="hi")).seq == 2
        # Those who read knock again a second after they were not let in.
        while isinstance((log := (await together(log_of(node, room)))[0]), Unavailable):
            await asyncio.sleep(0.1)
        assert [seq for seq, _ in log] == [1, 2]


async def test_a_node_that_stands_still_in_a_room_does_not_keep_it(postgres_url, tmp_path):
    async with nodes_on(postgres_url, tmp_path) as [frozen, other]:
        ada, room = await a_room(frozen)
        holds, gate = threading.Event(), threading.Event()

        def standing_still(transaction):
            patience = "idle_in_transaction_session_timeout"
            transaction.connection.exec_driver_sql(f"SET {patience} = '300ms'")
            frozen.messages.post_all(transaction, [frozen.messages.draft(ada, room, key="never", text="never")])
            holds.set()
            gate.wait(60)

        standing = asyncio.ensure_future(frozen.database.write(standing_still, rooms=(room,)))
        await asyncio.to_thread(holds.wait, 60)

        assert (await other.messages.post_message(ada, room, key="k", text="hi")).seq == 2
        gate.set()
        assert isinstance((await together(standing))[0], Unavailable)
        await until(lambda: frozen.database.is_healthy)
        assert (await frozen.messages.post_message(ada, room, key="l", text="hello")).seq == 3


async def test_readers_whose_connections_were_cut_notice_nothing(postgres, postgres_url, tmp_path):
    async with nodes_on(postgres_url, tmp_path, count=1) as [node]:
        ada, room = await a_room(node)
        await asyncio.gather(*(node.messages.page(ada, room, limit=1) for _ in range(8)))
        with psycopg.connect(postgres_url, autocommit=True) as operator:
            operator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

        pages = await asyncio.gather(*(node.messages.page(ada, room, limit=1) for _ in range(8)))
        assert [page.items for page in pages] == [[]] * 8
