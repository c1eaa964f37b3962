"""Whoever takes another name is known by it at once to those who share a room with them, and to nobody else."""

import asyncio

import pytest

from hubbub.errors import RateLimited

pytestmark = pytest.mark.anyio


async def takes_the_name(actor, name):
    await actor.person.asks("PATCH", "me", json={"name": name})


async def test_those_who_share_a_room_and_ones_other_devices_hear_of_a_new_name(any_stage):
    ada, grace, laptop = [await any_stage.enters(name) for name in ("ada", "grace", "grace")]
    direct = await ada.opens_direct(grace)

    await takes_the_name(grace, "Hopper")

    hopper = {"id": grace.person.id, "name": "Hopper", "kind": "human"}
    for actor in (ada, grace, laptop):
        await actor.hears("user.changed", user=hopper)
    assert hopper in ada.rooms[direct].room["members"]
    await ada.posts("hello", room=direct)


async def test_who_shares_no_room_hears_nothing_and_who_shares_several_hears_it_once(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    await grace.makes_room("kitchen", ada)
    await linus.leaves("lobby")
    for actor in (ada, linus):
        actor.looks_away()

    await takes_the_name(grace, "Hopper")
    await takes_the_name(grace, "Hopper")

    await ada.hears("user.changed")
    assert [frame["type"] for frame in ada.line.frames].count("user.changed") == 1
    await linus.sees_nothing()
    assert "Hopper" not in str(linus.line.frames)


async def test_another_preference_is_no_other_name(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.person.asks("PATCH", "me", json={"preferences": {"theme": "dark"}})
    await ada.posts("hello")
    assert not [frame for frame in ada.line.frames if frame["type"] == "user.changed"]


async def test_a_new_name_made_known_by_another_node_reaches_those_who_are_here(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    stage.chat._account_news.take({"renamed": grace.person.id})
    async with asyncio.timeout(20):
        await ada.hears("user.changed", user={"id": grace.person.id, "name": "grace", "kind": "human"})


async def test_names_may_not_change_without_end(make_stage):
    stage = await make_stage(server="none", rate_limits="on")
    grace = await stage.chat.accounts.add_user("grace")
    for number in range(5):
        grace = await stage.chat.accounts.change_me(grace, name=f"grace {number}")
    with pytest.raises(RateLimited):
        await stage.chat.accounts.change_me(grace, name="one more")
    assert (await stage.chat.accounts.change_me(grace, name=grace.name)).name == grace.name
