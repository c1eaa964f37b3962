"""Nodes, Redis and PostgreSQL die, stand still or are cut off in the middle of everything; no promise is weaker than on one node."""

import asyncio
import os
import random
import re
import time

import httpx2
import pytest

from faulty_wire import FaultyWire
from hubbub.database import postgres as limits
from hubbub.settings import Settings
from nodes import FAULTY_BUS, a_crowd_across
from postgres_instance import PostgresInstance
from redis_instance import RedisInstance, redis_binary

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

ROUNDS = int(os.environ.get("HUBBUB_FAULT_ROUNDS", "1"))
"""With more of them, the same for longer, by hand."""
DRAIN_SECONDS = 60
"""Far more than it takes, so that a busy machine changes nothing."""
PAUSE_SECONDS = 15
"""Longer than a node that stands still may keep a room, and longer than a server's silence is borne."""


@pytest.fixture
def seed():
    seed = int(os.environ.get("HUBBUB_FAULT_SEED", time.time_ns() % 1_000_000))
    print(f"HUBBUB_FAULT_SEED={seed} plays this again")
    return seed


@pytest.fixture
def own_redis():
    """A Redis for one test, which may stop it."""
    if redis_binary() is None:
        pytest.skip("This test needs Redis. Get it with: apt-get install redis-server")
    with RedisInstance() as redis:
        yield redis


async def all_connected(crowd):
    await crowd.scene.progress.until(lambda: all(client.is_connected for client in crowd.steady))


async def test_nodes_are_killed_one_after_the_other(tmp_path, postgres_url, redis_url, seed):
    moments = random.Random(seed)
    async with a_crowd_across(tmp_path, seed, nodes=3, database=postgres_url, bus=redis_url, replay_limit=50) as (crowd, nodes):
        for _ in range(ROUNDS):
            for node in nodes:
                await crowd.acknowledges(moments.randint(20, 300))
                await node.kill()
                await crowd.acknowledges(moments.randint(1, 100))
                await node.start()
        await crowd.acknowledges(100)
    assert sum(reader.was_behind for reader in crowd.readers) > 0, "nobody was ever told behind"


async def test_nodes_are_restarted_one_after_the_other(tmp_path, postgres_url, redis_url, seed):
    across = a_crowd_across(tmp_path, seed, nodes=2, database=postgres_url, bus=redis_url, drain_seconds=DRAIN_SECONDS)
    async with across as (crowd, nodes):
        for node in nodes * ROUNDS:
            await all_connected(crowd)
            await crowd.acknowledges(100)
            await everybody_moves_away_from(node, crowd)
            await crowd.acknowledges(100)
            await node.start()
        await crowd.acknowledges(100)
    for client in crowd.steady:
        # Sent away in good order each time, and never cut off.
        assert client.close_codes == [1012] * len(client.byes), client.name
        assert set(client.byes) == {"restart"}, client.name
    for node in nodes:
        # A busy machine may have something to complain of, but nothing goes wrong.
        said = node.log_file.read_text()
        assert not re.search(r"Traceback|ERROR|CRITICAL|a fault of ours|never awaited|never retrieved", said), said


async def everybody_moves_away_from(node, crowd):
    """Stop a node in good order: within the drain time it has ended, and whoever was on it is elsewhere."""
    movers = [client for client in crowd.steady if client.port == node.port]
    before = {client: len(client.byes) for client in movers}
    async with asyncio.timeout(DRAIN_SECONDS):
        assert await node.stop(within=DRAIN_SECONDS) == 0
        await crowd.scene.progress.until(lambda: all(client.is_connected and client.port != node.port for client in crowd.steady))
    assert {client: len(client.byes) for client in movers} == {client: times + 1 for client, times in before.items()}
    # One after the other, and all of them within the time that a node takes by default.
    waits = sorted(client.told_to_wait[-1] for client in movers)
    assert len(set(waits)) == len(movers) > 0
    assert waits[-1] < Settings().drain_seconds


# Nodes and PostgreSQL are killed under three nodes, Redis under two: each under both would take a minute more.


