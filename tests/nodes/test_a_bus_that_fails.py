"""The bus drops, doubles, shuffles, dies or swallows everything, and nobody misses a thing."""

import asyncio
import random

import pytest

from faulty_wire import FaultyWire
from hubbub.bus.memory import MemoryBus, Square
from hubbub.testing import refused
from redis_instance import RedisInstance, redis_binary
from several_nodes import stage_across

pytestmark = pytest.mark.anyio


class FaultySquare(Square):
    """Drops a tenth of what is said, says a tenth twice, and keeps a tenth back until something else was said."""

    def __init__(self, seed):
        super().__init__()
        self._random = random.Random(seed)
        self._kept_back = []

    def shout(self, channel, payload):
        fate = self._random.random()
        if fate < 0.1:
            return
        if fate < 0.2:
            self._kept_back.append((channel, payload))
            return
        super().shout(channel, payload)
        if fate < 0.3:
            super().shout(channel, payload)
        while self._kept_back:
            super().shout(*self._kept_back.pop(self._random.randrange(len(self._kept_back))))


async def talk_and_move_about(stage):
    """What people do, on all nodes at once; the stage holds all the while that nobody misses anything."""
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    kitchen = await ada.makes_room("kitchen", grace)
    await grace.hears("room.added")
    for turn in range(2):
        async with stage.in_a_hurry():
            texts = [[f"{actor.person.name} {turn} {number}" for number in range(15)] for actor in (ada, grace, linus)]
            await asyncio.gather(*(actor.posts_all(some) for actor, some in zip((ada, grace, linus), texts, strict=True)))
        await (grace, ada)[turn % 2].adds(linus, to="kitchen")
        await linus.hears("room.added")
        await linus.posts(f"in the kitchen {turn}", room="kitchen")
        await ada.removes(linus, from_="kitchen")
        await (ada, grace)[turn % 2].posts("among ourselves", room="kitchen")
        await linus.hears("room.removed", room=kitchen)
    assert "among ourselves" not in str(linus.line.frames)
    return ada, grace, linus


async def test_a_bus_that_drops_doubles_and_shuffles(tmp_path, postgres_url):
    square = FaultySquare(7)
    async with stage_across(tmp_path, nodes=3, database=postgres_url, make_bus=lambda: MemoryBus(square)) as stage:
        await talk_and_move_about(stage)


@pytest.mark.parametrize("fault", ["killed", "paused", "swallowed"])
async def test_a_bus_that_goes_away_and_comes_back(tmp_path, postgres_url, fault):
    if redis_binary() is None:
        pytest.skip("This test needs Redis. Get it with: apt-get install redis-server")
    with RedisInstance() as redis, FaultyWire(redis.port) as wire:
        address = f"redis://127.0.0.1:{wire.port}"
        async with stage_across(tmp_path, nodes=2, database=postgres_url, bus=address) as stage:
            ada, grace = await stage.enters("ada"), await stage.enters("grace")
            await ada.posts("before")
            {"killed": redis.stop, "paused": redis.pause, "swallowed": wire.swallows}[fault]()
            for number in range(5):
                await ada.posts(f"ada {number}")
                await grace.posts(f"grace {number}")
            await ada.makes_room("kitchen", grace)
            await grace.hears("room.added")
            await ada.removes(grace, from_="kitchen")
            await grace.hears("room.removed")
            with refused("not_found"):
                await grace.posts("still here?", room="kitchen")
            {"killed": redis.start, "paused": redis.resume, "swallowed": wire.flows}[fault]()
            for number in range(5):
                await grace.posts(f"grace again {number}")
            await ada.sees("grace again 4")


async def test_who_is_deactivated_while_the_bus_is_away_is_shown_out_all_the_same(tmp_path, postgres_url):
    async with stage_across(tmp_path, nodes=2, database=postgres_url, bus="redis://127.0.0.1:9") as stage:
        _, grace = await stage.enters("ada"), await stage.enters("grace")
        await stage.chats[0].accounts.deactivate(grace.person.id)
        async with asyncio.timeout(10):
            assert (await grace.line.until_closed()).code == 4403
        await grace.disconnects()


class DeafSquare(Square):
    """Takes everything, looks well, and passes nothing on."""

    def shout(self, channel, payload):
        pass


async def test_who_is_deactivated_while_the_bus_loses_everything_is_shown_out_all_the_same(tmp_path, postgres_url):
    square = DeafSquare()
    async with stage_across(tmp_path, nodes=2, database=postgres_url, make_bus=lambda: MemoryBus(square)) as stage:
        _, grace = await stage.enters("ada"), await stage.enters("grace")
        await stage.chats[0].accounts.deactivate(grace.person.id)
        async with asyncio.timeout(10):
            assert (await grace.line.until_closed()).code == 4403
        await grace.disconnects()
