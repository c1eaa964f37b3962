"""A slow client costs the others nothing, fills no memory, and still gets everything in order."""

import asyncio

import pytest

pytestmark = pytest.mark.anyio

MESSAGES = 20_000
WORDS = "x" * 1000


def buffered_for(stage, actor):
    """How many bytes the server holds for an actor beyond what the kernel took."""
    (session,) = stage.chat.hub.sessions_of(actor.person.id)
    return session.connection._wire.buffered_bytes


async def test_a_reader_who_is_stuck_delays_nobody_and_then_gets_it_all(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    lobby = stage.id_of("lobby")
    linus.stops_reading()
    most = 0

    async with stage.in_a_hurry():
        for first in range(0, MESSAGES, 500):
            *_, last = await ada.posts_all(f"{n} {WORDS}" for n in range(first, first + 500))
            await grace.line.until(lambda last=last: grace.rooms[lobby].cursor == last, lambda: "grace waits")
            most = max(most, buffered_for(stage, linus))
        assert linus.rooms[lobby].cursor < last

        linus.reads_on()
        await linus.line.until(lambda: linus.rooms[lobby].cursor == last, lambda: f"linus waits for {last}")

    told = [frame["seq"] for frame in linus.line.frames if frame["type"] == "message.created"]
    assert told == list(range(last - MESSAGES + 1, last + 1))
    assert not [frame for frame in linus.line.frames if frame["type"] == "behind"]
    assert 0 < most < 2 * 1024 * 1024


async def test_a_slow_reader_under_plain_asgi_gets_it_all(make_stage):
    stage = await make_stage(server="none")
    ada, linus = await stage.enters("ada"), await stage.enters("linus")
    lobby = stage.id_of("lobby")
    linus.stops_reading()

    async with stage.in_a_hurry():
        seqs = await ada.posts_all(f"{n} {WORDS}" for n in range(3000))
        (session,) = stage.chat.hub.sessions_of(linus.person.id)
        assert session.connection.is_lagging
        linus.reads_on()
        await linus.line.until(lambda: linus.rooms[lobby].cursor == seqs[-1], lambda: f"linus waits for {seqs[-1]}")

    assert [frame["seq"] for frame in linus.line.frames if frame["type"] == "message.created"] == seqs


async def test_one_who_is_removed_while_stuck_hears_all_up_to_the_removal(stage):
    ada, linus = await stage.enters("ada"), await stage.enters("linus")
    kitchen = await ada.makes_room("kitchen", linus)
    await linus.hears("room.added")
    linus.stops_reading()

    async with stage.in_a_hurry():
        before = await ada.posts_all((f"{n} {WORDS}" for n in range(9000)), room="kitchen")
        await ada.removes(linus, from_="kitchen")
        await ada.posts_all((f"after {n}" for n in range(100)), room="kitchen")
        linus.reads_on()
        await linus.hears("room.removed", room="kitchen")

    told = [frame["seq"] for frame in linus.line.frames if frame.get("room") == kitchen and "seq" in frame]
    assert told == [*before, before[-1] + 1]


async def test_a_session_that_ends_while_stuck_is_let_go(stage):
    ada, linus = await stage.enters("ada"), await stage.enters("linus")
    linus.stops_reading()

    async with stage.in_a_hurry():
        await ada.posts_all(f"{n} {WORDS}" for n in range(9000))
        await stage.chat.accounts.deactivate(linus.person.id)
        assert not stage.chat.hub.sessions_of(linus.person.id)
        linus.reads_on()
        end = await asyncio.wait_for(linus.is_shown_out(), 20)

    assert end.code == 4403
