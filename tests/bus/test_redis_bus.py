"""The bus over Redis when Redis is killed, stopped in its tracks, cut off, or not there at all."""

import asyncio
import sys
from itertools import islice

import pytest
from redis.crc import key_slot

from bus_listener import Listener
from faulty_wire import FaultyWire
from hubbub.bus import redis_link
from hubbub.bus.opening import bus_at
from hubbub.bus.redis import LONGEST_PAUSE_SECONDS, SHORTEST_PAUSE_SECONDS, RedisBus, pauses
from hubbub.errors import StartupError
from redis_instance import RedisInstance, redis_binary

pytestmark = pytest.mark.anyio


@pytest.fixture
def own_redis():
    """A Redis that this test may do anything to."""
    if redis_binary() is None:
        pytest.skip("This test needs Redis. Get it with: apt-get install redis-server")
    with RedisInstance() as instance:
        yield instance


@pytest.fixture
async def bus_to():
    """Starts a bus to an address; it is stopped at the end."""
    made = []

    async def start(url, **options):
        bus = RedisBus(url, **options)
        ear = Listener()
        await bus.start(ear)
        made.append(bus)
        return bus, ear

    yield start
    for bus in made:
        await bus.stop()


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def test_after_redis_was_killed_every_channel_is_attached_again_and_news_come(own_redis, bus_to):
    bus, ear = await bus_to(own_redis.url)
    for channel in ("kitchen", "hall"):
        bus.listen(channel)
        await ear.is_attached(channel)

    own_redis.stop()
    await until(lambda: not bus.is_healthy)
    bus.publish("kitchen", b"to nobody")
    own_redis.start()
    for channel in ("kitchen", "hall"):
        await ear.is_attached(channel, times=2)
    bus.publish("kitchen", b"again")

    await ear.hears(("kitchen", b"again"))
    assert ("kitchen", b"to nobody") not in ear.messages
    assert bus.is_healthy


async def test_a_redis_that_is_not_there_yet_is_found_when_it_comes(own_redis, bus_to, caplog):
    own_redis.stop()
    bus, ear = await bus_to(own_redis.url)
    bus.listen("kitchen")
    await until(lambda: "is interrupted" in caplog.text)
    assert not bus.is_healthy

    own_redis.start()
    await ear.is_attached("kitchen")

    assert bus.is_healthy
    assert caplog.text.count("is interrupted") == 1  # once, however often it was tried


def test_however_long_it_is_away_it_is_looked_for_again_and_again():
    waits = list(islice(pauses(LONGEST_PAUSE_SECONDS), 1000))
    assert waits[0] <= SHORTEST_PAUSE_SECONDS
    assert max(waits) <= LONGEST_PAUSE_SECONDS
    assert min(waits[10:]) >= LONGEST_PAUSE_SECONDS / 2


async def test_a_redis_that_was_away_for_long_is_found_again_and_news_flow(own_redis, bus_to, monkeypatch):
    failed, complain = [], RedisBus._complain
    monkeypatch.setattr(RedisBus, "_complain", lambda self, error: (failed.append(self), complain(self, error)))
    (ours, our_ear), (theirs, their_ear) = [await bus_to(own_redis.url, longest_pause=0.02) for _ in range(2)]
    for bus, ear in ((ours, our_ear), (theirs, their_ear)):
        bus.listen("kitchen")
        await ear.is_attached("kitchen")

    own_redis.stop()
    # With the pauses that there are elsewhere, this is five minutes.
    await until(lambda: min(failed.count(ours), failed.count(theirs)) > 200)
    own_redis.start()
    for ear in (our_ear, their_ear):
        await ear.is_attached("kitchen", times=2)
    await until(lambda: ours.is_healthy and theirs.is_healthy)
    ours.publish("kitchen", b"at last")
    await their_ear.hears(("kitchen", b"at last"))


@pytest.fixture
def own_cluster():
    """A cluster of one server that this test may do anything to."""
    if redis_binary() is None:
        pytest.skip("This test needs Redis. Get it with: apt-get install redis-server")
    with RedisInstance(is_cluster=True) as instance:
        yield instance


async def test_a_channel_that_the_cluster_moves_elsewhere_is_subscribed_to_again(own_cluster, bus_to):
    (ours, our_ear), (theirs, their_ear) = await bus_to(own_cluster.url), await bus_to(own_cluster.url)
    theirs.listen("kitchen")
    await their_ear.is_attached("kitchen")
    ours.listen("cellar")
    await our_ear.is_attached("cellar")

    slot = str(key_slot(b"kitchen"))
    own_cluster.ask("CLUSTER", "DELSLOTS", slot)
    await until(lambda: not theirs.is_healthy)
    own_cluster.ask("CLUSTER", "ADDSLOTS", slot)
    await their_ear.is_attached("kitchen", times=2)
    await until(lambda: ours.is_healthy)
    ours.publish("kitchen", b"from the new place")
    await their_ear.hears(("kitchen", b"from the new place"))


