"""ConnectionManagers that reach each other through Redis, as in several workers: each here with a server of its own."""

import asyncio
import contextlib
import sys
import threading

import pytest
from manager_stage import Chat, hears, running
from websockets.asyncio.client import connect

from hubbub import ConnectionManager
from hubbub.errors import StartupError
from redis_instance import RedisInstance, redis_binary

pytestmark = pytest.mark.anyio


@pytest.fixture
async def worker():
    """Starts workers: a manager on a bus, and a server with an app on it."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(url, **options):
            manager = ConnectionManager(url, **options)
            stack.callback(manager.close)
            server = await stack.enter_async_context(running(Chat(manager).app, "hubbub.server:Protocol"))

            async def client(name, group=None):
                query = f"?group={group}" if group else ""
                before = len(manager.active_connections)
                opened = await stack.enter_async_context(connect(server.url(f"/ws/{name}{query}"), ping_interval=None))
                await is_reachable(manager, before + 1, group)
                return opened

            manager.client = client
            return manager

        yield start


async def is_reachable(manager, connections, group):
    """Wait until so many are connected, and the manager hears what is said to the group and to all."""
    relay = manager._relay
    async with asyncio.timeout(60):
        while len(manager.active_connections) < connections or not {relay._channel(None), relay._channel(group)} <= relay._attached:
            await asyncio.sleep(0.01)


async def test_a_broadcast_reaches_the_connections_of_every_worker_each_once_in_order(worker, redis_url):
    ours, theirs = await worker(redis_url, name="order"), await worker(redis_url, name="order")
    here, there = await ours.client("ada"), await theirs.client("grace")
    said = [f"message {number}" for number in range(50)]
    for text in said:
        await ours.broadcast(text)
    assert await hears(here, 50) == await hears(there, 50) == said
    await theirs.broadcast("the end")
    assert await hears(here) == await hears(there) == ["the end"]


async def test_text_bytes_and_json_arrive_as_they_were_sent(worker, redis_url):
    ours, theirs = await worker(redis_url, name="kinds"), await worker(redis_url, name="kinds")
    there = await theirs.client("grace")
    await ours.client("ada")
    await ours.broadcast("grüße \N{FISH}")
    await ours.broadcast_bytes(b"\x00\xff")
    await ours.broadcast_json({"n": [1, None]})
    assert await hears(there, 3) == ["grüße \N{FISH}", b"\x00\xff", '{"n":[1,null]}']


async def test_a_group_is_one_group_on_all_workers(worker, redis_url):
    ours, theirs = await worker(redis_url, name="groups"), await worker(redis_url, name="groups")
    cook, gardener = await theirs.client("cook", "kitchen"), await theirs.client("gardener", "garden")
    await ours.client("ada")
    await ours.broadcast("soup", group="kitchen")
    await ours.broadcast("roses", group="garden")
    await ours.broadcast("everybody")
    assert await hears(cook, 2) == ["soup", "everybody"]
    assert await hears(gardener, 2) == ["roses", "everybody"]


async def test_managers_of_another_name_hear_nothing(worker, redis_url):
    ours, same, other = [await worker(redis_url, name=name) for name in ("one", "one", "two")]
    here, elsewhere = await same.client("ada"), await other.client("grace")
    await ours.broadcast("for one")
    assert await hears(here) == ["for one"]
    await other.broadcast("for two")
    assert await hears(elsewhere) == ["for two"]


async def test_the_first_thing_that_a_worker_publishes_arrives_though_it_has_no_connections(worker, redis_url):
    theirs, ours = await worker(redis_url, name="first"), ConnectionManager(redis_url, name="first")
    there = await theirs.client("grace")
    thread = threading.Thread(target=ours.publish, args=("from a thread",))
    thread.start()
    thread.join()
    assert await hears(there) == ["from a thread"]
    ours.close()


async def test_a_group_that_nobody_is_in_any_more_is_not_listened_to(worker, redis_url):
    manager = await worker(redis_url, name="leaving")
    client = await manager.client("ada", "kitchen")
    channel = manager._relay._channel("kitchen")
    assert channel in manager._relay._attached
    await client.close()
    async with asyncio.timeout(30):
        while channel in manager._relay._attached:
            await asyncio.sleep(0.01)
    assert not manager._groups


async def test_while_redis_is_away_the_own_process_is_served_and_afterwards_all_are_again(worker):
    if redis_binary() is None:
        pytest.skip("This test needs Redis. Get it with: apt-get install redis-server")
    with RedisInstance() as redis:
        ours, theirs = await worker(redis.url), await worker(redis.url)
        here, there = await ours.client("ada"), await theirs.client("grace")
        redis.stop()
        await ours.broadcast("only here")
        assert await hears(here) == ["only here"]
        redis.start()
        heard = asyncio.create_task(hears(there))
        async with asyncio.timeout(60):
            while not heard.done():
                await ours.broadcast("back")
                await asyncio.sleep(0.05)
        assert heard.result() == ["back"]


def test_a_manager_that_is_forgotten_lets_its_thread_end(redis_url):
    manager = ConnectionManager(redis_url)
    manager.publish("hello")
    thread = manager._relay._thread
    assert thread.is_alive()
    del manager
    thread.join(30)
    assert not thread.is_alive()


def test_without_the_redis_client_the_error_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "hubbub.bus.redis", raising=False)
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.asyncio.connection", None)
    with pytest.raises(StartupError, match=r"pip install 'hubbub\[redis\]'"):
        ConnectionManager("redis://localhost")
