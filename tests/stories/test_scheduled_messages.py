"""Messages that are sent at a time that their author chose."""

import asyncio
from datetime import UTC, datetime

import pytest

from hubbub.testing import refused
from hubbub.testing.clock import Clock
from several_nodes import stage_across

pytestmark = pytest.mark.anyio

HOUR = 3600


def moment(stage, *, seconds=HOUR):
    """A time to come, as it goes over the wire."""
    return datetime.fromtimestamp(stage.clock.now + seconds, UTC).isoformat()


async def schedules(actor, text, *, room="lobby", seconds=HOUR, key=None, **fields):
    """Have a message sent later; as the chat keeps it."""
    stage = actor._stage
    body = {"key": f"key of {text}" if key is None else key, "text": text, "at": moment(stage, seconds=seconds), **fields}
    return await actor.person.asks("POST", f"rooms/{stage.id_of(room)}/scheduled", json=body)


async def waiting(actor):
    """The texts of what somebody has scheduled, each with why it was not sent."""
    return [(each["text"], each.get("failed")) for each in (await actor.person.asks("GET", "scheduled"))["items"]]


async def texts(actor, room="lobby"):
    page = await actor.person.asks("GET", f"rooms/{actor._stage.id_of(room)}/messages")
    return [message.get("text") for message in page["items"]]


