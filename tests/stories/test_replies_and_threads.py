"""People reply: with a quote, and in threads that have a place of their own."""

import asyncio

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def page_of(actor, stage, **params):
    return (await actor.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages", params=params))["items"]


async def threads_of(actor):
    return (await actor.person.asks("GET", "threads"))["items"]


def texts(messages):
    return [message.get("text") for message in messages]


@pytest.mark.parametrize("by_rest", [False, True])
async def test_a_reply_says_what_it_replies_to(any_stage, by_rest):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    hello = await ada.posts("hello")

    await grace.posts("hello yourself", reply_to=hello, by_rest=by_rest)

    assert (await ada.sees("hello yourself"))["reply_to"] == hello
    assert (await page_of(ada, any_stage))[-1]["reply_to"] == hello


@pytest.mark.parametrize("seq", [1, 999, 2**40])
async def test_one_replies_to_messages_only(stage, seq):
    ada = await stage.enters("ada")

    for fields in ({"reply_to": seq}, {"thread": seq}):
        for by_rest in (False, True):
            with refused("invalid"):
                await ada.posts("what?", by_rest=by_rest, **fields)


@pytest.mark.parametrize("fields", [{"reply_to": 0}, {"thread": -1}, {"thread": "x"}, {"also_to_room": True}, {"thread": 2**60}])
async def test_what_can_be_no_reply_is_refused(stage, fields):
    ada = await stage.enters("ada")
    await ada.posts("hello")

    for by_rest in (False, True):
        with refused("invalid"):
            await ada.posts("what?", by_rest=by_rest, **fields)


async def test_a_reply_to_a_deleted_message_stands(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    await ada.deletes(hello)

    await grace.posts("what was that?", reply_to=hello)

    assert (await ada.sees("what was that?"))["reply_to"] == hello


async def test_the_first_message_of_a_thread_counts_its_replies(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    first = await ada.posts("shall we?")
    await grace.posts("yes", thread=first)
    await ada.posts("when?", thread=first, by_rest=True)
    last = await grace.posts("now", thread=first)

    replies = (await page_of(ada, any_stage))[-4]["replies"]

    assert (replies["count"], replies["last_seq"]) == (3, last)
    assert [person["name"] for person in replies["by"]] == ["grace", "ada"]
    assert texts(await page_of(ada, any_stage, thread=first)) == ["yes", "when?", "now"]
    assert texts(await page_of(ada, any_stage, thread=first, limit=2)) == ["when?", "now"]
    assert texts(await page_of(ada, any_stage, thread=first, before=last)) == ["yes", "when?"]


async def test_a_reply_stands_in_the_room_only_where_it_is_to(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    first = await ada.posts("shall we?")
    await grace.posts("yes", thread=first)
    await grace.posts("we shall", thread=first, also_to_room=True)

    assert texts(await page_of(ada, stage, thread=0)) == ["shall we?", "we shall"]
    assert texts(await page_of(ada, stage, thread=0, around=first)) == ["shall we?", "we shall"]
    assert texts(await page_of(ada, stage)) == ["shall we?", "yes", "we shall"]
    assert texts(await page_of(ada, stage, thread=first)) == ["yes", "we shall"]


async def test_only_what_stands_in_the_room_counts_as_unread_there(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    first = await ada.posts("shall we?")
    await ada.reads()
    await grace.posts("yes", thread=first)

    assert ada.rooms[stage.id_of("lobby")].room["unread"] == 0
    await grace.posts("@ada we shall", thread=first, also_to_room=True)
    room = ada.rooms[stage.id_of("lobby")].room
    assert (room["unread"], room["mentions"]) == (1, 1)


async def test_a_thread_has_no_threads(stage):
    ada = await stage.enters("ada")
    first = await ada.posts("shall we?")
    reply = await ada.posts("we shall", thread=first)

    with refused("invalid"):
        await ada.posts("shall we really?", thread=reply)


async def test_a_deleted_reply_counts_no_more(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    first = await ada.posts("shall we?")
    yes, no = [await grace.posts(text, thread=first) for text in ("yes", "no")]

    await grace.deletes(no)

    assert (await ada.hears("message.deleted", target=no))["thread"] == first
    assert (await page_of(ada, stage, thread=0))[-1]["replies"]["count"] == 1
    await grace.deletes(yes)
    assert "replies" not in (await page_of(ada, stage, thread=0))[-1]
    assert [message["deleted"] for message in await page_of(ada, stage, thread=first)] == [True, True]


async def test_a_thread_goes_on_without_its_first_message(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    first = await ada.posts("shall we?")
    await grace.posts("yes", thread=first)

    await ada.deletes(first)
    await grace.posts("what was it again?", thread=first)

    stub = (await page_of(ada, any_stage, thread=0))[-1]
    assert stub["deleted"] is True
    assert stub["replies"]["count"] == 2
    assert texts(await page_of(ada, any_stage, thread=first)) == ["yes", "what was it again?"]


async def test_many_who_reply_at_once_are_all_counted(stage):
    ada = await stage.enters("ada")
    others = [await stage.enters(f"guest {number}") for number in range(5)]
    first = await ada.posts("shall we?")

    async with stage.in_a_hurry():
        await asyncio.gather(*(other.posts(f"yes {n}", thread=first) for n, other in enumerate(others)))

    assert (await page_of(ada, stage, thread=0))[-1]["replies"]["count"] == 5


async def test_a_reply_sent_again_is_counted_once(stage):
    ada = await stage.enters("ada")
    first = await ada.posts("shall we?")
    for _ in range(2):
        await ada.posts("yes", thread=first, key="the same")

    assert (await page_of(ada, stage, thread=0))[-1]["replies"]["count"] == 1


async def test_whoever_takes_part_in_a_thread_follows_it(stage):
    ada, grace, linus, alan = [await stage.enters(name) for name in ("ada", "grace", "linus", "alan")]
    first = await ada.posts("shall we?")
    await grace.posts("ask @linus", thread=first)

    assert [(each["message"]["seq"], each["unread"]) for each in await threads_of(ada)] == [(first, 1)]
    assert [each["unread"] for each in await threads_of(grace)] == [0]
    assert [each["unread"] for each in await threads_of(linus)] == [1]
    assert await threads_of(alan) == []


async def test_the_thread_with_the_newest_reply_comes_first(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    one, two = await ada.posts("one"), await ada.posts("two")
    for seq in (one, two, one):
        stage.clock.passes(minutes=1)
        await grace.posts("yes", thread=seq)

    assert [(each["message"]["seq"], each["unread"]) for each in await threads_of(ada)] == [(one, 2), (two, 1)]


async def test_one_reads_a_thread_and_may_leave_it(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    first = await ada.posts("shall we?")
    yes = await grace.posts("yes", thread=first)
    thread = f"rooms/{stage.id_of('lobby')}/threads/{first}"

    await ada.person.asks("PUT", f"{thread}/read", json={"seq": yes})
    await ada.person.asks("PUT", f"{thread}/read", json={"seq": 0})
    assert [each["unread"] for each in await threads_of(ada)] == [0]
    await ada.person.asks("DELETE", f"{thread}/follow")
    assert await threads_of(ada) == []
    await grace.posts("really", thread=first)
    assert await threads_of(ada) == []
    await ada.person.asks("PUT", f"{thread}/follow")
    await grace.posts("still", thread=first)
    assert [each["unread"] for each in await threads_of(ada)] == [1]


async def test_what_one_reads_in_a_thread_one_has_read_on_all_devices(any_stage):
    ada, phone, grace = [await any_stage.enters(name) for name in ("ada", "ada", "grace")]
    first = await ada.posts("shall we?")
    await grace.posts("yes", thread=first)
    now = await grace.posts("now", thread=first)

    await ada.reads_thread(first, now)

    for device in (ada, phone):
        await device.hears("thread.read", room="lobby", thread=first, seq=now)
    await ada.reads_thread(first, now + 1_000)
    await ada.reads_thread(first, first)
    await grace.posts("or never", thread=first)
    last = await grace.posts("or later", thread=first)
    await ada.reads_thread(first, last + 1_000)
    await phone.hears("thread.read", seq=last)
    assert [frame["seq"] for frame in phone.line.frames if frame["type"] == "thread.read"] == [now, last]
    assert "thread.read" not in {frame["type"] for frame in grace.line.frames}


async def test_who_does_not_follow_a_thread_hears_nothing_of_reading_it(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    first = await ada.posts("shall we?")
    yes = await ada.posts("we shall", thread=first)
    await grace.reads_thread(first, yes)
    await grace.person.asks("PUT", f"rooms/{stage.id_of('lobby')}/threads/{first}/follow")
    await grace.reads_thread(first, await ada.posts("now", thread=first))
    await grace.hears("thread.read")
    assert len([frame for frame in grace.line.frames if frame["type"] == "thread.read"]) == 1


async def test_threads_of_a_room_that_one_left_are_not_listed(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    first = await grace.posts("shall we?", room="kitchen")
    await ada.posts("yes", room="kitchen", thread=first)
    assert len(await threads_of(grace)) == 1

    await grace.leaves("kitchen")

    assert await threads_of(grace) == []
