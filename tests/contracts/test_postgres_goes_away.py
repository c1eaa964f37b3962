"""PostgreSQL is killed, stands still, or loses a node: sends are refused and never wrongly acknowledged, and all goes on by itself."""

import asyncio
import json
import threading

import psycopg
import pytest
from postgres_nodes import log_of, nodes_on, together

from hubbub.database.patient_connection import PatientConnection
from hubbub.errors import Unavailable

pytestmark = pytest.mark.anyio


async def until(is_so):
    """Wait for what comes by itself, and soon."""
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.02)


async def a_room(node):
    ada = await node.accounts.add_user("ada")
    return ada, (await node.rooms.create(ada, "private", "kitchen")).room.id


async def test_what_was_acknowledged_is_there_when_postgresql_is_killed_in_a_burst(own_postgres, tmp_path):
    async with nodes_on(own_postgres.make_database(), tmp_path) as nodes:
        ada, room = await a_room(nodes[0])

        async def post(node, number):
            try:
                return number, await node.messages.post_message(ada, room, key=f"{number}", text=f"{number}")
            except Unavailable:
                return number, None

        async def post_until_kept(node, number):
            while (kept := await post(node, number))[1] is None:
                # A node that did nothing meanwhile may only now have found its connection gone.
                await until(lambda: node.database.is_healthy)
            return kept

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


async def test_a_server_that_stands_still_is_not_waited_for(own_postgres, tmp_path, monkeypatch):
    async with nodes_on(own_postgres.make_database() + "?connect_timeout=2", tmp_path, count=1) as [node]:
        ada, room = await a_room(node)
        own_postgres.pause()

        with monkeypatch.context() as short_of_patience:
            short_of_patience.setattr(PatientConnection, "patience_seconds", property(lambda self: 0.5, lambda self, seconds: None))
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
