"""`@chat.on` on several nodes: one of them runs a handler for an event, and when it dies another one goes on."""

import asyncio
import threading
from collections import Counter
from itertools import count

import psycopg
import pytest
from postgres_nodes import nodes_on

from hubbub.database import Database
from hubbub.database.leases import lease_number
from hubbub.journal.horizon import Horizon

pytestmark = pytest.mark.anyio


class Heard:
    """What the handler of each node heard, in order."""

    def __init__(self):
        self.by_node = {}
        self.order = []
        self.standstill = None
        """After so many, whoever heard them stands still in its handler until it `goes_on`."""
        self.goes_on = asyncio.Event()
        self._numbers = count()

    def listens(self, chat):
        name = f"node-{next(self._numbers)}"
        self.by_node[name] = []

        async def hear(event):
            self.by_node[name].append((event.room, event.text))
            self.order.append((event.room, event.seq))
            if len(self.order) == self.standstill:
                await self.goes_on.wait()

        chat.on("message.created", name="hear")(hear)

    async def hears(self, number):
        async with asyncio.timeout(60):
            while len(set(self.order)) < number:
                await asyncio.sleep(0.02)


def end_the_session_with_the_lease(url):
    """End the one session that holds the handler's lease. Both nodes hold leases; what else they are for is nothing to the handler."""
    with psycopg.connect(url, autocommit=True) as operator:
        holders = operator.execute(
            "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted "
            "AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND (classid::bigint << 32 | objid::bigint) = %s",
            (lease_number("handler message.created hear"),),
        ).fetchall()
        assert len(holders) == 1
        operator.execute("SELECT pg_terminate_backend(%s)", holders[0])


async def a_room(node, name="kitchen"):
    ada = await node.accounts.user_by_name("ada") or await node.accounts.add_user("ada")
    return ada, (await node.rooms.create(ada, "private", name)).room.id


async def posts(node, ada, room, numbers):
    await asyncio.gather(*(node.messages.post_message(ada, room, key=f"{n}", text=f"{n}") for n in numbers))


async def test_one_node_hears_every_event_once_and_each_room_in_order(postgres_url, tmp_path):
    heard = Heard()
    async with nodes_on(postgres_url, tmp_path, prepare=heard.listens) as nodes:
        ada, kitchen = await a_room(nodes[0])
        _, garden = await a_room(nodes[0], "garden")
        shares = zip(nodes, (range(60), range(60, 120)), strict=True)
        await asyncio.gather(*(posts(node, ada, room, share) for node, share in shares for room in (kitchen, garden)))
        await heard.hears(240)

    assert Counter(heard.order) == {(room, seq): 1 for room in (kitchen, garden) for seq in range(2, 122)}
    for room in (kitchen, garden):
        assert [seq for where, seq in heard.order if where == room] == list(range(2, 122))
    assert sorted(len(texts) for texts in heard.by_node.values()) == [0, 240]


async def test_when_a_node_stops_the_other_goes_on_from_its_place(postgres_url, tmp_path):
    heard = Heard()
    async with nodes_on(postgres_url, tmp_path / "staying", count=1) as [poster]:
        ada, room = await a_room(poster)
        async with nodes_on(postgres_url, tmp_path / "going", count=1, prepare=heard.listens):
            await posts(poster, ada, room, range(20))
            await heard.hears(20)
        await posts(poster, ada, room, range(20, 40))
        async with nodes_on(postgres_url, tmp_path / "coming", count=1, prepare=heard.listens):
            await heard.hears(40)

    assert [seq for _, seq in heard.order] == list(range(2, 42))
    assert [len(texts) for texts in heard.by_node.values()] == [20, 20]


async def test_when_a_node_loses_its_lease_nothing_goes_unheard(postgres_url, tmp_path):
    heard = Heard()
    async with nodes_on(postgres_url, tmp_path, prepare=heard.listens) as nodes:
        ada, room = await a_room(nodes[0])
        await posts(nodes[0], ada, room, range(10))
        await heard.hears(10)
        end_the_session_with_the_lease(postgres_url)
        await posts(nodes[1], ada, room, range(10, 30))
        await heard.hears(30)

    assert {seq for _, seq in heard.order} == set(range(2, 32))


async def test_a_node_that_lost_its_lease_leaves_its_backlog_to_the_other(postgres_url, tmp_path):
    heard = Heard()
    heard.standstill = 5
    async with nodes_on(postgres_url, tmp_path, prepare=heard.listens) as nodes:
        ada, room = await a_room(nodes[0])
        await posts(nodes[0], ada, room, range(300))
        await heard.hears(5)
        [loser] = [name for name, texts in heard.by_node.items() if texts]
        end_the_session_with_the_lease(postgres_url)
        # The other one has all of them before the one that stood still looks around.
        await heard.hears(300)
        heard.goes_on.set()
        await posts(nodes[0], ada, room, range(300, 310))
        await heard.hears(310)

    took_over = next(texts for name, texts in heard.by_node.items() if name != loser)
    again = set(heard.by_node[loser]) & set(took_over)
    assert len(heard.by_node[loser]) == 5, "what was under way, and nothing after it"
    assert len(took_over) == len(set(took_over)) == 310 - 5 + len(again)


async def test_what_is_committed_behind_a_greater_id_is_heard_too(postgres_url, tmp_path):
    heard = Heard()
    async with nodes_on(postgres_url, tmp_path, prepare=heard.listens) as [slow, quick]:
        ada, kitchen = await a_room(slow)
        _, garden = await a_room(slow, "garden")
        has_id, gate = threading.Event(), threading.Event()

        def slowly(transaction):
            slow.messages.post_all(transaction, [slow.messages.draft(ada, kitchen, key="slow", text="slow")])
            has_id.set()
            gate.wait(60)

        writing = asyncio.ensure_future(slow.database.write(slowly, rooms=(kitchen,)))
        await asyncio.to_thread(has_id.wait, 60)
        await quick.messages.post_message(ada, garden, key="quick", text="quick")
        horizon, settled = Horizon(quick.database), []
        for _ in range(3):
            settled.append(await horizon.settled())
        assert horizon.is_waiting
        gate.set()
        await writing
        await heard.hears(2)

    assert settled == [0, 0, 0]
    assert [text for texts in heard.by_node.values() for _, text in texts] == ["slow", "quick"]


async def test_no_id_is_settled_before_it_was_given(postgres_url):
    database = Database(postgres_url)
    await database.open(lambda events: None)
    assert await Horizon(database).settled() == 0
    await database.close()
