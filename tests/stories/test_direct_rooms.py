"""Direct rooms: one for each set of people, named by them; nobody comes in later, and leaving only puts it away."""

import asyncio
from itertools import product

import pytest
from hidden_room import ABOUT_ROOMS, COMMANDS_ABOUT_ROOMS, NO_ID
from test_nothing_leaks import answers

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


def names(room):
    return sorted(person["name"] for person in room["members"])


async def test_the_same_people_have_the_same_room_whoever_asks(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]

    two = await ada.opens_direct(grace)
    three = await linus.opens_direct(ada, grace)

    assert await grace.opens_direct(ada) == await grace.opens_direct(ada, ada, grace) == two
    assert await ada.opens_direct(linus, grace) == await grace.opens_direct(linus, ada) == three
    assert len({two, three}) == 2
    linus.looks_away()
    await ada.posts("just us", room=two)
    await grace.sees("just us", room=two)
    await linus.sees_nothing()


async def test_two_who_open_it_at_once_make_one_room(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")

    async with stage.in_a_hurry():
        rooms = await asyncio.gather(*(one.opens_direct(other) for one, other in [(ada, grace), (grace, ada)] * 5))

    assert len(set(rooms)) == 1


async def test_the_room_says_who_is_in_it_wherever_it_is_told_of(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")

    room = await ada.opens_direct(grace)

    added = (await grace.hears("room.added"))["room"]
    phone = await any_stage.enters("ada")
    welcomed = next(each for each in phone.welcome["rooms"] if each["id"] == room)
    listed = next(each for each in await ada.person.asks_for_all("rooms") if each["id"] == room)
    looked_at = await ada.person.asks("GET", f"rooms/{room}")
    assert [names(each) for each in (added, welcomed, listed, looked_at)] == [["ada", "grace"]] * 4
    assert {each["kind"] for each in (added, welcomed, listed, looked_at)} == {"direct"}
    assert welcomed == listed == looked_at


async def test_one_can_keep_notes_to_oneself(stage):
    ada = await stage.enters("ada")
    room = await ada.opens_direct()
    await ada.posts("do not forget", room=room)
    assert await ada.opens_direct(ada) == room
    assert names(await ada.person.asks("GET", f"rooms/{room}")) == ["ada"]


async def test_its_people_are_fixed_and_nobody_is_in_charge(stage):
    boss, ada, grace = await stage.enters("boss", role="owner"), await stage.enters("ada"), await stage.enters("grace")
    room = await boss.opens_direct(ada)

    for attempt in (
        lambda: boss.adds(grace, to=room),
        lambda: boss.removes(ada, from_=room),
        lambda: boss.promotes(ada, "owner", in_=room),
        lambda: boss.changes(room, name="ours"),
        lambda: boss.changes(room, history="joined"),
        lambda: boss.archives(room),
        lambda: boss.person.asks("POST", "invites", json={"room": room}),
    ):
        with refused("forbidden"):
            await attempt()
    seq = await ada.posts("mine", room=room)
    with refused("forbidden"):
        await boss.deletes(seq, room=room)


async def test_leaving_puts_it_away_on_all_devices_until_something_comes(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    phone = await any_stage.enters("ada")
    room = await ada.opens_direct(grace)
    await grace.posts("hi", room=room)

    await ada.leaves(room)

    await phone.hears("hidden", room=room)
    later = await any_stage.enters("ada")
    assert all(device.rooms[room].room["hidden"] for device in (ada, phone, later))
    await grace.posts("still there?", room=room)
    await phone.sees("still there?")
    assert not any(device.rooms[room].room["hidden"] for device in (ada, phone, later))


async def test_opening_it_again_brings_it_back(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    phone = await stage.enters("ada")
    room = await ada.opens_direct(grace)
    await ada.leaves(room)

    assert await ada.opens_direct(grace) == room

    await phone.hears("hidden", room=room, seq=0)
    assert not ada.rooms[room].room["hidden"]


async def test_the_others_see_it_once_something_is_said(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    room = await ada.opens_direct(grace)
    assert grace.rooms[room].room["hidden"]
    assert not ada.rooms[room].room["hidden"]

    await ada.posts("hi", room=room)

    await grace.sees("hi")
    assert not grace.rooms[room].room["hidden"]


async def test_who_is_not_known_or_too_many_are_refused(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    others = [await stage.has(f"somebody {n}") for n in range(20)]

    for users, code in (
        ([NO_ID], "not_found"),
        (["x"], "not_found"),
        ([person.id for person in others], "invalid"),
        ([NO_ID] * 21, "invalid"),
    ):
        with refused(code):
            await ada.person.asks("POST", "direct", json={"users": users})
    await stage.chat.accounts.deactivate(grace.person.id)
    await grace.is_shown_out()
    with refused("not_found"):
        await ada.opens_direct(grace)


async def test_a_room_stays_open_to_whom_it_was_shared_with_before_they_were_deactivated(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    room = await ada.opens_direct(grace)
    await stage.chat.accounts.deactivate(grace.person.id)
    await grace.is_shown_out()
    assert await ada.opens_direct(grace) == room


async def test_guests_write_to_the_people_of_their_own_rooms_only(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    visitor = await stage.enters("visitor", role="guest")
    kitchen = await ada.makes_room("kitchen", visitor)
    await grace.leaves("lobby")

    with refused("not_found"):
        await visitor.opens_direct(grace)
    with refused("not_found"):
        await visitor.opens_direct(ada, grace)
    room = await visitor.opens_direct(ada)

    assert room != kitchen
    await visitor.opens_direct()


async def test_who_is_not_in_it_learns_nothing_of_it(make_stage):
    stage = await make_stage(server="none")
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    strangers = [await stage.enters("outsider"), await stage.enters("owner", role="owner"), await stage.enters("guest", role="guest")]
    room = await ada.opens_direct(grace)
    seq = await ada.posts("swordfish", room=room)
    users = [ada.person.id, grace.person.id, NO_ID]

    for stranger, ask in product(strangers, ABOUT_ROOMS.values()):
        for question, same_of_nothing in zip(ask(room, seq, users), ask(NO_ID, seq, users), strict=True):
            answer = await question.put_to(stranger.person)
            assert answer == await same_of_nothing.put_to(stranger.person), question
            assert room not in answer[2].decode()
    for stranger, (kind, ask) in product(strangers, COMMANDS_ABOUT_ROOMS.items()):
        for hidden, nothing in zip(ask(room, seq), ask(NO_ID, seq), strict=True):
            hello = [] if kind == "hello" else [{"type": "hello"}]
            told = await answers(stage, stranger.person, [*hello, {"type": kind, **hidden}])
            assert told == await answers(stage, stranger.person, [*hello, {"type": kind, **nothing}]), (kind, hidden)
    await ada.leaves(room)
    await grace.posts("swordfish again", room=room)
    await ada.sees("swordfish again")
    for stranger in strangers:
        assert room not in str(await stranger.person.asks_for_all("rooms"))
        await stranger.sees_nothing()
