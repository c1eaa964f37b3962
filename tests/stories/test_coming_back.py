"""Clients go away and come back: they get everything that they missed, once, in order, however much it was."""

import asyncio

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


def seqs(actor, room):
    """The seqs of a room's events that came since the actor connected, as they came."""
    return [frame["seq"] for frame in actor.line.frames if frame.get("room") == room and "by" in frame]


async def test_grace_gets_what_she_missed(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    await ada.posts("before")
    await grace.sees("before")

    await grace.goes_offline()
    missed = [await ada.posts(f"missed {n}") for n in range(5)]
    await ada.edits(missed[0], "edited")
    await grace.comes_back()

    assert seqs(grace, any_stage.id_of("lobby")) == [*missed, missed[-1] + 1]
    await ada.posts("after")
    await grace.sees("after")


async def test_a_lost_network_is_like_going_away(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")

    await grace.goes_offline(without_a_word=True)
    await ada.posts("missed")
    await grace.comes_back()

    await grace.sees("missed")


async def test_as_many_as_are_replayed_are_replayed(make_stage):
    stage = await make_stage(replay_limit=20)
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.goes_offline()
    missed = await ada.posts_all(f"missed {n}" for n in range(20))

    await grace.comes_back()

    assert seqs(grace, stage.id_of("lobby")) == missed


@pytest.mark.parametrize("server", ["hubbub", "none"])
async def test_who_missed_more_is_told_and_goes_on_from_the_cursor(make_stage, server):
    stage = await make_stage(server=server, replay_limit=20)
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.goes_offline()
    missed = await ada.posts_all(f"missed {n}" for n in range(2000))

    await grace.comes_back()
    await ada.posts("one more")
    behind = await grace.hears("behind", room="lobby")
    await grace.sees_nothing()
    await grace.syncs()

    assert behind == {"type": "behind", "room": stage.id_of("lobby"), "last_seq": missed[-1]}
    assert seqs(grace, stage.id_of("lobby")) == [*missed, missed[-1] + 1]
    await ada.posts("live again")
    await grace.sees("live again")


async def test_who_missed_more_may_go_on_from_the_end(make_stage):
    stage = await make_stage(replay_limit=20)
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.goes_offline()
    missed = await ada.posts_all(f"missed {n}" for n in range(500))
    await grace.comes_back()
    behind = await grace.hears("behind", room="lobby")

    await grace.syncs(after=behind["last_seq"])
    await ada.posts("live again")

    await grace.sees("live again")
    assert seqs(grace, stage.id_of("lobby")) == [missed[-1] + 1]


async def test_only_the_room_with_too_much_is_held(make_stage):
    stage = await make_stage(replay_limit=20)
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    await grace.goes_offline()
    await ada.posts_all((f"missed {n}" for n in range(50)), room="lobby")
    await ada.posts("soup is ready", room="kitchen")

    await grace.comes_back()

    await grace.hears("behind", room="lobby")
    await grace.sees("soup is ready", room="kitchen")
    await grace.syncs()


async def test_nothing_is_missed_while_one_is_coming_back(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    lobby = any_stage.id_of("lobby")

    async with any_stage.in_a_hurry():
        talking = asyncio.create_task(ada.posts_all(f"message {n}" for n in range(900)))
        for _ in range(12):
            await grace.goes_offline(without_a_word=True)
            await grace.comes_back()
        last = (await talking)[-1]
        await any_stage.settles()

    assert grace.rooms[lobby].cursor == last


async def test_nothing_is_missed_by_the_only_one_who_comes_in(stage):
    ada = await stage.has("ada")
    lobby = (await ada.asks_for_all("rooms"))[0]["id"]
    grace = await stage.enters("grace")

    async def talk():
        for n in range(0, 240, 8):
            await asyncio.gather(*(say(n + i) for i in range(8)))

    async def say(n):
        await ada.asks("POST", f"rooms/{lobby}/messages", json={"key": f"k{n}", "text": f"message {n}"})

    async with stage.in_a_hurry():
        talking = asyncio.create_task(talk())
        while not talking.done():
            await grace.goes_offline(without_a_word=True)
            await grace.comes_back()
        await talking
        await stage.settles()

    assert len(grace.rooms[lobby].messages) == 240


async def test_syncing_back_gives_the_same_events_again(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    first = await ada.posts("first")
    await ada.posts("second")
    grace.looks_away()

    await grace.syncs(after=first - 1)

    await grace.sees("first")
    await grace.sees("second")
    await grace.sees_nothing()


async def test_the_ok_of_sync_comes_before_the_events(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.posts_all(f"message {n}" for n in range(40))
    already = len(grace.line.frames)

    await grace.syncs(after=0)

    first, second = grace.line.frames[already : already + 2]
    assert (first["type"], second["seq"]) == ("ok", 1)


async def test_a_cursor_beyond_the_log_counts_as_its_end(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.posts("before")
    await grace.goes_offline()

    await grace.comes_back(cursors={stage.id_of("lobby"): 2**53 - 1})
    await ada.posts("after")

    await grace.sees("after")


async def test_cursors_of_rooms_one_is_not_in_are_ignored(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    kitchen = await ada.makes_room("kitchen")
    await grace.goes_offline()

    await grace.comes_back(cursors={stage.id_of("lobby"): 0, kitchen: 0, "0" * 16: 5, "nonsense": 7})

    assert {frame["room"] for frame in grace.line.frames if "by" in frame} == {stage.id_of("lobby")}


async def test_sync_beyond_the_end_and_elsewhere_is_refused(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen")

    with refused("invalid"):
        await grace.line.says("sync", room=stage.id_of("lobby"), after=99)
    with refused("not_found"):
        await grace.line.says("sync", room=stage.id_of("kitchen"), after=0)
    with refused("not_found"):
        await grace.line.says("sync", room="0" * 16, after=0)


async def test_with_another_epoch_cursors_are_not_believed(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.posts("before")
    await grace.goes_offline()

    await grace.comes_back(cursors={stage.id_of("lobby"): 1}, epoch="another-one")

    assert grace.welcome["reset"] is True
    assert seqs(grace, stage.id_of("lobby")) == []
    await ada.posts("after")
    await grace.sees("after")
