"""Messages are edited and deleted: by whom, and what is left of the words."""

import asyncio
import json

import pytest

from hubbub.testing import Refused, refused

pytestmark = pytest.mark.anyio


async def test_an_edited_message_says_the_new_words_to_everybody(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    hello = await ada.posts("helo")

    any_stage.clock.passes(minutes=1)
    message = await ada.edits(hello, "hello")

    assert (message["text"], message["seq"]) == ("hello", hello)
    assert message["edited_at"] > message["at"]
    event = await grace.hears("message.edited", target=hello, text="hello")
    assert event["seq"] == hello + 1
    assert grace.rooms[any_stage.id_of("lobby")].messages[hello] == message


async def test_the_same_words_again_are_no_edit(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")
    grace.looks_away()

    message = await ada.edits(hello, "hello")

    assert "edited_at" not in message
    await grace.sees_nothing()


async def test_only_the_author_edits(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    boss = await stage.enters("boss", role="owner")
    hello = await ada.posts("hello")

    for other in (grace, boss):
        with refused("forbidden"):
            await other.edits(hello, "bye")


async def test_the_author_deletes_and_others_do_not(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    hello = await ada.posts("hello")

    with refused("forbidden"):
        await grace.deletes(hello)
    await ada.deletes(hello)

    await grace.hears("message.deleted", target=hello)
    await ada.deletes(hello)
    await grace.sees_nothing()


async def test_who_moderates_deletes_anybodys_message(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    boss = await stage.enters("boss", role="owner")
    await ada.makes_room("kitchen", grace, linus)
    rude, ruder = await grace.posts("rude", room="kitchen"), await grace.posts("ruder", room="kitchen")
    rudest = await grace.posts("rudest")

    await ada.deletes(rude, room="kitchen")
    await ada.promotes(linus, "admin", in_="kitchen")
    await linus.deletes(ruder, room="kitchen")
    await boss.deletes(rudest)

    assert (await grace.hears("message.deleted", target=rude))["by"]["name"] == "ada"
    assert (await grace.hears("message.deleted", target=ruder))["by"]["name"] == "linus"
    assert (await grace.hears("message.deleted", target=rudest))["by"]["name"] == "boss"


async def test_a_deleted_message_can_not_be_edited(stage):
    ada = await stage.enters("ada")
    hello = await ada.posts("hello")
    await ada.deletes(hello)

    with refused("not_found"):
        await ada.edits(hello, "hello again")


@pytest.mark.parametrize("seq", [1, 999])
async def test_what_is_no_message_can_not_be_changed(stage, seq):
    ada = await stage.enters("ada")

    with refused("not_found"):
        await ada.edits(seq, "hello")
    with refused("not_found"):
        await ada.deletes(seq)


async def test_the_words_of_a_deleted_message_leave_the_log(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    await grace.goes_offline()
    before = await ada.posts("before")
    secret = await ada.posts("the password is swordfish @grace")
    await ada.edits(secret, "the password is sturgeon")
    await ada.deletes(secret)

    lobby = any_stage.id_of("lobby")
    log = await grace.person.asks("GET", f"rooms/{lobby}/events", params={"after": before})
    page = await grace.person.asks("GET", f"rooms/{lobby}/messages")
    await grace.comes_back()
    await grace.hears("message.deleted", target=secret)
    linus = await any_stage.enters("linus")
    await linus.syncs(after=0)

    kinds = [event["type"] for event in log["items"]]
    assert kinds == ["message.created", "message.edited", "message.deleted"]
    assert [event.get("redacted") for event in log["items"]] == [True, True, None]
    stub = page["items"][-1]
    assert stub["deleted"] is stub["redacted"] is True
    assert (stub["seq"], stub["by"]["name"]) == (secret, "ada")
    told = json.dumps([log, page, grace.line.frames, linus.line.frames])
    assert "before" in told
    assert not [word for word in ("swordfish", "sturgeon", "password", 'mentions": [') if word in told]
    assert lobby in linus.rooms


async def test_a_deletion_leaves_no_words_in_what_the_node_remembers(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.goes_offline()
    secret = await ada.posts("swordfish")
    await ada.deletes(secret)
    await ada.posts("after")

    await grace.comes_back()

    await grace.sees("after")
    assert "swordfish" not in json.dumps(grace.line.frames)


async def at_once(stage, *doings):
    """Do it all at once; for each whether it was done. What is refused was not there any more."""
    async with stage.in_a_hurry():
        answers = await asyncio.gather(*doings, return_exceptions=True)
    for answer in answers:
        assert not isinstance(answer, BaseException) or (isinstance(answer, Refused) and answer.code == "not_found"), answer
    return [not isinstance(answer, BaseException) for answer in answers]


async def log_of(actor, stage, after):
    return (await actor.person.asks("GET", f"rooms/{stage.id_of('lobby')}/events", params={"after": after}))["items"]


async def message_of(actor, stage, seq):
    return await actor.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages/{seq}")


async def test_of_two_edits_at_once_the_last_one_in_the_log_stands(stage):
    laptop, phone = await stage.enters("ada"), await stage.enters("ada")
    grace, linus = await stage.enters("grace"), await stage.enters("linus")
    await linus.goes_offline()
    hello = await laptop.posts("hello")

    for number in range(5):
        assert await at_once(stage, laptop.edits(hello, f"laptop {number}"), phone.edits(hello, f"phone {number}")) == [True, True]

    log = await log_of(grace, stage, hello)
    assert [event["type"] for event in log] == ["message.edited"] * 10
    await linus.comes_back()
    await linus.hears("message.edited", text=log[-1]["text"])
    stands = await message_of(grace, stage, hello)
    assert (stands["text"], stands["edited_at"]) == (log[-1]["text"], log[-1]["at"])
    for actor in (laptop, phone, grace, linus):
        assert actor.rooms[stage.id_of("lobby")].messages[hello] == stands
    versions = await grace.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages/{hello}/versions")
    assert [version["text"] for version in versions["items"]] == ["hello", *(event["text"] for event in log)]


@pytest.mark.parametrize("first", ["edit", "deletion"])
async def test_an_edit_and_a_deletion_at_once_delete_whichever_comes_first(stage, first):
    laptop, phone = await stage.enters("ada"), await stage.enters("ada")
    grace, linus = await stage.enters("grace"), await stage.enters("linus")
    await linus.goes_offline()

    for number in range(3):
        hello = await laptop.posts(f"hello {number}")
        doings = [laptop.edits(hello, "hello again"), phone.deletes(hello)]
        done = await at_once(stage, *(doings if first == "edit" else reversed(doings)))
        is_edited, is_deleted = done if first == "edit" else reversed(done)

        assert is_deleted
        log = await log_of(grace, stage, hello)
        assert [event["type"] for event in log] == ["message.edited"] * is_edited + ["message.deleted"]
        stub = await message_of(grace, stage, hello)
        assert (stub["deleted"], stub["redacted"], "text" in stub, "edited_at" in stub) == (True, True, False, False)
    await linus.comes_back()
    await linus.hears("message.deleted", target=hello)
    assert linus.rooms[stage.id_of("lobby")].messages[hello] == stub


async def test_whatever_is_done_to_a_message_while_it_is_deleted_goes_with_it(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]

    for _ in range(3):
        asked = await ada.posts("Soup?", poll={"options": ["yes", "no"]})
        *_, is_deleted = await at_once(stage, grace.reacts(asked, "\N{FISH}"), linus.pins(asked), grace.votes(asked, 0), ada.deletes(asked))

        assert is_deleted
        stub = await message_of(linus, stage, asked)
        assert not {"reactions", "pinned", "poll", "text"} & stub.keys()
        assert (await log_of(ada, stage, asked))[-1]["type"] == "message.deleted"
    assert (await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}/pins"))["items"] == []


async def test_deleted_twice_at_once_is_deleted_once(stage):
    laptop, phone, grace = await stage.enters("ada"), await stage.enters("ada"), await stage.enters("grace")
    hello = await laptop.posts("hello")

    assert await at_once(stage, laptop.deletes(hello), phone.deletes(hello)) == [True, True]

    assert [event["type"] for event in await log_of(grace, stage, hello)] == ["message.deleted"]
