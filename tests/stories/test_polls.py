"""People ask and choose: one vote each, the last one counts, the same for everybody."""

import asyncio

import pytest

from hubbub.protocol.events import timestamp
from hubbub.testing import refused

pytestmark = pytest.mark.anyio

TEA = {"options": ["tea", "coffee", "water"]}


def counted(message):
    return [votes["count"] for votes in message["poll"].get("votes", [])]


async def test_everybody_sees_who_chose_what(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    asked = await ada.posts("What shall we drink?", poll=TEA)

    await grace.votes(asked, 1)
    message = await ada.votes(asked, 1)

    event = await ada.hears("poll.voted", target=asked, choices=[1])
    assert event["by"]["name"] == "grace"
    nobody = {"count": 0, "users": []}
    assert message["poll"] == TEA | {"votes": [nobody, {"count": 2, "users": [grace.person.id, ada.person.id]}, nobody]}
    assert grace.rooms[any_stage.id_of("lobby")].messages[asked] == message


async def test_the_last_vote_counts_and_may_be_taken_back(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    asked = await ada.posts("tea?", poll=TEA)
    await grace.votes(asked, 0)

    assert counted(await grace.votes(asked, 2)) == [0, 0, 1]
    assert "votes" not in (await grace.votes(asked))["poll"]


async def test_the_same_vote_again_makes_no_event(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    asked = await ada.posts("tea?", poll=TEA | {"multiple": True})
    await grace.votes(asked, 2, 0)
    ada.looks_away()

    assert counted(await grace.votes(asked, 0, 2, 2)) == [1, 0, 1]
    await ada.votes(asked)

    await ada.sees_nothing()


async def test_one_may_choose_several_where_that_was_asked(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    one, many = await ada.posts("one?", poll=TEA), await ada.posts("many?", poll=TEA | {"multiple": True})
    await ada.votes(many, 0)
    await grace.votes(many, 0, 1)

    message = await ada.votes(many, 0, 2)

    assert [votes["users"] for votes in message["poll"]["votes"]] == [[ada.person.id, grace.person.id], [grace.person.id], [ada.person.id]]
    with refused("invalid"):
        await grace.votes(one, 0, 1)


async def test_nobody_votes_once_it_is_closed(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    asked = await ada.posts("tea?", poll=TEA)
    await grace.votes(asked, 0)
    with refused("forbidden"):
        await grace.closes_poll(asked)

    message = await ada.closes_poll(asked)

    assert message["poll"]["closed"]["by"]["name"] == "ada"
    with refused("conflict"):
        await grace.votes(asked, 1)
    grace.looks_away()
    assert counted(await grace.votes(asked, 0)) == [1, 0, 0], "the vote that stands may be sent again"
    assert await ada.closes_poll(asked) == message
    await grace.sees_nothing()


async def test_a_poll_closes_at_its_time(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    moment = stage.clock.now + 3600
    asked = await ada.posts("tea?", poll=TEA | {"closes_at": spelled(moment)}, key="tea")
    await grace.votes(asked, 0)

    stage.clock.passes(hours=1)

    with refused("conflict"):
        await grace.votes(asked, 1)
    assert counted(await grace.votes(asked, 0)) == [1, 0, 0]
    assert await ada.posts("tea?", poll=TEA | {"closes_at": spelled(moment)}, key="tea") == asked
    with refused("invalid"):
        await ada.posts("tea again?", poll=TEA | {"closes_at": spelled(moment)})


async def test_who_moderates_may_close_it(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    asked = await grace.posts("tea?", poll=TEA, room="kitchen")

    assert (await ada.closes_poll(asked, room="kitchen"))["poll"]["closed"]["by"]["name"] == "ada"


async def test_the_question_may_be_edited_and_the_votes_stand(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    asked = await ada.posts("tea?", poll=TEA)
    await grace.votes(asked, 0)

    message = await ada.edits(asked, "tea, or what?")

    assert (message["text"], counted(message)) == ("tea, or what?", [1, 0, 0])
    assert message["poll"]["options"] == TEA["options"]


async def test_a_poll_that_is_deleted_is_gone_with_its_options(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    asked = await ada.posts("tea?", poll=TEA)
    await grace.votes(asked, 0)
    await ada.deletes(asked)

    for do in (lambda: grace.votes(asked, 0), lambda: ada.closes_poll(asked)):
        with refused("not_found"):
            await do()
    log = await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}/events")
    assert "coffee" not in str(log)


async def test_what_is_no_poll_and_no_option_is_refused(stage):
    ada = await stage.enters("ada")
    hello, asked = await ada.posts("hello"), await ada.posts("tea?", poll=TEA)

    for seq, choice in ((hello, 0), (asked, 3), (asked, -1)):
        with refused("invalid"):
            await ada.votes(seq, choice)


@pytest.mark.parametrize(
    "poll",
    [
        {"options": ["tea"]},
        {"options": [str(number) for number in range(21)]},
        {"options": ["tea", " "]},
        {"options": ["tea", " tea "]},
        {"options": ["tea", "x" * 201]},
        {"options": ["tea", "co\x00ffee"]},
        {"options": ["tea", 1]},
        {"options": "tea"},
        TEA | {"multiple": "yes"},
        *(TEA | {"closes_at": moment} for moment in ("tomorrow", "2030-01-01", "2030-01-01T00:00:00", "1960-01-01T00:00:00Z", 5)),
        TEA | {"closes_at": "9999-12-31T23:59:59.99-12:00"},
    ],
)
@pytest.mark.parametrize("by_rest", [False, True])
async def test_what_is_no_poll_is_not_posted(stage, poll, by_rest):
    ada = await stage.enters("ada")

    with refused("invalid"):
        await ada.posts("tea?", poll=poll, by_rest=by_rest)


async def test_all_who_vote_at_once_are_counted(stage):
    ada = await stage.enters("ada")
    others = [await stage.enters(f"guest {number}") for number in range(5)]
    asked = await ada.posts("tea?", poll=TEA)

    async with stage.in_a_hurry():
        await asyncio.gather(*(other.votes(asked, choice) for choice in range(3) for other in others))

    message = await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages/{asked}")
    assert sum(counted(message)) == 5


async def test_who_only_looks_in_does_not_vote_and_who_left_has_voted(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    garden = await ada.makes_room("garden", kind="public")
    asked = await ada.posts("roses?", room="garden", poll=TEA)
    with refused("forbidden"):
        await grace.votes(asked, 0, room=garden)
    await grace.joins("garden")
    await grace.votes(asked, 0, room="garden")

    await grace.leaves("garden")

    message = await ada.person.asks("GET", f"rooms/{garden}/messages/{asked}")
    assert counted(message) == [1, 0, 0]


async def test_one_who_was_away_counts_the_same(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    asked = await ada.posts("tea?", poll=TEA)
    await grace.votes(asked, 0)
    await grace.goes_offline()
    await ada.votes(asked, 2)
    await ada.closes_poll(asked)

    await grace.comes_back()

    message = grace.rooms[stage.id_of("lobby")].messages[asked]
    assert (counted(message), "closed" in message["poll"]) == ([1, 0, 1], True)


def spelled(moment):
    return timestamp(round(moment * 1000))
