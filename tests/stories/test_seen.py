"""Who has seen a message: for members who let others see it of themselves, and at once in direct rooms that one looks at."""

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def keeps_to_themselves(actor, kept=True):
    await actor.person.asks("PATCH", "me", json={"preferences": {"seen": False if kept else None}})


async def test_those_are_named_who_have_read_so_far(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "Grace", "linus")]
    first, second = await ada.posts("hello"), await ada.posts("is anybody there?")
    assert await ada.sees_who_saw(first) == []

    await linus.reads(second)
    await grace.reads(first)

    assert await ada.sees_who_saw(first) == ["Grace", "linus"]
    assert await ada.sees_who_saw(second) == ["linus"]
    assert await grace.sees_who_saw(first) == ["linus"]
    await grace.posts("yes")
    assert await ada.sees_who_saw(second) == ["Grace", "linus"]


async def test_who_keeps_it_to_themselves_is_not_named_and_sees_nobody(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    seq = await ada.posts("hello")
    for other in (grace, linus):
        await other.reads(seq)

    await keeps_to_themselves(grace)
    assert await ada.sees_who_saw(seq) == ["linus"]
    assert await grace.sees_who_saw(seq) == []
    await keeps_to_themselves(grace, kept=False)
    assert await ada.sees_who_saw(seq) == ["grace", "linus"]


async def test_one_who_cannot_see_the_message_has_not_seen_it(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    await ada.makes_room("kitchen", grace, history="joined")
    seq = await ada.posts("before", room="kitchen")
    await grace.reads(seq, room="kitchen")

    await ada.adds(linus, to="kitchen")
    await linus.reads(room="kitchen")

    assert await ada.sees_who_saw(seq, room="kitchen") == ["grace"]
    with refused("not_found"):
        await linus.sees_who_saw(seq, room="kitchen")


async def test_only_members_ask_and_only_about_messages_that_stand(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    garden = await ada.makes_room("garden", kind="public")
    seq = await ada.posts("roses", room="garden")

    with refused("forbidden"):
        await grace.sees_who_saw(seq, room=garden)
    await ada.deletes(seq, room="garden")
    for at in (seq, 1, 99):
        with refused("not_found"):
            await ada.sees_who_saw(at, room="garden")


async def test_in_a_large_room_nobody_is_told(stage):
    ada = await stage.enters("ada")
    for number in range(99):
        await stage.chat.accounts.add_user(f"guest {number}")
    seq = await ada.posts("hello")
    assert await ada.sees_who_saw(seq) == []

    await stage.chat.accounts.add_user("one more")

    with refused("conflict"):
        await ada.sees_who_saw(seq)


async def test_in_a_direct_room_that_one_looks_at_it_is_told_at_once(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]
    room = await ada.opens_direct(grace, linus)
    seq = await ada.posts("hello", room=room)
    await ada.watches(room)

    await grace.reads(seq, room=room)

    assert (await ada.hears("seen", room=room))["user"] == grace.person.id
    await grace.reads(seq, room=room)
    await keeps_to_themselves(linus)
    await linus.reads(seq, room=room)
    await ada.sees_nothing()
    assert not [frame for frame in grace.line.frames + linus.line.frames if frame["type"] == "seen"], "they look at nothing"


async def test_who_keeps_it_to_themselves_is_told_of_nobody(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    room = await ada.opens_direct(grace)
    seq = await ada.posts("hello", room=room)
    await ada.watches(room, "lobby")
    await keeps_to_themselves(ada)
    ada.looks_away()

    await grace.reads(seq, room=room)

    await ada.sees_nothing()
    other = await grace.posts("lobby?")
    await ada.reads(other)
    assert "seen" not in [frame["type"] for frame in ada.line.frames + grace.line.frames], "nor is a large room told of"
