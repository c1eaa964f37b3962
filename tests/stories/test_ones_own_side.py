"""What one keeps of the rooms for oneself, on all devices and for nobody else: unread again, folders, mentions."""

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def test_what_was_read_is_unread_again_from_a_message_on(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    phone = await any_stage.enters("ada")
    one, two, _three = [await grace.posts(text) for text in ("one", "two @ada", "three")]
    await ada.reads()
    grace.looks_away()

    mark = await ada.marks_unread(two)

    assert (mark["seq"], mark["unread"], mark["mentions"]) == (one, 2, 1)
    told = await phone.hears("unread", room="lobby")
    assert (told["seq"], told["unread"], told["mentions"]) == (one, 2, 1)
    later = await any_stage.enters("ada")
    assert all(device.rooms[any_stage.id_of("lobby")].room["unread"] == 2 for device in (ada, phone, later))
    await grace.sees_nothing()
    await phone.reads()
    await ada.hears("read", room="lobby")


async def test_all_of_a_room_can_be_unread_but_no_more_than_one_may_see(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    cellar = await ada.makes_room("cellar", history="joined")
    await ada.posts("before", room="cellar")
    await ada.adds(grace, to="cellar")
    seq = await ada.posts("after", room="cellar")
    await grace.reads(room="cellar")

    assert (await grace.marks_unread(1, room="cellar"))["unread"] == 1
    assert (await ada.marks_unread(1, room="cellar"))["unread"] == 2
    for bad in (0, seq + 1):
        with refused("invalid"):
            await grace.marks_unread(bad, room="cellar")
    assert grace.rooms[cellar].room["unread"] == 1


async def test_a_room_stands_in_a_folder_of_ones_own(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    phone = await any_stage.enters("ada")
    garden = await ada.makes_room("garden", grace)
    grace.looks_away()

    await ada.files_away("garden", "  Out \u00a0 of doors ")

    assert (await phone.hears("folder", room="garden"))["folder"] == "Out of doors"
    later = await any_stage.enters("ada")
    assert [device.rooms[garden].room["folder"] for device in (ada, phone, later, grace)] == ["Out of doors"] * 3 + [""]
    await grace.sees_nothing()
    await ada.files_away("garden", "")
    assert phone.rooms[garden].room["folder"] == ""
    for bad in ("x" * 41, "\u202egarden"):
        with refused("invalid"):
            await ada.files_away("garden", bad)


async def test_who_only_looks_into_a_public_room_has_nothing_of_it(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    await ada.makes_room("garden", kind="public")
    with refused("not_found"):
        await grace.marks_unread(1, room="garden")
    with refused("not_found"):
        await grace.files_away("garden", "Out of doors")


async def test_mentions_are_gathered_from_all_rooms_the_newest_first(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    await ada.makes_room("cellar", history="joined")
    for room, text in (("lobby", "@grace one"), ("kitchen", "@grace two"), ("lobby", "nobody"), ("kitchen", "three for @grace")):
        await ada.posts(text, room=room)
    gone = await ada.posts("@grace gone")
    await ada.deletes(gone)

    async def mentions(**params):
        return await grace.person.asks("GET", "mentions", params=params)

    texts = ["three for @grace", "@grace two", "@grace one"]
    page = await mentions()
    assert ([message["text"] for message in page["items"]], page["next"]) == (texts, None)
    first = await mentions(limit=2)
    second = await mentions(limit=2, before=first["next"])
    assert [message["text"] for message in first["items"] + second["items"]] == texts
    with refused("invalid"):
        await mentions(before="x")

    await ada.removes(grace, from_="kitchen")
    assert [message["text"] for message in (await mentions())["items"]] == ["@grace one"]
