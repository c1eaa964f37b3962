"""Being reminded of a message that one keeps."""

from datetime import UTC, datetime

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def wants_reminding(actor, seq, *, room="lobby", **time):
    stage = actor._stage
    at = datetime.fromtimestamp(stage.clock.now + time["seconds"], UTC).isoformat() if time.get("seconds") is not None else None
    await actor.person.asks("PUT", f"rooms/{stage.id_of(room)}/messages/{seq}/bookmark", json={"remind_at": at})


async def kept(actor):
    """The texts of somebody's bookmarks, each with whether its time has come: None where no time was chosen."""
    items = (await actor.person.asks("GET", "bookmarks"))["items"]
    return [(each["message"].get("text"), each.get("due", False) if "remind_at" in each else None) for each in items]


async def test_all_devices_are_reminded_when_the_time_has_come(any_stage):
    ada, phone, grace = await any_stage.enters("ada"), await any_stage.enters("ada"), await any_stage.enters("grace")
    tea, cake = await grace.posts("tea"), await grace.posts("cake")
    grace.looks_away()
    await wants_reminding(ada, tea, seconds=60)
    any_stage.clock.passes(seconds=1)
    await ada.person.asks("PUT", f"rooms/{any_stage.id_of('lobby')}/messages/{cake}/bookmark")
    assert await kept(ada) == [("cake", None), ("tea", False)]

    any_stage.clock.passes(seconds=60)
    for device in (ada, phone):
        await device.hears("reminder", room="lobby", seq=tea)

    assert await kept(ada) == [("tea", True), ("cake", None)]
    await grace.sees_nothing()


async def test_one_is_reminded_once(stage):
    ada = await stage.enters("ada")
    seq = await ada.posts("tea")
    await wants_reminding(ada, seq, seconds=60)
    stage.clock.passes(seconds=60)
    await stage.chat.features.bookmarks.remind_now()
    await ada.hears("reminder", seq=seq)

    await stage.chat.features.bookmarks.remind_now()
    await ada.sees_nothing()


async def test_another_time_and_no_time_at_all(stage):
    ada = await stage.enters("ada")
    later, never, plain = await ada.posts("later"), await ada.posts("never"), await ada.posts("plain")
    for seq in (later, never, plain):
        await wants_reminding(ada, seq, seconds=60)
    await wants_reminding(ada, later, seconds=180)
    await wants_reminding(ada, never)
    await ada.person.asks("PUT", f"rooms/{stage.id_of('lobby')}/messages/{plain}/bookmark")

    stage.clock.passes(seconds=60)
    await stage.chat.features.bookmarks.remind_now()
    await ada.hears("reminder", seq=plain)
    await ada.sees_nothing()
    assert sorted(await kept(ada)) == [("later", False), ("never", None), ("plain", True)]

    await wants_reminding(ada, plain, seconds=60)
    assert ("plain", False) in await kept(ada)
    stage.clock.passes(seconds=120)
    await ada.hears("reminder", seq=plain)
    await ada.hears("reminder", seq=later)


async def test_who_left_is_not_reminded_and_finds_it_when_back(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    seq = await ada.posts("soup", room="kitchen")
    await wants_reminding(grace, seq, room="kitchen", seconds=60)
    await ada.removes(grace, from_="kitchen")
    grace.looks_away()

    stage.clock.passes(seconds=60)
    await stage.chat.features.bookmarks.remind_now()
    await grace.sees_nothing()
    await ada.adds(grace, to="kitchen")

    assert await kept(grace) == [("soup", True)]


async def test_what_cannot_be_is_refused(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    seq, gone = await ada.posts("tea"), await ada.posts("gone")
    await ada.deletes(gone)
    await ada.makes_room("kitchen")
    hidden = await ada.posts("soup", room="kitchen")
    for seconds in (0, -60, 367 * 86400):
        with refused("invalid"):
            await wants_reminding(ada, seq, seconds=seconds)
    with refused("not_found"):
        await wants_reminding(ada, gone, seconds=60)
    with refused("not_found"):
        await wants_reminding(grace, hidden, room="kitchen", seconds=60)
    assert await kept(ada) == []
