"""Lost connections, restarts and cuts at the worst moment: nothing lost, nothing twice, nothing out of order."""

import asyncio
import logging

import pytest
from cutting_proxy import CuttingProxy
from restartable_chat import MakeChat, RestartableChat
from waiting import first

from hubbub.client import Client, Reset
from hubbub.errors import Forbidden, Unauthenticated
from hubbub.protocol.events import MessageCreated

pytestmark = pytest.mark.anyio


async def test_a_feed_goes_on_after_a_restart_of_the_server(chat: RestartableChat) -> None:
    async with await chat.client("grace") as grace:
        room = grace.room("lobby")
        feed = room.events()
        start = room.last_seq
        for round in range(3):
            await chat.post("ada", room.id, f"before restart {round}")
            await chat.restart()
            await chat.post("ada", room.id, f"after restart {round}")
        assert [event.seq for event in await first(6, feed)] == list(range(start + 1, start + 7))


async def test_a_send_waits_for_the_server_to_come_back(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        await chat.stop()
        sending = [asyncio.create_task(room.send(text)) for text in ("one", "two")]
        await chat.start()
        one, two = await asyncio.gather(*sending)
        assert two == one + 1
        assert await chat.texts(room.id) == ["one", "two"]


async def test_the_client_comes_back_when_the_server_said_so(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada:
        await chat.restart()
        await ada.room("lobby").send("back")
    assert chat.paused == [2.5]  # what `bye` asked for, and half of the spread


async def test_a_cut_between_commit_and_answer_makes_no_second_message(chat: RestartableChat) -> None:
    async with CuttingProxy(chat.port).running() as proxy, await chat.client("ada", url=proxy.url) as ada:
        room = ada.room("lobby")
        proxy.swallows_answers = True
        sending = asyncio.create_task(room.send("exactly once"))
        await asyncio.wait_for(proxy.swallowed.wait(), 10)
        assert await chat.texts(room.id) == ["exactly once"]
        assert not sending.done()
        proxy.swallows_answers = False
        proxy.cut()
        assert await asyncio.wait_for(sending, 10) == room.last_seq
        assert await chat.texts(room.id) == ["exactly once"]


async def test_cuts_in_the_middle_of_everything(chat: RestartableChat) -> None:
    count = 300
    async with (
        CuttingProxy(chat.port).running() as proxy,
        await chat.client("ada", url=proxy.url) as ada,
        await chat.client("grace", url=proxy.url) as grace,
    ):
        room, feed = ada.room("lobby"), grace.room("lobby").events()
        start = room.last_seq
        sending = [asyncio.create_task(room.send(f"m{n}")) for n in range(count)]
        found: list[int] = []
        while len(found) < count:
            found += [event.seq for event in await first(min(20, count - len(found)), feed)]
            proxy.cut()
        assert found == list(range(start + 1, start + count + 1))
        assert sorted(await asyncio.gather(*sending)) == found
        assert sorted(await chat.texts(room.id)) == sorted(f"m{n}" for n in range(count))


async def test_more_was_missed_than_is_replayed(make_chat: MakeChat) -> None:
    chat = await make_chat(replay_limit=5)
    async with CuttingProxy(chat.port).running() as proxy, await chat.client("grace", url=proxy.url) as grace:
        feed = grace.events()
        room = grace.room("lobby")
        start = room.last_seq
        await _away(chat, proxy, grace)
        await chat.post("ada", room.id, *(f"missed {n}" for n in range(50)))
        chat.may_come_back.set()
        assert [event.seq for event in await first(50, feed)] == list(range(start + 1, start + 51))
        await chat.post("ada", room.id, "live again")
        [event] = await first(1, feed)
        assert isinstance(event, MessageCreated)
        assert event.text == "live again"


async def test_a_room_without_readers_is_told_behind_and_goes_on(make_chat: MakeChat) -> None:
    chat = await make_chat(replay_limit=5)
    async with CuttingProxy(chat.port).running() as proxy, await chat.client("grace", url=proxy.url) as grace:
        room = grace.room("lobby")
        feed = room.events()
        await _away(chat, proxy, grace)
        last = await chat.post("ada", room.id, *(f"missed {n}" for n in range(20)))
        feed.close()
        chat.may_come_back.set()
        assert await room.send("I am back") == last + 1
        assert room.last_seq == last + 1


async def test_a_slow_consumer_stops_the_reading_and_misses_nothing(chat: RestartableChat) -> None:
    count, buffer = 1200, 10
    async with await chat.client("grace", buffer=buffer) as grace:
        room = grace.room("lobby")
        feed = room.events()
        start = room.last_seq
        for _ in range(count // 300):
            async with await chat.client("ada") as ada:
                await asyncio.gather(*(ada.room("lobby").send("x" * 8000) for _ in range(300)))
        assert not grace._chat.conversation.may_read
        # What the kernel and the library hold is little beside ten megabytes.
        assert room.last_seq <= start + buffer
        seen = [event.seq for event in await first(count, feed, 60)]
        assert seen == list(range(start + 1, start + count + 1))


async def test_a_consumer_that_answers_each_event_never_blocks_itself(chat: RestartableChat) -> None:
    async with await chat.client("ada") as ada, await chat.client("echo", buffer=3) as bot:
        feed = bot.messages()
        room = ada.room("lobby")
        await asyncio.gather(*(room.send(f"m{n}") for n in range(40)))
        answers = room.messages(after=0)
        async with asyncio.timeout(20):
            for _ in range(40):
                message = await anext(feed)
                await message.reply(f"re: {message.text}")
        assert [message.text for message in await first(40, answers)] == [f"re: m{n}" for n in range(40)]


async def test_one_full_feed_does_not_starve_another_in_the_same_task(chat: RestartableChat) -> None:
    ada_user = await chat.user("ada")
    kitchen_id = (await chat.hubbub.rooms.create(ada_user, "private", "kitchen")).room.id
    async with await chat.client("ada", buffer=3) as ada:
        lobby, kitchen = ada.room("lobby"), ada.room("kitchen")
        noisy, quiet = lobby.events(), kitchen.events()
        last = await chat.post("ada", lobby.id, *(f"noise {n}" for n in range(50)))
        await chat.post("ada", kitchen_id, "psst")
        [event] = await first(1, quiet)
        assert isinstance(event, MessageCreated)
        assert event.text == "psst"
        assert [event.seq for event in await first(50, noisy)] == list(range(last - 49, last + 1))


async def test_a_revoked_token_ends_everything(chat: RestartableChat) -> None:
    ada_user = await chat.user("ada")
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        feed = room.events()
        await room.send("last words")
        for token in await chat.hubbub.accounts.tokens_of(ada_user):
            await chat.hubbub.accounts.revoke_token(ada_user, token.id)
        assert len(await first(1, feed)) == 1
        with pytest.raises(Unauthenticated, match="revoked"):
            await first(1, feed)
        with pytest.raises(Unauthenticated):
            await room.send("too late")
        with pytest.raises(Unauthenticated):
            await first(1, ada.events())
        assert chat.paused == []
        assert not ada.is_connected


async def test_a_deactivated_user_is_not_let_in_again(chat: RestartableChat) -> None:
    user = await chat.user("grace")
    async with await chat.client("grace") as grace:
        feed = grace.events()
        await chat.hubbub.accounts.deactivate(user.id)
        with pytest.raises((Forbidden, Unauthenticated)):
            await first(1, feed)
        assert chat.paused == []


async def test_a_room_joined_while_away_is_read_from_the_joining_on(chat: RestartableChat) -> None:
    ada_user, grace_user = await chat.user("ada"), await chat.user("grace")
    kitchen = (await chat.hubbub.rooms.create(ada_user, "private", "kitchen")).room.id
    await chat.post("ada", kitchen, "before her time")
    async with CuttingProxy(chat.port).running() as proxy, await chat.client("grace", url=proxy.url) as grace:
        feed = grace.messages()
        await _away(chat, proxy, grace)
        await chat.hubbub.rooms.add_member(ada_user, kitchen, grace_user.id)
        await chat.post("ada", kitchen, "welcome, grace")
        chat.may_come_back.set()
        assert [message.text for message in await first(1, feed)] == ["welcome, grace"]


async def test_a_feed_ends_when_the_user_was_removed_while_away(chat: RestartableChat) -> None:
    ada_user, grace_user = await chat.user("ada"), await chat.user("grace")
    kitchen = (await chat.hubbub.rooms.create(ada_user, "private", "kitchen", members=[grace_user.id])).room.id
    async with CuttingProxy(chat.port).running() as proxy, await chat.client("grace", url=proxy.url) as grace:
        feed = grace.room("kitchen").events()
        await _away(chat, proxy, grace)
        await chat.hubbub.rooms.remove_member(ada_user, kitchen, grace_user.id)
        chat.may_come_back.set()
        with pytest.raises(StopAsyncIteration):
            await first(1, feed)
        assert [room.name for room in grace.rooms] == ["lobby"]


async def test_after_a_restored_backup_reading_goes_on_at_the_end(chat: RestartableChat, caplog: pytest.LogCaptureFixture) -> None:
    async with CuttingProxy(chat.port).running() as proxy, await chat.client("grace", url=proxy.url) as grace:
        room = grace.room("lobby")
        feed = room.events()
        grace._chat.conversation.epoch = "the life before"
        with caplog.at_level(logging.WARNING, "hubbub.client"):
            proxy.cut()
            [reset] = await first(1, feed)
        assert reset == Reset(room.id, room.last_seq)
        assert "restored from a backup" in caplog.text
        await chat.post("ada", room.id, "a new life")
        [event] = await first(1, feed)
        assert isinstance(event, MessageCreated)


async def _away(chat: RestartableChat, proxy: CuttingProxy, client: Client) -> None:
    """Cut the connection, and keep the client from coming back."""
    chat.may_come_back.clear()
    paused = len(chat.paused)
    proxy.cut()
    async with asyncio.timeout(10):
        while len(chat.paused) == paused:
            await asyncio.sleep(0)
    assert not client.is_connected
