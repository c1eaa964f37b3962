"""People talk: what one says, the others see, once and in order, however it is sent."""

import asyncio

import pytest

from hubbub import Hubbub, Settings
from hubbub.messages.pace import BURST
from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def test_whoever_names_the_room_names_everybody_in_it(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    linus = await any_stage.enters("linus")
    await ada.makes_room("kitchen", grace)

    tea = await ada.posts("@room tea", room="kitchen")

    assert (await grace.sees("@room tea"))["mentions"] == ["@room"]
    assert grace.rooms[any_stage.id_of("kitchen")].room["mentions"] == 1
    await ada.adds(linus, to="kitchen")
    await ada.edits(tea, "tea", room="kitchen")
    assert grace.rooms[any_stage.id_of("kitchen")].room["mentions"] == 0
    await ada.edits(tea, "tea, @room", room="kitchen")
    await ada.deletes(tea, room="kitchen")
    assert grace.rooms[any_stage.id_of("kitchen")].room["mentions"] == 0


async def test_what_ada_posts_grace_sees_once(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")

    await ada.posts("hi")

    await grace.sees("hi", room="lobby", by=ada)
    await grace.sees_nothing()
    await ada.sees("hi", by=ada)


async def test_everybody_sees_a_burst_in_one_order(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]

    async with any_stage.in_a_hurry():
        await asyncio.gather(ada.posts_all(f"ada {n}" for n in range(300)), grace.posts_all(f"grace {n}" for n in range(300)))
        await any_stage.settles()

    told = [[frame["text"] for frame in actor.line.frames if frame["type"] == "message.created"] for actor in (ada, grace, linus)]
    assert told[0] == told[1] == told[2]
    assert [text for text in told[2] if text.startswith("ada")] == [f"ada {n}" for n in range(300)]
    assert len(told[2]) == 600


async def test_what_is_sent_by_rest_and_by_socket_is_one_conversation(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")

    seqs = [await ada.posts(f"message {n}", by_rest=n % 2 == 1) for n in range(6)]

    assert seqs == list(range(seqs[0], seqs[0] + 6))
    for n in range(6):
        await grace.sees(f"message {n}")


async def test_a_message_is_the_same_object_everywhere(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    seq = await ada.posts("hi @grace")

    event = await grace.sees("hi @grace")
    lobby = stage.id_of("lobby")
    page = await grace.person.asks("GET", f"rooms/{lobby}/messages")
    log = await grace.person.asks("GET", f"rooms/{lobby}/events", params={"after": seq - 1})

    assert event["by"] == {"id": ada.person.id, "name": "ada", "kind": "human"}
    assert event["mentions"] == [grace.person.id]
    assert page["items"] == [event]
    assert log == {"items": [event], "next": None}


async def test_a_repeated_send_makes_no_second_message(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    lobby = any_stage.id_of("lobby")

    first = await ada.line.says("send", room=lobby, key="k", text="hi")
    again = await ada.line.says("send", room=lobby, key="k", text="hi")
    other_words = await ada.line.says("send", room=lobby, key="k", text="something else")
    by_rest = await ada.person.asks("POST", f"rooms/{lobby}/messages", json={"key": "k", "text": "a third"})

    assert "duplicate" not in first
    assert again["duplicate"] is other_words["duplicate"] is by_rest["duplicate"] is True
    assert {answer["seq"] for answer in (first, again, other_words, by_rest)} == {first["seq"]}
    assert {answer["at"] for answer in (first, again, other_words, by_rest)} == {first["at"]}
    assert by_rest["text"] == "hi"
    await grace.sees("hi")
    await grace.sees_nothing()
    await any_stage.holds()


async def test_repeated_sends_in_one_burst_make_one_message(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    lobby = stage.id_of("lobby")

    begun = [await ada.line.begins_to_say("send", room=lobby, key=f"k{n % 10}", text=f"text {n}") for n in range(50)]
    answers = [await ada.line.answer(answer) for answer in begun]

    assert len({answer["seq"] for answer in answers}) == 10
    assert sum("duplicate" in answer for answer in answers) == 40
    assert [answer["seq"] for answer in answers[:10]] == [answer["seq"] for answer in answers[40:]]
    await stage.holds()
    for n in range(10):
        await grace.sees(f"text {n}")
    await grace.sees_nothing()


async def test_a_key_counts_for_one_author_in_one_room(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)

    seqs = [await ada.posts("by ada", key="k"), await grace.posts("by grace", key="k")]
    await ada.posts("by ada, here", room="kitchen", key="k")

    assert seqs[0] != seqs[1]
    await grace.sees("by ada")
    await grace.sees("by ada, here", room="kitchen")
    await ada.sees("by grace")


async def test_bad_messages_are_refused_and_leave_no_trace(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    last = await ada.posts("before")
    grace.looks_away()

    for text in ("", "   ", "\n\t"):
        with refused("invalid"):
            await ada.posts(text)
        with refused("invalid"):
            await ada.posts(text, by_rest=True)
    with refused("too_large"):
        await ada.posts("x" * 8001)
    with refused("too_large"):
        await ada.posts("x" * 8001, by_rest=True)
    with refused("invalid"):
        await ada.posts("hi", key="k" * 65)
    with refused("not_found"):
        await ada.posts("hi", room="0" * 16)

    await grace.sees_nothing()
    assert await ada.posts("x" * 8000) == last + 1


async def test_a_chat_opened_again_goes_on_where_somebody_else_wrote_meanwhile(tmp_path):
    first, second = (Hubbub(Settings(data=tmp_path / "data")) for _ in range(2))
    async with first.lifespan():
        ada = await first.accounts.add_user("ada")
        assert (await first.post("lobby", "one", by=ada)).seq == 2
    async with second.lifespan():
        assert (await second.post("lobby", "two", by=ada)).seq == 3
    async with first.lifespan():
        assert (await first.post("lobby", "three", by=ada)).seq == 4


@pytest.mark.parametrize("server", ["hubbub", "none"])
async def test_who_sends_too_fast_is_told_how_long_to_wait(make_stage, server):
    stage = await make_stage(server=server, rate_limits="on")
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    lobby = stage.id_of("lobby")

    answers = [await ada.line.begins_to_say("send", room=lobby, key=f"{n}", text=f"{n}") for n in range(BURST + 1)]
    for answer in answers[:-1]:
        await ada.line.answer(answer)
    with refused("rate_limited") as refusal:
        await ada.line.answer(answers[-1])

    wait = refusal.value.answer["retry_after"]
    assert 0 < wait < 1
    await grace.posts("others are not held up")
    stage.clock.passes(seconds=wait)
    assert "duplicate" not in await ada.line.says("send", room=lobby, key=f"{BURST}", text=f"{BURST}")
    await grace.sees(f"{BURST}")
