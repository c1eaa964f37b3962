"""`@chat.on`: after the commit, in order, at least once; whatever one handler does harms no other."""

import asyncio
import logging
import threading
from contextlib import asynccontextmanager

import pytest

from hubbub import Hubbub, Settings
from hubbub.protocol.events import MemberJoined, MessageCreated

pytestmark = pytest.mark.anyio


class Hearing:
    """A handler that keeps what it hears, and can be waited for."""

    def __init__(self):
        self.events = []
        self.news = asyncio.Condition()

    async def __call__(self, event):
        self.events.append(event)
        async with self.news:
            self.news.notify_all()

    @property
    def texts(self):
        return [event.text for event in self.events]

    async def hears(self, count):
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: len(self.events) >= count)


@asynccontextmanager
async def running(folder, *handlers, kind="message.created", **named):
    """A chat in the folder with these handlers, and ada in it."""
    chat = Hubbub(Settings(data=folder))
    for handler in handlers:
        chat.on(kind)(handler)
    for name, handler in named.items():
        chat.on(kind, name=name)(handler)
    async with chat.lifespan():
        if await chat.accounts.user_by_name("ada") is None:
            await chat.accounts.add_user("ada")
        yield chat


@pytest.fixture
def short_patience(monkeypatch):
    monkeypatch.setattr("hubbub.journal.following.HANDLER_SECONDS", 0.1)


async def test_a_handler_hears_every_event_of_its_type_in_order(tmp_path):
    hearing = Hearing()
    async with running(tmp_path, hearing=hearing) as chat:
        for number in range(250):
            await chat.post("lobby", f"{number}", by="ada")
        await hearing.hears(250)
    assert hearing.texts == [f"{number}" for number in range(250)]
    assert all(type(event) is MessageCreated for event in hearing.events)
    assert [event.seq for event in hearing.events] == list(range(2, 252))


async def test_what_a_handler_is_given_while_the_chat_stops_is_not_given_twice(tmp_path):
    given, go_on = asyncio.Event(), asyncio.Event()
    heard = []

    async def hear(event):
        given.set()
        await go_on.wait()
        heard.append(event.text)

    async with running(tmp_path, hearing=hear) as chat:
        await chat.post("lobby", "the last word", by="ada")
        await asyncio.wait_for(given.wait(), 10)
        await chat.drain()
        go_on.set()
    async with running(tmp_path, hearing=(again := Hearing())):
        await again.hears(1)
    assert heard + again.texts == ["the last word"]


async def test_every_type_has_its_own_events(tmp_path):
    joined = Hearing()
    async with running(tmp_path, kind="member.joined", joined=joined) as chat:
        await chat.accounts.add_user("grace")
        await joined.hears(2)
    assert [(type(event), event.user.name, event.by.name) for event in joined.events] == [
        (MemberJoined, "ada", "ada"),
        (MemberJoined, "grace", "grace"),
    ]


async def test_what_is_heard_is_committed(tmp_path):
    found = asyncio.get_running_loop().create_future()

    async def look(event):
        page = await chat.messages.page(await chat.user("ada"), event.room, limit=10)
        found.set_result(page.items[-1])

    async with running(tmp_path, look) as chat:
        await chat.post("lobby", "hello", by="ada")
        assert b'"hello"' in await asyncio.wait_for(found, 10)


async def test_what_happened_while_nobody_listened_comes_at_the_next_start(tmp_path):
    hearing = Hearing()
    async with running(tmp_path, hearing=hearing) as chat:
        await chat.post("lobby", "one", by="ada")
        await hearing.hears(1)
    async with running(tmp_path) as chat:
        await chat.post("lobby", "two", by="ada")
    later = Hearing()
    async with running(tmp_path, hearing=later) as chat:
        await chat.post("lobby", "three", by="ada")
        await later.hears(2)
    assert later.texts == ["two", "three"]


async def test_a_handler_that_is_new_begins_with_what_happens_now(tmp_path):
    async with running(tmp_path) as chat:
        await chat.post("lobby", "long ago", by="ada")
    hearing = Hearing()
    async with running(tmp_path, hearing=hearing) as chat:
        await chat.post("lobby", "now", by="ada")
        await hearing.hears(1)
    assert hearing.texts == ["now"]


async def test_an_event_under_way_at_the_stop_comes_again_and_those_before_it_do_not(tmp_path):
    heard, is_stuck = [], asyncio.Event()

    async def sticks(event):
        heard.append(event.text)
        if event.text == "two":
            is_stuck.set()
            await asyncio.Event().wait()

    async with running(tmp_path, name=sticks) as chat:
        for text in ("one", "two", "three"):
            await chat.post("lobby", text, by="ada")
        await asyncio.wait_for(is_stuck.wait(), 10)
    again = Hearing()
    async with running(tmp_path, name=again):
        await again.hears(2)
    assert heard == ["one", "two"]
    assert again.texts == ["two", "three"]