async def test_a_channel_that_one_gives_up_and_takes_again_at_once_is_no_interruption(own_cluster, bus_to):
    bus, ear = await bus_to(own_cluster.url)
    bus.listen("kitchen")
    await ear.is_attached("kitchen")
    for times in range(2, 5):
        bus.unlisten("kitchen")
        bus.listen("kitchen")
        await ear.is_attached("kitchen", times=times)
    bus.listen("cellar")
    await ear.is_attached("cellar")
    assert ear.attachments == ["kitchen"] * 4 + ["cellar"]
    assert bus.is_healthy


@pytest.mark.parametrize("fault", ["paused", "swallowed"])
async def test_a_redis_that_answers_nothing_is_noticed_and_blocks_nobody(own_redis, bus_to, fault):
    with FaultyWire(own_redis.port) as wire:
        bus, ear = await bus_to(f"redis://127.0.0.1:{wire.port}", alive_seconds=1.5)
        bus.listen("kitchen")
        await ear.is_attached("kitchen")

        (own_redis.pause if fault == "paused" else wire.swallows)()
        for number in range(20_000):
            bus.publish("kitchen", b"x" * 4000)
            if number % 1000 == 0:
                await asyncio.sleep(0)
        assert sum(link._queued_bytes for link in bus._links.values()) <= redis_link.QUEUE_BYTES + 4000
        await until(lambda: not bus.is_healthy)

        (own_redis.resume if fault == "paused" else wire.flows)()
        wire.cuts()
        await ear.is_attached("kitchen", times=2)
        await until(lambda: bus.is_healthy)
        bus.publish("kitchen", b"again")
        await ear.hears(("kitchen", b"again"))


async def test_stopping_does_not_wait_for_a_redis_that_answers_nothing(own_redis, bus_to):
    bus, ear = await bus_to(own_redis.url, alive_seconds=50)
    bus.listen("kitchen")
    await ear.is_attached("kitchen")
    own_redis.pause()
    bus.publish("kitchen", b"lost")
    async with asyncio.timeout(20):
        await bus.stop()
    assert not bus.is_healthy


async def test_stopping_comes_to_an_end_though_the_client_loses_a_cancellation(redis_url, bus_to, monkeypatch):
    monkeypatch.setattr(redis_link, "PING_SECONDS", 0.01)
    bus, ear = await bus_to(redis_url)
    bus.listen("kitchen")
    await ear.is_attached("kitchen")
    is_asked, lost = asyncio.Event(), []

    async def losing(*_, **__):
        is_asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if lost:
                raise
            lost.append("as asyncio.wait_for does under Python 3.11")

    monkeypatch.setattr(next(iter(bus._links.values()))._listening, "send_command", losing)
    async with asyncio.timeout(20):
        await is_asked.wait()
        await bus.stop()
    assert lost


async def test_a_loop_that_dies_of_a_fault_is_begun_again(redis_url, bus_to, monkeypatch, caplog):
    def fault(self, error):
        monkeypatch.undo()
        raise ZeroDivisionError("planted")

    bus, ear = await bus_to(redis_url)
    bus.listen("kitchen")
    await ear.is_attached("kitchen")
    monkeypatch.setattr(RedisBus, "_complain", fault)
    await next(iter(bus._links.values())).close()

    await ear.is_attached("kitchen", times=2)
    assert "begun again" in caplog.text


async def test_what_is_published_just_before_the_end_is_sent(redis_url, bus_to):
    (last, last_ear), (other, ear) = await bus_to(redis_url), await bus_to(redis_url)
    other.listen("hall")
    last.listen("here")
    await ear.is_attached("hall")
    await last_ear.is_attached("here")
    last.publish("hall", b"goodbye")
    await last.stop()
    await ear.hears(("hall", b"goodbye"))


def test_without_the_redis_client_the_error_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "hubbub.bus.redis", raising=False)
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.asyncio.connection", None)
    with pytest.raises(StartupError, match=r"pip install 'hubbub\[redis\]'"):
        bus_at("redis://localhost")


@pytest.mark.parametrize("address", ["amqp://user:secret@localhost", "secret", "redis://:secret@localhost:nonsense"])
def test_an_address_that_is_none_is_refused_without_showing_what_it_holds(address):
    with pytest.raises(StartupError) as refusal:
        bus_at(address)
    assert "secret" not in str(refusal.value)


async def test_a_password_is_in_no_log(bus_to, caplog):
    await bus_to("redis://:secret@127.0.0.1:9")
    await until(lambda: "is interrupted" in caplog.text)
    assert "secret" not in caplog.text
