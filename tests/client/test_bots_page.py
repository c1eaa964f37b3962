"""Every program on docs/bots.md does what the page says of it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from restartable_chat import RestartableChat
from waiting import first

from hubbub.client import Page
from hubbub.client.chat import Chat

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[2] / "docs" / "bots.md").read_text()
PROGRAMS = dict(re.findall(r"^## (.+?)\n.*?^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))

Start = Callable[..., Awaitable["asyncio.Task[Any]"]]


@pytest.fixture
async def start(chat: RestartableChat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Start:
    """Runs a program of the page as the user `bot`; returns when it has opened so many feeds."""
    monkeypatch.setenv("CHAT_URL", chat.url)
    monkeypatch.setenv("CHAT_TOKEN", await chat.token("bot"))
    monkeypatch.chdir(tmp_path)
    listening = _notes_feeds(monkeypatch)

    async def run(heading: str, *, feeds: int = 0) -> "asyncio.Task[Any]":
        program: dict[str, Any] = {"__name__": "a_page"}
        exec(compile(PROGRAMS[heading], heading, "exec"), program)
        task = asyncio.create_task(program["main"]())
        for _ in range(feeds):
            await asyncio.wait_for(listening.acquire(), 10)
        return task

    return run


def _notes_feeds(monkeypatch: pytest.MonkeyPatch) -> asyncio.Semaphore:
    """Counts the feeds that `bot` opens."""
    opened, open_feed = asyncio.Semaphore(0), Chat.open_feed

    def open_and_count(self: Chat, *arguments: Any, **options: Any) -> Any:
        feed = open_feed(self, *arguments, **options)
        if self.conversation.me["name"] == "bot":
            opened.release()
        return feed

    monkeypatch.setattr(Chat, "open_feed", open_and_count)
    return opened


def test_every_section_with_a_program_is_run_here() -> None:
    source = Path(__file__).read_text()
    assert PROGRAMS
    assert [heading for heading in PROGRAMS if f'start("{heading}"' not in source] == []
    assert PAGE.count("```python") == len(PROGRAMS)


async def test_a_bot_answers_who_names_it(chat: RestartableChat, start: Start) -> None:
    async with await chat.client("ada") as ada:
        bot = await start("A bot", feeds=1)
        room, answers = ada.room("lobby"), ada.room("lobby").messages()
        await room.send("not to you")
        await room.send("hello @bot")
        assert [message.text for message in await first(1, answers)] == ["You said: hello @bot"]
        await _stop(bot)


async def test_a_bot_that_misses_nothing(chat: RestartableChat, start: Start) -> None:
    async with await chat.client("ada") as ada:
        room, answers = ada.room("lobby"), ada.room("lobby").messages()
        bot = await start("A bot that misses nothing", feeds=1)
        await _stop(bot)
        await room.send("three words here")
        bot = await start("A bot that misses nothing", feeds=1)
        assert [message.text for message in await first(1, answers)] == ["3 words"]
        await _stop(bot)


async def test_posting_twice_with_one_key(chat: RestartableChat, start: Start) -> None:
    async with await chat.client("ada") as ada:
        for _ in range(2):
            await (await start("Posting from a program"))
        assert await chat.texts(ada.room("lobby").id) == ["Version 2.1 is out."]


async def test_asking_and_waiting(chat: RestartableChat, start: Start) -> None:
    async with await chat.client("ada") as ada:
        questions = ada.room("lobby").messages()
        asking = await start("Asking and waiting for the answer")
        await first(1, questions)
        for text in ("Hm.", "Yes "):
            await ada.room("lobby").send(text)
        assert await asyncio.wait_for(asking, 10) == "yes"


async def test_looking_back(chat: RestartableChat, start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    async with await chat.client("ada") as ada:
        seq = await chat.post("ada", ada.room("lobby").id, *(f"m{n}" for n in range(60)))
        page, older = await (await start("Looking back, editing, taking back"))
        assert isinstance(page, Page)
        assert [message.text for message in (*older.messages, *page.messages)] == [f"m{n}" for n in range(60)]
        assert f"{seq} ada m59" in capsys.readouterr().out
        assert [event["type"] for event in (await chat.log(ada.room("lobby").id))[-3:]] == [
            "message.created",
            "message.edited",
            "message.deleted",
        ]


async def test_replying_reacting_pinning(chat: RestartableChat, start: Start) -> None:
    async with await chat.client("ada") as ada:
        await (await start("Replying, reacting, pinning"))
        page = await chat.log(ada.room("lobby").id)
        asked, thread, quote, reaction, pin = page[-5:]
        assert [event["type"] for event in (reaction, pin)] == ["reaction.added", "message.pinned"]
        assert thread["thread"] == quote["reply_to"] == reaction["target"] == pin["target"] == asked["seq"]


async def test_several_things_at_once(chat: RestartableChat, start: Start) -> None:
    async with await chat.client("ada") as ada:
        bot = await start("Several things at once", feeds=2)
        answers = ada.room("lobby").messages()
        await chat.user("linus")
        assert [message.text for message in await first(1, answers)] == ["Welcome, linus."]
        await ada.room("lobby").send("@bot what can you do?")
        assert [message.text for message in await first(1, answers)] == ["I only greet."]
        await _stop(bot)


async def _stop(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
