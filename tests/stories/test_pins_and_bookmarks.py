"""Messages that are to be found again: pinned for everybody, kept for oneself; and what a message said before."""

import asyncio

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def pinned(actor, stage, room="lobby"):
    return [message.get("text") for message in (await actor.person.asks("GET", f"rooms/{stage.id_of(room)}/pins"))["items"]]


async def kept(actor):
    return [each["message"].get("text") for each in (await actor.person.asks("GET", "bookmarks"))["items"]]


def address(stage, seq, what, room="lobby"):
    return f"rooms/{stage.id_of(room)}/messages/{seq}/{what}"


async def test_what_is_pinned_is_pinned_for_everybody(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    rules, tea = await ada.posts("the rules"), await ada.posts("the tea")

    message = await grace.pins(rules)
    await grace.pins(tea)

    assert message["pinned"]["by"]["name"] == "grace"
    await ada.hears("message.pinned", target=rules)
    assert await pinned(ada, any_stage) == ["the tea", "the rules"]


async def test_anybody_who_may_post_unpins(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    rules = await ada.posts("the rules")
    await ada.pins(rules)

    await grace.unpins(rules)

    await ada.hears("message.unpinned", target=rules)
    assert await pinned(ada, stage) == []


async def test_what_is_pinned_already_stays_as_it_is(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    rules = await ada.posts("the rules")
    await ada.pins(rules)
    ada.looks_away()

    assert (await grace.pins(rules))["pinned"]["by"]["name"] == "ada"
    await grace.unpins(await grace.posts("not pinned"))

    await ada.sees("not pinned")
    await ada.sees_nothing()


async def test_two_who_pin_at_once_pin_once(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    rules = await ada.posts("the rules")
    async with stage.in_a_hurry():
        await asyncio.gather(ada.pins(rules), grace.pins(rules))

    log = await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}/events", params={"after": rules})
    assert [event["type"] for event in log["items"]] == ["message.pinned"]


async def test_a_pinned_message_says_its_new_words_and_goes_when_deleted(stage):
    ada = await stage.enters("ada")
    rules = await ada.posts("the rules")
    await ada.pins(rules)
    await ada.edits(rules, "the new rules")
    assert await pinned(ada, stage) == ["the new rules"]

    await ada.deletes(rules)

    assert await pinned(ada, stage) == []
    with refused("not_found"):
        await ada.pins(rules)


async def test_who_may_not_post_does_not_pin(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    garden = await ada.makes_room("garden", kind="public")
    seq = await ada.posts("roses", room="garden")

    with refused("forbidden"):
        await grace.pins(seq, room=garden)
    await ada.pins(seq, room="garden")
    with refused("forbidden"):
        await grace.unpins(seq, room=garden)
    assert await pinned(grace, stage, "garden") == ["roses"]


async def test_a_room_has_so_many_pins_and_no_more(stage):
    ada = await stage.enters("ada")
    async with stage.in_a_hurry():
        seqs = await ada.posts_all(f"rule {number}" for number in range(101))
        for seq in seqs[:100]:
            await ada.pins(seq)

    with refused("conflict"):
        await ada.pins(seqs[100])
    await ada.unpins(seqs[0])
    await ada.pins(seqs[100])


async def test_bookmarks_are_ones_own(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello, bye = await ada.posts("hello"), await ada.posts("bye")
    grace.looks_away()
    for seq in (hello, bye, hello):
        stage.clock.passes(seconds=1)
        await ada.person.asks("PUT", address(stage, seq, "bookmark"))

    assert (await kept(ada), await kept(grace)) == (["bye", "hello"], [])
    await grace.sees_nothing()
    await ada.person.asks("DELETE", address(stage, bye, "bookmark"))
    assert await kept(ada) == ["hello"]


async def test_a_bookmark_of_what_is_gone_shows_a_stub(stage):
    ada = await stage.enters("ada")
    hello = await ada.posts("hello")
    await ada.person.asks("PUT", address(stage, hello, "bookmark"))
    await ada.deletes(hello)

    assert await kept(ada) == [None]
    for seq in (1, hello, 999):
        with refused("not_found"):
            await ada.person.asks("PUT", address(stage, seq, "bookmark"))


async def test_bookmarks_in_a_room_that_one_left_are_not_shown(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    seq = await ada.posts("soup", room="kitchen")
    await grace.person.asks("PUT", address(stage, seq, "bookmark", "kitchen"))
    assert await kept(grace) == ["soup"]

    await grace.leaves("kitchen")

    assert await kept(grace) == []


async def test_a_message_tells_what_it_said_before(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("helo")
    await ada.edits(hello, "hallo")
    await ada.edits(hello, "hello")

    said = await grace.person.asks("GET", address(stage, hello, "versions"))

    assert [version["text"] for version in said["items"]] == ["helo", "hallo", "hello"]
    await ada.deletes(hello)
    assert (await grace.person.asks("GET", address(stage, hello, "versions")))["items"] == []


async def test_one_message_can_be_asked_for(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    await grace.reacts(hello, "\N{FISH}")

    message = await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages/{hello}")

    assert message == ada.rooms[stage.id_of("lobby")].messages[hello]
    with refused("not_found"):
        await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages/1")