async def test_a_message_is_sent_at_its_time_to_everybody(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    kept = await schedules(ada, "good morning")

    assert await waiting(ada) == [("good morning", None)]
    assert await waiting(grace) == []
    assert await texts(grace) == []
    any_stage.clock.passes(hours=1)
    event = await grace.sees("good morning", by=ada)

    assert (event["key"], event["scheduled"]) == (kept["key"], True)
    assert await waiting(ada) == []
    await ada.hears("scheduled", waiting=0, failed=0)


async def test_nobody_else_hears_of_what_waits(stage):
    ada, grace, phone = await stage.enters("ada"), await stage.enters("grace"), await stage.enters("ada")
    grace.looks_away()
    kept = await schedules(ada, "a surprise")

    await phone.hears("scheduled", waiting=1, failed=0)
    await grace.sees_nothing()
    for method in ("PATCH", "DELETE"):
        with refused("not_found"):
            await grace.person.asks(method, f"scheduled/{kept['id']}", **({"json": {"text": "mine"}} if method == "PATCH" else {}))


async def test_what_is_due_is_sent_in_its_order_and_the_rest_waits(stage):
    ada = await stage.enters("ada")
    for text, seconds in (("third", 3 * HOUR), ("second", 2 * HOUR), ("first", HOUR), ("last", 9 * HOUR)):
        await schedules(ada, text, seconds=seconds)

    stage.clock.passes(hours=3)
    await stage.chat.features.scheduling.send_due()

    assert await texts(ada) == ["first", "second", "third"]
    assert await waiting(ada) == [("last", None)]


async def test_the_same_key_makes_one_message(stage):
    ada = await stage.enters("ada")
    first = await schedules(ada, "once", key="k")

    assert await schedules(ada, "twice", key="k", seconds=2 * HOUR) == first
    await ada.posts("once", key="k")
    stage.clock.passes(hours=1)
    await stage.chat.features.scheduling.send_due()

    assert await texts(ada) == ["once"]
    assert await waiting(ada) == []
    with refused("conflict"):
        await schedules(ada, "once more", key="k")


async def test_it_can_be_changed_and_taken_back(stage):
    ada = await stage.enters("ada")
    kept, other = await schedules(ada, "helo"), await schedules(ada, "never")

    changed = await ada.person.asks("PATCH", f"scheduled/{kept['id']}", json={"text": "hello", "at": moment(stage, seconds=2 * HOUR)})
    await ada.person.asks("DELETE", f"scheduled/{other['id']}")
    assert (changed["text"], changed["id"]) == ("hello", kept["id"])
    stage.clock.passes(hours=1)
    await stage.chat.features.scheduling.send_due()
    assert await waiting(ada) == [("hello", None)]

    stage.clock.passes(hours=1)
    await ada.sees("hello")
    for method in ("PATCH", "DELETE"):
        with refused("not_found"):
            await ada.person.asks(method, f"scheduled/{kept['id']}", **({"json": {}} if method == "PATCH" else {}))


async def test_a_reply_is_sent_where_it_belongs(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    question = await grace.posts("tea?")
    await schedules(ada, "in a thread", thread=question, also_to_room=True, reply_to=question)
    with refused("invalid"):
        await schedules(ada, "to nothing", reply_to=999)

    await grace.deletes(question)
    stage.clock.passes(hours=1)

    event = await grace.sees("in a thread")
    assert (event["thread"], event["also_to_room"], event["reply_to"]) == (question, True, question)


async def test_who_may_post_no_more_keeps_the_words_and_is_told_why(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    kept = await schedules(grace, "soup", room="kitchen")
    await ada.changes("kitchen", posting="moderators")

    stage.clock.passes(hours=1)
    await grace.hears("scheduled", waiting=0, failed=1)

    [[text, why]] = await waiting(grace)
    assert (text, "may read here" in why) == ("soup", True)
    assert await texts(ada, "kitchen") == []
    await ada.changes("kitchen", posting="everyone")
    again = await grace.person.asks("PATCH", f"scheduled/{kept['id']}", json={"at": moment(stage)})
    assert "failed" not in again
    stage.clock.passes(hours=1)
    await ada.sees("soup", by=grace)


async def test_who_was_removed_keeps_the_words_and_learns_nothing_of_the_room(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    await schedules(grace, "soup", room="kitchen")
    await ada.removes(grace, from_="kitchen")

    stage.clock.passes(hours=1)
    await stage.chat.features.scheduling.send_due()

    [kept] = (await grace.person.asks("GET", "scheduled"))["items"]
    assert (kept["text"], kept["room"], kept["failed"]) == ("soup", None, "There is no such room.")
    assert await texts(ada, "kitchen") == []


async def test_nothing_is_sent_for_who_was_deactivated(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await schedules(grace, "still here")
    await stage.chat.accounts.deactivate(grace.person.id)
    await grace.is_shown_out()

    stage.clock.passes(hours=1)
    await stage.chat.features.scheduling.send_due()

    assert await texts(ada) == []


async def test_a_message_sent_for_somebody_who_is_away_reads_nothing_for_them(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await schedules(ada, "good morning")
    await schedules(grace, "where all was read", seconds=HOUR - 1)
    await grace.posts("while you were away")
    await ada.goes_offline()

    stage.clock.passes(hours=1)
    await grace.sees("good morning")
    await ada.comes_back()

    room = await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}")
    assert room["unread"] == 3  # her own, which stands among the others
    assert (await grace.person.asks("GET", f"rooms/{stage.id_of('lobby')}"))["unread"] == 1


NO_TIMES = ["yesterday", "2030-05-04T12:00:00", "", None, 7, ["2030-05-04T12:00:00Z"]]


async def test_what_cannot_be_sent_is_refused_at_once(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("garden", kind="public")
    await ada.makes_room("kitchen")
    for at in NO_TIMES:
        with refused("invalid"):
            await ada.person.asks("POST", f"rooms/{stage.id_of('lobby')}/scheduled", json={"key": "k", "text": "hello", "at": at})
    for fields in ({"text": " "}, {"text": "hello", "key": ""}, {"text": "hello", "thread": 0}):
        with refused("invalid"):
            await schedules(ada, **fields)
    for seconds in (0, -5, 367 * 24 * HOUR):
        with refused("invalid"):
            await schedules(ada, "hello", seconds=seconds)
    for room, code in (("garden", "forbidden"), ("kitchen", "not_found")):
        with refused(code):
            await schedules(grace, "hello", room=room)
    with refused("too_large"):
        await schedules(ada, "x" * 8001, key="long")
    assert await waiting(ada) == await waiting(grace) == []


async def test_so_many_wait_and_no_more(stage):
    ada = await stage.enters("ada")
    async with stage.in_a_hurry():
        for number in range(100):
            await schedules(ada, f"{number}")
        with refused("conflict"):
            await schedules(ada, "one too many")


async def test_what_became_due_while_nobody_served_is_sent_after_the_start(make_stage, tmp_path):
    clock = Clock()
    stage = await make_stage(server="none", clock=clock)
    ada = await stage.enters("ada")
    await schedules(ada, "late, and not lost")
    await ada.goes_offline()
    await stage.chat.stop()
    clock.passes(days=1)
    await stage.chat.start()

    await ada.comes_back()
    await ada.sees("late, and not lost")
    assert await texts(ada) == ["late, and not lost"]


async def test_of_several_nodes_one_sends_and_each_message_once(postgres_url, tmp_path):
    async with stage_across(tmp_path, nodes=2, database=postgres_url) as stage:
        ada, grace = await stage.enters("ada"), await stage.enters("grace")
        for number in range(10):
            await schedules(ada, f"number {number}", seconds=HOUR + number)
        stage.clock.passes(hours=2)
        # As if each of them had the lease.
        await asyncio.gather(*(chat.features.scheduling.send_due() for chat in stage.chats))

        for number in range(10):
            await grace.sees(f"number {number}")
        assert await texts(grace) == [f"number {number}" for number in range(10)]
