"""People react to messages: with one emoji each as often as they like, counted the same for everybody."""

import asyncio

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio

UP, FISH, HEART = "\N{THUMBS UP SIGN}", "\N{FISH}", "\N{HEAVY BLACK HEART}"
RED_HEART = HEART + "\N{VARIATION SELECTOR-16}"
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"


def counted(message):
    return [(reaction["emoji"], reaction["count"]) for reaction in message.get("reactions", [])]


async def page_of(actor, stage):
    return (await actor.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages"))["items"]


async def test_everybody_sees_who_reacted(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    hello = await ada.posts("hello")

    await grace.reacts(hello, UP)
    message = await ada.reacts(hello, UP)

    assert message["reactions"] == [{"emoji": UP, "count": 2, "users": [grace.person.id, ada.person.id]}]
    event = await ada.hears("reaction.added", target=hello, emoji=UP)
    assert event["by"]["name"] == "grace"
    assert grace.rooms[any_stage.id_of("lobby")].messages[hello] == message


async def test_a_reaction_taken_back_is_gone(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    await grace.reacts(hello, UP)
    await grace.reacts(hello, FISH)

    await grace.takes_reaction_back(hello, UP)

    await ada.hears("reaction.removed", target=hello, emoji=UP)
    assert counted((await page_of(ada, stage))[-1]) == [(FISH, 1)]


async def test_the_same_reaction_twice_is_one(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    await grace.reacts(hello, RED_HEART)
    ada.looks_away()

    await grace.reacts(hello, RED_HEART)
    message = await grace.reacts(hello, HEART)
    await ada.takes_reaction_back(hello, UP)

    await ada.sees_nothing()
    assert counted(message) == [(RED_HEART, 1)]


@pytest.mark.parametrize("emoji", [UP, RED_HEART, FAMILY, "\U0001f44d\U0001f3fd", "\U0001f1f3\U0001f1f5", "1\ufe0f\u20e3", "\U0001fae9"])
async def test_any_emoji_will_do(stage, emoji):
    ada = await stage.enters("ada")
    hello = await ada.posts("hello")

    assert counted(await ada.reacts(hello, emoji)) == [(emoji, 1)]


@pytest.mark.parametrize(
    "text",
    ["x", "1", "ok", UP + UP, UP + "x", "<script>", "\u202e", "e\u0301", "\ufe0f", "\u200d", "\U0001f1f3", UP + "\u0301", FAMILY * 8],
)
async def test_what_is_no_emoji_is_refused(stage, text):
    ada = await stage.enters("ada")
    hello = await ada.posts("hello")

    with refused("invalid"):
        await ada.reacts(hello, text)


async def test_a_message_takes_so_many_kinds_and_no_more(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    async with stage.in_a_hurry():
        for number in range(20):
            await ada.reacts(hello, chr(0x1F600 + number))

    with refused("conflict"):
        await grace.reacts(hello, FISH)
    message = await grace.reacts(hello, chr(0x1F600))
    assert message["reactions"][0]["count"] == 2


async def test_nobody_reacts_to_what_is_gone_or_never_was(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    await grace.reacts(hello, UP)
    await ada.deletes(hello)

    for seq in (1, hello, 999):
        with refused("not_found"):
            await grace.reacts(seq, UP)
        with refused("not_found"):
            await grace.takes_reaction_back(seq, UP)
    assert "reactions" not in (await page_of(ada, stage))[-1]


async def test_who_only_looks_in_does_not_react(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    garden = await ada.makes_room("garden", kind="public")
    seq = await ada.posts("roses", room="garden")

    with refused("forbidden"):
        await grace.reacts(seq, UP, room=garden)


async def test_all_who_react_at_once_are_counted(stage):
    ada = await stage.enters("ada")
    others = [await stage.enters(f"guest {number}") for number in range(5)]
    hello = await ada.posts("hello")

    async with stage.in_a_hurry():
        await asyncio.gather(*(other.reacts(hello, emoji) for other in others for emoji in (UP, FISH)))

    assert sorted(counted((await page_of(ada, stage))[-1])) == sorted([(UP, 5), (FISH, 5)])


async def test_counts_are_right_for_one_who_was_away(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    await grace.reacts(hello, UP)
    await grace.goes_offline()
    await ada.reacts(hello, UP)
    await ada.reacts(hello, FISH)
    await ada.takes_reaction_back(hello, UP)

    await grace.comes_back()

    await grace.hears("reaction.removed", target=hello)
    assert counted(grace.rooms[stage.id_of("lobby")].messages[hello]) == [(UP, 1), (FISH, 1)]


async def test_reactions_outlive_an_edit_and_not_a_deletion(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    await grace.reacts(hello, UP)

    assert counted(await ada.edits(hello, "hello again")) == [(UP, 1)]
    await ada.deletes(hello)
    assert counted((await page_of(ada, stage))[-1]) == []
