"""Who is typing is told to the others, and never kept."""

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def test_others_see_who_types(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]

    await ada.types()
    await linus.types()

    await grace.hears("typing", room="lobby", users=["ada"])
    await grace.hears("typing", room="lobby", users=["ada", "linus"])
    await ada.hears("typing", room="lobby", users=["linus"])


async def test_nobody_sees_themselves_type(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    phone = await stage.enters("ada")

    await ada.types()

    await grace.hears("typing", users=["ada"])
    await ada.sees_nothing()
    await phone.sees_nothing()


async def test_who_posts_types_no_more(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.types()

    await ada.posts("there")

    await grace.hears("typing", users=["ada"])
    await grace.hears("typing", users=[])
    await grace.sees("there")


async def test_typing_stays_in_its_room(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    await ada.makes_room("kitchen", grace)

    await ada.types(room="kitchen")

    await grace.hears("typing", room="kitchen", users=["ada"])
    await linus.sees_nothing()
    with refused("not_found"):
        await linus.types(room="kitchen")


async def test_who_watches_some_rooms_sees_typing_there_only(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    grace.looks_away()

    await grace.watches("kitchen")
    await ada.types(room="lobby")
    await grace.sees_nothing()
    await ada.types(room="kitchen")

    await grace.hears("typing", room="kitchen")


async def test_who_comes_to_a_room_sees_who_types_there_already(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    grace.looks_away()
    await grace.watches("lobby")
    await ada.types(room="kitchen")

    await grace.watches("lobby", "kitchen")

    await grace.hears("typing", room="kitchen", users=["ada"])


async def test_typing_is_not_in_the_log(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.goes_offline()
    await ada.types()

    await grace.comes_back()

    await grace.sees_nothing()
