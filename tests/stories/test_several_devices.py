"""One person, several devices: what is read on one is read on all, and the counts are right everywhere."""

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


def counts(actor, room):
    """Unread messages and mentions, as this device counts them."""
    room = actor.rooms[room].room
    return room["unread"], room["mentions"]


async def test_what_is_read_on_the_phone_is_read_on_the_laptop(any_stage):
    ada = await any_stage.enters("ada")
    laptop, phone = await any_stage.enters("grace"), await any_stage.enters("grace")
    lobby = any_stage.id_of("lobby")
    await ada.posts("one")
    two = await ada.posts("two")
    await ada.posts("three")
    assert counts(laptop, lobby) == counts(phone, lobby) == (3, 0)

    mark = await phone.reads(two)

    assert (mark["seq"], mark["unread"], mark["mentions"]) == (two, 1, 0)
    assert await laptop.hears("read") == {"type": "read", "room": lobby, "seq": two}
    assert counts(laptop, lobby) == (1, 0)


async def test_what_is_read_by_rest_is_read_on_every_device(stage):
    ada = await stage.enters("ada")
    laptop, phone = await stage.enters("grace"), await stage.enters("grace")
    one = await ada.posts("one")

    mark = await phone.reads(one, by_rest=True)

    assert mark == {"room": stage.id_of("lobby"), "seq": one, "unread": 0, "mentions": 0}
    await laptop.hears("read", seq=one)


async def test_a_read_mark_never_moves_back(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    one, two = await ada.posts("one"), await ada.posts("two")
    await grace.reads(two)

    mark = await grace.reads(one)

    assert (mark["seq"], mark["unread"]) == (two, 0)
    assert (await grace.reads(one, by_rest=True))["seq"] == two


async def test_only_what_is_there_can_be_read(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    last = await ada.posts("one")

    with refused("invalid"):
        await grace.reads(last + 1)
    with refused("invalid"):
        await grace.reads(-1)


async def test_what_one_posts_is_read_on_all_ones_devices(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    laptop = await stage.enters("ada")
    await grace.posts("hi @ada")
    assert counts(laptop, stage.id_of("lobby")) == (1, 1)

    await ada.posts("hi yourself")

    await laptop.sees("hi yourself")
    assert counts(laptop, stage.id_of("lobby")) == (0, 0)


@pytest.mark.parametrize("text", ["@Grace Hopper, look", "look, @grace hopper!", "(@GRACE  hopper)"[:15] + ")", "@Grace Hopper"])
async def test_a_name_with_a_space_is_mentioned_in_any_case(stage, text):
    ada, grace, other = [await stage.enters(name) for name in ("ada", "Grace Hopper", "Grace")]
    lobby = stage.id_of("lobby")

    await ada.posts(text.replace("  ", " "))

    assert counts(grace, lobby) == (1, 1)
    assert counts(other, lobby) == (1, 0)


async def test_a_mention_ends_where_the_word_ends(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")

    await ada.posts("@graceful, mail me at ada@grace or at@grace.org")

    assert counts(grace, stage.id_of("lobby")) == (1, 0)


async def test_only_members_are_mentioned(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen")

    await ada.posts("@grace is not here", room="kitchen")

    event = await ada.sees("@grace is not here")
    assert "mentions" not in event
    assert counts(grace, stage.id_of("lobby")) == (0, 0)


async def test_an_edit_takes_mentions_away_and_brings_others(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    lobby = stage.id_of("lobby")
    hello = await ada.posts("hello @grace")
    assert (counts(grace, lobby), counts(linus, lobby)) == ((1, 1), (1, 0))

    await ada.edits(hello, "hello @linus")

    assert (counts(grace, lobby), counts(linus, lobby)) == ((1, 0), (1, 1))


async def test_a_deleted_message_mentions_nobody_and_still_counts(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello @grace")

    await ada.deletes(hello)

    assert counts(grace, stage.id_of("lobby")) == (1, 0)


async def test_reading_up_to_an_event_that_is_no_message(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello @grace")
    await ada.edits(hello, "hello, @grace")
    await ada.posts("@grace?")

    mark = await grace.reads(hello + 1)

    assert (mark["unread"], mark["mentions"]) == (1, 1)


async def test_marks_made_while_away_are_there_when_one_comes_back(stage):
    ada = await stage.enters("ada")
    laptop, phone = await stage.enters("grace"), await stage.enters("grace")
    await laptop.goes_offline()
    await ada.posts("one @grace")
    two = await ada.posts("two @grace")
    await phone.reads(two)
    await ada.posts("three @grace")

    await laptop.comes_back()

    assert counts(laptop, stage.id_of("lobby")) == (1, 1)


async def test_a_new_name_shows_in_what_is_said_from_then_on(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    phone = await any_stage.enters("grace")
    await grace.posts("before")

    await grace.person.asks("PATCH", "me", json={"name": "Grace Hopper"})
    await grace.posts("from the laptop")
    await phone.posts("by rest", by_rest=True)
    await ada.posts("hello @Grace Hopper")

    names = [(await ada.sees(text))["by"]["name"] for text in ("before", "from the laptop", "by rest")]
    assert names == ["grace", "Grace Hopper", "Grace Hopper"]
    members = await ada.person.asks_for_all(f"rooms/{any_stage.id_of('lobby')}/members")
    assert {member["user"]["name"] for member in members} == {"ada", "Grace Hopper"}
    assert counts(phone, any_stage.id_of("lobby")) == (1, 1)
