"""What every bus promises: in memory, over one Redis, over a cluster of them."""

import pytest

from bus_listener import Listener
from hubbub.bus.memory import MemoryBus, Square
from hubbub.bus.opening import bus_at
from redis_instance import RedisInstance, redis_binary

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def cluster():
    if redis_binary() is None:
        pytest.skip("This test needs Redis. Get it with: apt-get install redis-server")
    with RedisInstance(is_cluster=True) as instance:
        yield instance


@pytest.fixture(params=["memory", "redis", "cluster"])
async def buses(request):
    """Makes buses that reach one another."""
    square = Square()
    made = []

    async def start():
        kind = request.param
        bus = MemoryBus(square) if kind == "memory" else bus_at(request.getfixturevalue(kind).url)
        ear = Listener()
        await bus.start(ear)
        made.append(bus)
        return bus, ear

    yield start
    for bus in made:
        await bus.stop()


@pytest.fixture
async def pair(buses):
    """Two buses that both listen to `kitchen`, and are attached."""
    ours, theirs = await buses(), await buses()
    for bus, ear in (ours, theirs):
        bus.listen("kitchen")
        await ear.is_attached("kitchen")
    return (*ours, *theirs)


async def test_what_one_publishes_all_hear_who_listen_to_the_channel_in_its_order(pair):
    ours, _, _, their_ear = pair
    said = [("kitchen", f"message {number}".encode()) for number in range(300)]
    for channel, payload in said:
        ours.publish(channel, payload)
    await their_ear.hears(said[-1])
    assert their_ear.messages == said


async def test_any_bytes_go_through_as_they_are(pair):
    ours, _, _, their_ear = pair
    payload = bytes(range(256)) * 300 + b"\r\n"
    ours.publish("kitchen", payload)
    await their_ear.hears(("kitchen", payload))


async def test_who_publishes_may_hear_it_too(pair):
    ours, our_ear, _, _ = pair
    ours.publish("kitchen", b"hello")
    await our_ear.hears(("kitchen", b"hello"))


async def test_nobody_hears_a_channel_they_do_not_listen_to_or_listen_to_no_more(pair):
    ours, our_ear, theirs, their_ear = pair
    theirs.listen("hall")
    await their_ear.is_attached("hall")
    theirs.unlisten("kitchen")
    # Another channel on the same connection: once it is attached, the unlistening has arrived too.
    theirs.listen("cellar")
    await their_ear.is_attached("cellar")

    for channel in ("garden", "kitchen", "hall"):
        ours.publish(channel, channel.encode())
    await their_ear.hears(("hall", b"hall"))
    await our_ear.hears(("kitchen", b"kitchen"))

    assert their_ear.messages == [("hall", b"hall")]


async def test_many_channels_are_attached_each_once_and_kept_apart(buses):
    (ours, our_ear), (theirs, their_ear) = await buses(), await buses()
    names = [f"room {number}" for number in range(100)]
    for name in (*names, *names):
        theirs.listen(name)
    ours.listen("ready")
    await our_ear.is_attached("ready")
    for name in names:
        await their_ear.is_attached(name)
        ours.publish(name, name.encode())
    await their_ear.hears(*((name, name.encode()) for name in names))
    assert len(their_ear.messages) == len(names)


async def test_an_ear_that_fails_is_told_the_next_message_all_the_same(pair, caplog):
    ours, _, _, their_ear = pair
    heard, their_ear.heard = their_ear.heard, lambda channel, payload: heard(channel, payload) if payload != b"bad" else 1 / 0
    ours.publish("kitchen", b"bad")
    ours.publish("kitchen", b"good")
    await their_ear.hears(("kitchen", b"good"))
    assert "could not be taken in" in caplog.text


async def test_publishing_before_the_start_and_after_the_end_raises_nothing(buses):
    bus, ear = await buses()
    await bus.stop()
    bus.publish("kitchen", b"into the void")
    bus.listen("kitchen")
    bus.unlisten("kitchen")
    await bus.stop()
    assert not bus.is_healthy
    assert ear.messages == []


async def test_a_bus_that_carries_says_that_it_is_healthy(pair):
    ours, _, theirs, _ = pair
    assert ours.is_healthy
    assert theirs.is_healthy
