"""Rooms are made, changed and closed; people come in, are brought in, and go. A removal is the last they hear."""

import asyncio

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def test_what_is_said_in_a_private_room_stays_there(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]

    await ada.makes_room("kitchen", grace)
    await ada.posts("the cake is hidden", room="kitchen")

    await grace.sees("the cake is hidden", room="kitchen")
    await linus.sees_nothing()
    assert set(linus.rooms) == {any_stage.id_of("lobby")}


async def test_who_is_brought_in_is_given_the_room_and_then_its_events(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    phone = await any_stage.enters("grace")
    kitchen = await ada.makes_room("kitchen")
    await ada.posts("before", room="kitchen")

    await ada.adds(grace, to="kitchen")
    await ada.posts("after", room="kitchen")

    for device in (grace, phone):
        added = await device.hears("room.added")
        assert (added["room"]["id"], added["room"]["role"], added["room"]["unread"]) == (kitchen, "member", 0)
        await device.sees("after", room="kitchen")
        assert [message["text"] for message in device.rooms[kitchen].messages.values()] == ["before", "after"]


async def test_who_is_brought_in_again_has_the_room_once(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    grace.looks_away()

    await ada.adds(grace, to="kitchen")

    await grace.sees_nothing()


async def test_who_is_removed_hears_of_it_and_of_nothing_after(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]
    phone = await any_stage.enters("grace")
    kitchen = await ada.makes_room("kitchen", grace, linus)
    await ada.posts("before", room="kitchen")

    await ada.removes(grace, from_="kitchen")
    await ada.posts("after", room="kitchen")

    for device in (grace, phone):
        left = await device.hears("member.left", room="kitchen")
        assert (left["user"]["name"], left["by"]["name"]) == ("grace", "ada")
        await device.hears("room.removed", room="kitchen")
        await device.sees_nothing()
        assert kitchen not in device.rooms
    await linus.sees("after")


@pytest.mark.parametrize("server", ["hubbub", "uvicorn", "none"])
async def test_who_is_removed_in_the_middle_of_a_burst_hears_nothing_after(make_stage, server):
    stage = await make_stage(server=server)
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    kitchen = await ada.makes_room("kitchen", grace, linus)

    async with stage.in_a_hurry():
        bursts = [asyncio.create_task(actor.posts_all((f"{n}" for n in range(400)), room="kitchen")) for actor in (ada, linus)]
        await grace.sees("20", room="kitchen")
        await ada.removes(grace, from_="kitchen")
        await asyncio.gather(*bursts)
        await linus.hears("member.left", room="kitchen")
        await stage.settles()

    of_kitchen = [frame for frame in grace.line.frames if kitchen in (frame.get("room"), frame.get("room", {}))]
    assert [frame["type"] for frame in of_kitchen[-2:]] == ["member.left", "room.removed"]
    assert len([frame for frame in of_kitchen if "seq" in frame]) < 802
    assert len(linus.rooms[kitchen].messages) == 800


async def test_who_was_removed_while_away_comes_back_to_fewer_rooms(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    kitchen = await ada.makes_room("kitchen", grace)
    await grace.goes_offline()
    await ada.removes(grace, from_="kitchen")
    await ada.posts("after", room="kitchen")

    await grace.comes_back()

    assert kitchen not in grace.rooms
    await grace.sees_nothing()


async def test_who_is_removed_and_brought_back_begins_anew(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    await ada.makes_room("kitchen", grace)

    for n in range(5):
        await ada.removes(grace, from_="kitchen")
        await ada.posts(f"without grace {n}", room="kitchen")
        await ada.adds(grace, to="kitchen")
        await ada.posts(f"with grace {n}", room="kitchen")
        await grace.hears("room.removed", room="kitchen")
        await grace.sees(f"with grace {n}")


async def test_people_come_and_go_while_everybody_talks(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]
    await ada.makes_room("kitchen", linus, kind="public")

    async with any_stage.in_a_hurry():
        bursts = [asyncio.create_task(actor.posts_all((f"{n}" for n in range(300)), room="kitchen")) for actor in (ada, linus)]
        while not all(burst.done() for burst in bursts):
            await grace.joins("kitchen")
            await grace.leaves("kitchen")
        await grace.joins("kitchen")
        await asyncio.gather(*bursts)

    assert len(grace.rooms[any_stage.id_of("kitchen")].messages) >= 200


async def test_a_public_room_is_joined_and_left(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    garden = await ada.makes_room("garden", kind="public", topic="flowers")

    on_offer = {room["id"]: room for room in await grace.person.asks_for_all("rooms")}[garden]
    await grace.joins("garden")
    await grace.posts("hi", room="garden")
    await ada.sees("hi", room="garden")
    await grace.leaves("garden")

    assert (on_offer["role"], on_offer["topic"], on_offer["unread"]) == (None, "flowers", 0)
    await grace.hears("room.removed", room="garden")
    await ada.hears("member.left")


async def test_a_public_room_is_read_without_joining_and_not_written_to(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    garden = await ada.makes_room("garden", kind="public")
    await ada.posts("hi", room="garden")

    page = await grace.person.asks("GET", f"rooms/{garden}/messages")

    assert [message["text"] for message in page["items"]] == ["hi"]
    with refused("forbidden"):
        await grace.posts("hi", room="garden")
    with refused("forbidden"):
        await grace.posts("hi", room="garden", by_rest=True)
    await grace.sees_nothing()


async def test_a_private_room_is_not_joined_by_who_knows_its_id(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen")

    with refused("not_found"):
        await grace.joins("kitchen")
    with refused("not_found"):
        await grace.adds(grace, to="kitchen")


async def test_members_bring_others_in_and_only_those_in_charge_take_them_out(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    await ada.makes_room("kitchen", grace)

    await grace.adds(linus, to="kitchen")

    with refused("forbidden"):
        await linus.removes(grace, from_="kitchen")
    with refused("forbidden"):
        await grace.promotes(grace, "owner", in_="kitchen")
    await ada.promotes(grace, "admin", in_="kitchen")
    await grace.removes(linus, from_="kitchen")
    await linus.hears("room.removed")


async def test_a_room_is_never_without_an_owner(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    kitchen = await ada.makes_room("kitchen", grace, linus)
    await ada.promotes(linus, "admin", in_="kitchen")

    await ada.leaves("kitchen")
    assert linus.rooms[kitchen].room["role"] == "owner"
    await linus.promotes(linus, "member", in_="kitchen")

    assert sorted(grace.rooms[kitchen].members.values()) == ["member", "owner"]


async def test_a_room_gets_another_name_and_topic(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    kitchen = await ada.makes_room("kitchen", grace)

    await ada.changes("kitchen", name="Pantry", topic="jam")

    changed = await grace.hears("room.changed", room="kitchen")
    assert (changed["name"], changed["topic"]) == ("Pantry", "jam")
    assert grace.rooms[kitchen].room["name"] == "Pantry"
    with refused("forbidden"):
        await grace.changes("kitchen", topic="marmalade")


async def test_public_rooms_have_names_of_their_own_and_private_ones_tell_nobody(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("garden", kind="public")
    await ada.makes_room("secret garden")

    with refused("conflict"):
        await grace.makes_room("GARDEN", kind="public")
    await grace.makes_room("secret garden", kind="public")
    await grace.makes_room("secret garden")


async def test_an_archived_room_says_so_and_takes_no_more(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    kitchen = await ada.makes_room("kitchen", grace)
    await ada.posts("last words", room="kitchen")

    with refused("forbidden"):
        await grace.archives("kitchen")
    await ada.archives("kitchen")

    await grace.hears("room.changed", room="kitchen", archived=True)
    with refused("forbidden"):
        await grace.posts("more words", room="kitchen")
    assert [room["id"] for room in await grace.person.asks_for_all("rooms") if room.get("archived")] == [kitchen]
    page = await grace.person.asks("GET", f"rooms/{kitchen}/messages")
    assert [message["text"] for message in page["items"]] == ["last words"]
    await grace.goes_offline()
    await grace.comes_back()
    assert grace.rooms[kitchen].room["archived"]


async def test_an_archived_room_comes_back_for_those_who_were_away_too(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]
    garden = await ada.makes_room("garden", grace, linus, kind="public")
    await linus.goes_offline()
    await ada.archives("garden")
    await linus.comes_back()
    outsider = await any_stage.enters("margaret")
    with refused("not_found"):
        await outsider.joins("garden")
    with refused("forbidden"):
        await grace.restores("garden")

    await ada.restores("garden")
    await linus.posts("roses", room="garden")

    await grace.hears("room.changed", room="garden", archived=False)
    await grace.sees("roses")
    await outsider.joins("garden")
    assert garden in outsider.rooms


async def test_an_archived_room_gives_its_name_up_and_needs_a_free_one_to_come_back(stage):
    ada = await stage.enters("ada")
    first = await ada.makes_room("garden", kind="public")
    await ada.archives(first)
    await ada.makes_room("garden", kind="public")

    with refused("conflict"):
        await ada.restores(first)
    await ada.changes(first, archived=False, name="old garden")

    assert (await ada.person.asks("GET", f"rooms/{first}"))["name"] == "old garden"


async def test_the_lobby_stays(stage):
    boss = await stage.enters("boss", role="owner")

    with refused("conflict"):
        await boss.archives("lobby")
    with refused("conflict"):
        await boss.changes("lobby", name="hall")
    await boss.changes("lobby", topic="come in")


async def test_guests_see_only_the_rooms_they_were_brought_into(any_stage):
    ada, visitor = await any_stage.enters("ada"), await any_stage.enters("visitor", role="guest")
    garden = await ada.makes_room("garden", kind="public")
    await ada.makes_room("kitchen", visitor)

    with refused("not_found"):
        await visitor.joins("garden")
    with refused("not_found"):
        await visitor.person.asks("GET", f"rooms/{garden}/messages")
    with refused("forbidden"):
        await visitor.makes_room("shed")
    await visitor.posts("hello", room="kitchen")
    await ada.posts("roses", room="garden")

    assert (await ada.sees("hello"))["by"]["kind"] == "guest"
    assert garden not in {room["id"] for room in await visitor.person.asks_for_all("rooms")}
    visitor.looks_away()
    await visitor.sees_nothing()


async def test_two_hundred_rooms(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.goes_offline()
    async with stage.in_a_hurry():
        rooms = [await ada.makes_room(f"room {n}", grace) for n in range(200)]
        await ada.goes_offline()
        for room in rooms:
            await ada.posts(f"in {room}", room=room)
        await grace.comes_back(cursors=dict.fromkeys(rooms, 2))
        for room in rooms[::-10]:
            await ada.posts(f"again in {room}", room=room)
        await grace.sees(f"again in {rooms[9]}")
        told = [frame["text"] for frame in grace.line.frames if "text" in frame]
        await grace.goes_offline()

    assert len(grace.welcome["rooms"]) == 201
    assert told == [f"in {room}" for room in rooms] + [f"again in {room}" for room in rooms[::-10]]


async def test_a_room_becomes_public_or_private_and_its_members_stay(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]
    kitchen = await ada.makes_room("kitchen", grace)
    await ada.changes("kitchen", history="joined")
    await ada.posts("said among us", room="kitchen")

    await ada.changes("kitchen", kind="public")
    assert (await grace.hears("room.changed", history="all"))["kind"] == "public"
    page = await linus.person.asks("GET", f"rooms/{kitchen}/messages")
    assert [message["text"] for message in page["items"]] == ["said among us"]

    await ada.changes("kitchen", kind="private")
    assert (await grace.hears("room.changed"))["kind"] == "private"
    with refused("not_found"):
        await linus.person.asks("GET", f"rooms/{kitchen}/messages")
    await grace.posts("still here", room="kitchen")


async def test_a_room_becomes_public_only_under_a_name_that_is_free_and_the_lobby_stays_public(stage):
    boss, ada, grace = await stage.enters("boss", role="owner"), await stage.enters("ada"), await stage.enters("grace")
    await grace.makes_room("garden", kind="public")
    mine = await ada.makes_room("Garden", kind="private")

    with refused("conflict"):
        await ada.person.asks("PATCH", f"rooms/{mine}", json={"kind": "public"})
    with refused("forbidden"):
        await grace.changes("lobby", kind="private")
    with refused("conflict"):
        await boss.changes("lobby", kind="private")
    with refused("invalid"):
        await ada.person.asks("PATCH", f"rooms/{mine}", json={"kind": "direct"})


async def test_a_room_has_an_owner_as_long_as_anybody_is_in_it(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen")

    with refused("conflict"):
        await ada.promotes(ada, "member", in_="kitchen")
    await ada.adds(grace, to="kitchen")
    await ada.promotes(grace, "owner", in_="kitchen")
    await ada.promotes(ada, "member", in_="kitchen")
