"""The client and a real server, over real sockets, in good weather."""

import asyncio
import gc

import pytest
from restartable_chat import RestartableChat
from waiting import first

from hubbub.client import Message
from hubbub.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge, Unauthenticated, Unavailable
from hubbub.protocol.events import MessageCreated, MessageDeleted, MessageEdited, RoomChanged

pytestmark = pytest.mark.anyio


async def test_a_message_that_was_sent_is_read_by_another(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada, await chat.client("grace") as grace:
        events = grace.room("lobby").events()
        seq = await ada.room("lobby").send("hi")
        [event] = await first(1, events)
        assert isinstance(event, MessageCreated)
        assert (event.seq, event.text, event.by.name) == (seq, "hi", "ada")


async def test_iterating_over_a_room_begins_now(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        await room.send("before")
        feed = aiter(room)
        await room.send("after")
        [event] = await first(1, feed)
        assert isinstance(event, MessageCreated)
        assert event.text == "after"


async def test_events_after_a_seq_come_from_the_log(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        seq = await room.send("one")
        await room.send("two")
        await room.send("three")
        texts = [event.text for event in await first(2, room.events(after=seq)) if isinstance(event, MessageCreated)]
        assert texts == ["two", "three"]


async def test_a_consumer_may_begin_after_an_event_that_has_not_come_yet(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        feed = room.events(after=room.last_seq + 1)
        await room.send("skipped")
        seq = await room.send("wanted")
        [event] = await first(1, feed)
        assert event.seq == seq


async def test_several_consumers_each_get_every_event(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        start = room.last_seq
        feeds = [room.events(), ada.events(), room.events(after=0)]
        for text in ("a", "b", "c"):
            await room.send(text)
        assert [[event.seq for event in await first(3, feed)] for feed in feeds[:2]] == [[start + 1, start + 2, start + 3]] * 2
        assert [event.seq for event in await first(start + 3, feeds[2])] == list(range(1, start + 4))


async def test_the_same_key_is_the_same_message(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        assert await room.send("hi", key="k1") == await room.send("hi again", key="k1")
        assert await chat.texts(room.id) == ["hi"]


async def test_many_sends_at_once_keep_their_order(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        seqs = await asyncio.gather(*(room.send(f"m{n}") for n in range(200)))
        assert seqs == sorted(seqs)
        assert await chat.texts(room.id) == [f"m{n}" for n in range(200)]


async def test_editing_deleting_and_pages_of_history(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        feed = room.events()
        first_seq, second_seq = await room.send("helo"), await room.send("oops")
        edited = await room.edit(first_seq, "hello")
        await room.delete(second_seq)
        created, _, changed, deleted = await first(4, feed)
        assert isinstance(created, MessageCreated)
        assert isinstance(changed, MessageEdited)
        assert isinstance(deleted, MessageDeleted)
        assert (edited.text, changed.target, deleted.target) == ("hello", first_seq, second_seq)
        page = await room.page(limit=2)
        assert [(message.text, message.edited_at is not None) for message in page.messages] == [("hello", True), (None, False)]
        newest = await room.page(limit=1)
        assert [message.seq for message in (await room.page(before=newest.before, limit=1)).messages] == [first_seq]


async def test_replies_reactions_and_pins(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada, await chat.client("grace") as grace:
        room, events = ada.room("lobby"), grace.room("lobby").events()
        asked = await room.send("shall we?")
        [event] = await first(1, grace.room("lobby").messages(after=asked - 1))
        await event.react("\N{THUMBS UP SIGN}")
        await room.pin(asked)
        await room.unpin(asked)
        await grace.room("lobby").take_reaction_back(asked, "\N{THUMBS UP SIGN}")
        answer = await room.send("yes", thread=asked, also_to_room=True)
        [reply] = await first(1, grace.room("lobby").messages(after=answer - 1))
        last = await reply.reply("then we do", quoting=True)

        kinds = [each.type for each in await first(7, events)]
        page = await room.page(limit=1)

    assert kinds[1:5] == ["reaction.added", "message.pinned", "message.unpinned", "reaction.removed"]
    assert (reply.thread, reply.reply_to) == (asked, None)
    assert [(message.seq, message.thread, message.reply_to) for message in page.messages] == [(last, asked, answer)]


async def test_a_bot_sees_what_names_it_and_answers_others_only(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada, await chat.client("echo") as bot:
        mentions = bot.mentions()
        asked = await ada.room("lobby").send("hello @echo")
        await bot.room("lobby").send("I am @echo")
        again = await ada.room("lobby").send("@echo again")
        found = await first(2, mentions)
        assert [message.seq for message in found] == [asked, again]
        replies = ada.room("lobby").messages()
        assert isinstance(found[0], Message)
        await found[0].reply("you said hello")
        [reply] = await first(1, replies)
        assert (reply.text, reply.by.name) == ("you said hello", "echo")


async def test_typing_is_seen_by_others(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada, await chat.client("grace") as grace:
        seen = ada.room("lobby").events()
        grace.room("lobby").show_typing()
        await grace.room("lobby").read()  # answered after the typing was told
        await chat.post("ada", ada.room("lobby").id, "go on")
        await first(1, seen)
        assert ada.room("lobby").typing == ("grace",)


async def test_what_is_read_here_is_read_on_another_device(chat: RestartableChat) -> None:
    async with await chat.client("grace") as laptop, await chat.client("grace") as phone:
        room = phone.room("lobby")
        seen = room.events()
        seq = await chat.post("ada", room.id, "one", "two")
        await laptop.room("lobby").read(seq)
        await chat.post("ada", room.id, "three")
        await first(3, seen)
        assert (laptop.room("lobby").read_seq, room.read_seq, room.last_seq) == (seq, seq, seq + 1)


async def test_a_room_is_known_by_name_and_follows_its_changes(chat: RestartableChat) -> None:
    ada_user = await chat.user("ada")
    await chat.hubbub.rooms.create(ada_user, "private", "Kitchen")
    async with await chat.client("ada") as ada:
        kitchen = ada.room("kitchen")
        assert ada.room(kitchen.id) is kitchen
        assert {room.name for room in ada.rooms} == {"lobby", "Kitchen"}
        feed = kitchen.events()
        await chat.hubbub.rooms.change(ada_user, kitchen.id, topic="Tea")
        [event] = await first(1, feed)
        assert isinstance(event, RoomChanged)
        assert (kitchen.topic, kitchen.kind, kitchen.role) == ("Tea", "private", "owner")
        await chat.hubbub.rooms.create(ada_user, "private", "kitchen")
        await ada.room("lobby").send("by now it has come")
        with pytest.raises(NotFound, match=r"no room 'attic'.*Kitchen"):
            ada.room("attic")


async def test_two_rooms_of_one_name_need_an_id(chat: RestartableChat) -> None:
    ada_user = await chat.user("ada")
    for _ in range(2):
        await chat.hubbub.rooms.create(ada_user, "private", "kitchen")
    async with await chat.client("ada") as ada:
        with pytest.raises(Conflict, match="2 of your rooms"):
            ada.room("kitchen")


async def test_a_feed_of_all_rooms_has_what_comes_after_joining_one(chat: RestartableChat) -> None:
    ada_user, grace_user = await chat.user("ada"), await chat.user("grace")
    kitchen = (await chat.hubbub.rooms.create(ada_user, "private", "kitchen")).room.id
    async with await chat.client("grace") as grace:
        feed = grace.messages()
        await chat.hubbub.rooms.add_member(ada_user, kitchen, grace_user.id)
        await chat.post("ada", kitchen, "welcome, grace")
        [message] = await first(1, feed)
        assert (message.room.name, message.text) == ("kitchen", "welcome, grace")


async def test_a_feed_ends_when_the_user_is_removed(chat: RestartableChat) -> None:
    ada_user, grace_user = await chat.user("ada"), await chat.user("grace")
    kitchen = (await chat.hubbub.rooms.create(ada_user, "private", "kitchen", members=[grace_user.id])).room.id
    async with await chat.client("grace") as grace:
        room = grace.room("kitchen")
        feed = room.events()
        await chat.post("ada", kitchen, "bye")
        await chat.hubbub.rooms.remove_member(ada_user, kitchen, grace_user.id)
        async with asyncio.timeout(10):
            types = [event.type async for event in feed]
        assert types == ["message.created", "member.left"]
        assert room.role is None
        with pytest.raises(NotFound, match="not in 'kitchen' any more"):
            room.events()


async def test_refusals_are_errors_of_hubbub(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        with pytest.raises(Invalid, match="blank"):
            await room.send("   ")
        with pytest.raises(TooLarge):
            await room.send("x" * 8001)
        with pytest.raises(TooLarge, match="frames of 65,536 bytes"):
            await room.send("x" * 70_000)
        with pytest.raises(NotFound):
            await room.edit(999_999, "x")
        assert await chat.texts(room.id) == []


async def test_an_unknown_token_raises_at_once(chat: RestartableChat) -> None:
    client = await chat.client("ada")
    client._chat._headers = {"Authorization": "Bearer nonsense"}
    with pytest.raises(Unauthenticated):
        async with client:
            pytest.fail("nobody is let in with nonsense")
    assert chat.paused == []


async def test_a_wrong_address_is_told_from_a_server_that_is_away(chat: RestartableChat) -> None:
    with pytest.raises((NotFound, Forbidden), match="no chat for us"):
        async with await chat.client("ada", url=f"{chat.url}/nothing/here"):
            pytest.fail("there is nothing here")
    url = chat.url
    client = await chat.client("ada", connect_seconds=0.2)
    await chat.stop()
    with pytest.raises(Unavailable, match="did not answer in time"):
        async with client:
            pytest.fail(f"nothing runs at {url}")


async def test_closing_ends_feeds_and_refuses_what_waits(chat: RestartableChat) -> None:
    before = asyncio.all_tasks()
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        feed = room.events()
        reading = asyncio.create_task(anext(feed, None))  # type: ignore[arg-type]
        await room.send("one")
        assert (await reading) is not None
        waiting = asyncio.create_task(_all(feed))
        await asyncio.sleep(0)
    assert await waiting == []
    with pytest.raises(Unavailable, match="closed"):
        await room.send("too late")
    assert {task for task in asyncio.all_tasks() - before if task.get_name() == "hubbub client"} == set()


async def test_a_feed_is_read_by_one_task(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        feed = ada.room("lobby").events()
        reading = asyncio.create_task(_all(feed))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="Open a feed for each"):
            await anext(feed)
        feed.close()
        assert await reading == []


async def test_a_feed_that_was_dropped_holds_up_nobody(chat: RestartableChat) -> None:
    async with await chat.client("ada", buffer=2) as ada:
        room = ada.room("lobby")
        dropped = room.events()
        last = await chat.post("ada", room.id, *"abcdef")
        await room.send("reads on for the answer, until the buffer is full")
        assert not ada._chat.conversation.may_read
        del dropped
        gc.collect()
        assert ada._chat.conversation.may_read
        assert [event.seq for event in await first(1, room.events(after=last))] == [last + 1]


async def _all(feed):  # type: ignore[no-untyped-def]
    return [event async for event in feed]