async def test_one_that_raises_is_logged_with_the_event_and_goes_on(tmp_path, caplog):
    hearing = Hearing()

    async def fails(event):
        if event.text == "bad":
            raise RuntimeError("boom")
        await hearing(event)

    async with running(tmp_path, fails) as chat:
        for text in ("bad", "good"):
            await chat.post("lobby", text, by="ada")
        await hearing.hears(1)
        ada = await chat.user("ada")
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert line.getMessage().startswith("The handler message.created test_handlers.test_one_that_raises")
    assert f"failed for message.created 2 of room {hearing.events[0].room} by ada ({ada.id}); it goes on" in line.getMessage()
    assert "boom" in str(line.exc_info)
    assert hearing.texts == ["good"]


async def test_one_that_raises_a_timeout_of_its_own_has_failed_and_was_not_given_up(tmp_path, caplog):
    hearing = Hearing()

    async def fails(event):
        await hearing(event)
        raise TimeoutError

    async with running(tmp_path, fails) as chat:
        for text in ("one", "two"):
            await chat.post("lobby", text, by="ada")
        await hearing.hears(2)
    assert "failed for message.created 2" in caplog.text
    assert "given up" not in caplog.text


@pytest.mark.parametrize("is_plain", [False, True], ids=["coroutine", "plain function"])
async def test_one_that_never_ends_is_given_up(tmp_path, caplog, short_patience, is_plain):
    hearing, may_end = Hearing(), threading.Event()

    async def hangs(event):
        await (asyncio.Event().wait() if event.text == "bad" else hearing(event))

    def hangs_on_a_thread(event):
        return may_end.wait() if event.text == "bad" else hearing(event)

    async with running(tmp_path, hangs_on_a_thread if is_plain else hangs) as chat:
        for text in ("bad", "good"):
            await chat.post("lobby", text, by="ada")
        await hearing.hears(1)
    may_end.set()
    assert "took over 0.1 seconds and was given up for message.created 2 of room" in caplog.text


async def test_one_that_cancels_itself_is_logged_and_goes_on(tmp_path, caplog):
    hearing = Hearing()

    async def cancels(event):
        if event.text == "bad":
            raise asyncio.CancelledError
        await hearing(event)

    async with running(tmp_path, cancels) as chat:
        for text in ("bad", "good"):
            await chat.post("lobby", text, by="ada")
        await hearing.hears(1)
    assert "cancelled itself at message.created 2" in caplog.text


async def test_a_slow_one_delays_no_other_and_nobody_who_posts(tmp_path):
    hearing, is_slow = Hearing(), asyncio.Event()

    async def slow(_event):
        is_slow.set()
        await asyncio.Event().wait()

    async with running(tmp_path, slow, hearing=hearing) as chat:
        for number in range(20):
            await chat.post("lobby", f"{number}", by="ada")
        await hearing.hears(20)
        assert is_slow.is_set()


async def test_a_plain_function_gets_a_thread(tmp_path):
    threads = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def hear(_event):
        loop.call_soon_threadsafe(threads.put_nowait, threading.current_thread())

    async with running(tmp_path, hear) as chat:
        await chat.post("lobby", "hi", by="ada")
        assert await asyncio.wait_for(threads.get(), 10) is not threading.main_thread()


async def test_a_handler_may_post_itself(tmp_path):
    hearing = Hearing()

    async def echoes(event):
        await hearing(event)
        if not event.text.startswith("echo"):
            await chat.post(event.room, f"echo of {event.text}", by="ada", key=f"echo-{event.seq}")

    async with running(tmp_path, echoes) as chat:
        await chat.post("lobby", "hi", by="ada")
        await hearing.hears(2)
    assert hearing.texts == ["hi", "echo of hi"]


async def test_a_message_that_was_deleted_before_it_was_heard_comes_without_its_words(tmp_path):
    async with running(tmp_path, hearing=Hearing()):
        pass
    async with running(tmp_path) as chat:
        posted = await chat.post("lobby", "secret", by="ada")
        await chat.messages.delete_message(await chat.user("ada"), posted.room_id, posted.seq)
    later = Hearing()
    async with running(tmp_path, hearing=later):
        await later.hears(1)
    assert (later.events[0].text, later.events[0].redacted) == (None, True)


async def test_mistakes_in_naming_a_handler_are_told_at_once(tmp_path):
    chat = Hubbub(Settings(data=tmp_path))
    with pytest.raises(ValueError, match=r"'message.sent' is no event. Known: message.created, message.edited"):
        chat.on("message.sent")(print)
    with pytest.raises(ValueError, match=r"has no name of its own.*Give it one with name="):
        chat.on("message.created")(Hearing())
    chat.on("message.created", name="first")(Hearing())
    with pytest.raises(ValueError, match=r"There is a handler 'message.created first' already"):
        chat.on("message.created", name="first")(Hearing())
    async with chat.lifespan():
        with pytest.raises(ValueError, match="before the chat starts"):
            chat.on("message.created")(print)