async def test_the_database_is_killed_and_started_again(tmp_path, own_postgres, redis_url, seed):
    database = own_postgres.make_database()
    async with a_crowd_across(tmp_path, seed, nodes=3, database=database, bus=redis_url) as (crowd, nodes):
        for _ in range(2 * ROUNDS):
            await crowd.acknowledges(200)
            await asyncio.to_thread(own_postgres.stop_immediately)
            await health_is(503, nodes)
            await asyncio.to_thread(own_postgres.start)
            await health_is(200, nodes)
            await crowd.acknowledges(200)


async def health_is(status, nodes):
    """Wait until each node says so to a balancer that asks."""
    async with httpx2.AsyncClient() as balancer, asyncio.timeout(60):
        for node in nodes:
            while (await balancer.get(f"{node.url}/health")).status_code != status:
                await asyncio.sleep(0.05)


async def test_the_bus_is_killed_and_started_again(tmp_path, postgres_url, own_redis, seed):
    async with a_crowd_across(tmp_path, seed, nodes=2, database=postgres_url, bus=own_redis.url) as (crowd, _nodes):
        for _ in range(2 * ROUNDS):
            await crowd.acknowledges(200)
            await asyncio.to_thread(own_redis.stop)
            await crowd.acknowledges(200)
            await asyncio.to_thread(own_redis.start)
            await crowd.acknowledges(200)


async def test_the_bus_swallows_everything_and_comes_back(tmp_path, postgres_url, own_redis, seed):
    with FaultyWire(own_redis.port) as wire:
        bus = f"redis://127.0.0.1:{wire.port}"
        async with a_crowd_across(tmp_path, seed, nodes=2, database=postgres_url, bus=bus) as (crowd, _nodes):
            for _ in range(ROUNDS):
                await crowd.acknowledges(200)
                wire.swallows()
                await crowd.acknowledges(500)
                await everybody_hears(crowd)
                wire.flows()
                await crowd.acknowledges(200)


async def test_the_bus_drops_doubles_and_shuffles(tmp_path, postgres_url, redis_url, seed):
    across = a_crowd_across(tmp_path, seed, nodes=3, database=postgres_url, bus=redis_url, program=FAULTY_BUS)
    async with across as (crowd, _nodes):
        await crowd.acknowledges(1500 * ROUNDS)


async def test_without_a_bus_the_nodes_still_agree(tmp_path, postgres_url, seed):
    async with a_crowd_across(tmp_path, seed, nodes=2, database=postgres_url, bus=None) as (crowd, _nodes):
        await crowd.acknowledges(500 * ROUNDS)
        await everybody_hears(crowd)


@pytest.fixture
def strict_postgres():
    """A PostgreSQL without limits of its own, so that the nodes' count, as they do in earnest."""
    instance = PostgresInstance(is_patient=False)
    yield instance.start()
    instance.remove()


async def test_a_node_stands_still_for_a_while(tmp_path, strict_postgres, redis_url, seed):
    assert PAUSE_SECONDS > limits.STATEMENT_SECONDS + limits.GRACE_SECONDS > limits.IDLE_SECONDS
    database = strict_postgres.make_database()
    async with a_crowd_across(tmp_path, seed, nodes=2, database=database, bus=redis_url) as (crowd, nodes):
        for round in range(ROUNDS):
            node = nodes[round % len(nodes)]
            await all_connected(crowd)
            await crowd.acknowledges(100)
            node.pause()
            try:
                # It may hold rooms, so others may wait for them; nobody may wait for ever.
                await asyncio.sleep(PAUSE_SECONDS)
            finally:
                node.goes_on()
            await crowd.acknowledges(100)


async def everybody_hears(crowd):
    """Wait until every reader who stays has read on in some room, while the fault lasts."""
    steady = [reader for reader in crowd.readers if not reader.hangs_up_after]
    before = {reader: sum(reader.cursors.values()) for reader in steady}
    await crowd.scene.progress.until(lambda: all(sum(reader.cursors.values()) > before[reader] for reader in steady))
