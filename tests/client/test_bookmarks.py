"""A program that restarts: it takes up where it stopped, misses nothing, and answers nothing twice."""

from pathlib import Path

import pytest
from restartable_chat import RestartableChat
from waiting import first

from hubbub.client import BookmarkFile, Bookmarks
from hubbub.errors import Invalid

pytestmark = pytest.mark.anyio


class RememberedBookmarks:
    """Bookmarks in memory, that remember every saving."""

    def __init__(self, kept: Bookmarks | None = None) -> None:
        self.saved = [kept] if kept else []

    def load(self) -> Bookmarks | None:
        return self.saved[-1] if self.saved else None

    def save(self, bookmarks: Bookmarks) -> None:
        self.saved.append(bookmarks)


async def test_a_program_that_restarts_misses_nothing(chat: RestartableChat, tmp_path: Path) -> None:
    file = BookmarkFile(tmp_path / "bot.json")
    async with await chat.client("bot", bookmarks=file) as bot:
        room = bot.room("lobby").id
        feed = bot.messages()
        await chat.post("ada", room, "handled", "in its hands")
        assert [message.text for message in await first(2, feed)] == ["handled", "in its hands"]
    await chat.post("ada", room, "while it is away")
    async with await chat.client("bot", bookmarks=file) as bot:
        # What it had in its hands when it stopped comes again: nobody said that it was done with it.
        assert [message.text for message in await first(2, bot.messages())] == ["in its hands", "while it is away"]


async def test_a_program_that_never_got_anything_misses_nothing_either(chat: RestartableChat, tmp_path: Path) -> None:
    file = BookmarkFile(tmp_path / "bot.json")
    async with await chat.client("bot", bookmarks=file) as bot:
        room = bot.room("lobby").id
        bot.messages()
    await chat.post("ada", room, "while it is away")
    async with await chat.client("bot", bookmarks=file) as bot:
        assert [message.text for message in await first(1, bot.messages())] == ["while it is away"]


async def test_answering_a_message_again_posts_nothing_twice(chat: RestartableChat, tmp_path: Path) -> None:
    file = BookmarkFile(tmp_path / "bot.json")
    texts = []
    for attempt in ("first", "second"):
        async with await chat.client("bot", bookmarks=file) as bot:
            feed = bot.messages()
            if attempt == "first":
                await chat.post("ada", bot.room("lobby").id, "hello?")
            [message] = await first(1, feed)
            await message.reply(f"{attempt} answer")
            await message.reply(f"{attempt} afterthought")
            texts.append(await chat.texts(bot.room("lobby").id))
    assert texts == [["hello?", "first answer", "first afterthought"]] * 2


async def test_a_room_joined_while_the_program_was_away_is_read_from_the_joining_on(chat: RestartableChat) -> None:
    store = RememberedBookmarks()
    ada, user = await chat.user("ada"), await chat.user("bot")
    async with await chat.client("bot", bookmarks=store) as bot:
        bot.messages()
    kitchen = (await chat.hubbub.rooms.create(ada, "private", "kitchen")).room.id
    await chat.post("ada", kitchen, "before its time")
    await chat.hubbub.rooms.add_member(ada, kitchen, user.id)
    await chat.post("ada", kitchen, "welcome, bot")
    async with await chat.client("bot", bookmarks=store) as bot:
        assert [message.text for message in await first(1, bot.messages())] == ["welcome, bot"]


async def test_bookmarks_of_another_life_of_the_server_count_for_nothing(chat: RestartableChat) -> None:
    async with await chat.client("bot") as bot:
        room = bot.room("lobby").id
    await chat.post("ada", room, "one", "two")
    store = RememberedBookmarks(Bookmarks("another life", {room: 1}))
    async with await chat.client("bot", bookmarks=store) as bot:
        feed = bot.messages()
        await chat.post("ada", room, "three")
        assert [message.text for message in await first(1, feed)] == ["three"]
        assert store.saved[-1].epoch != "another life"


async def test_several_consumers_keep_the_place_of_the_slowest(chat: RestartableChat) -> None:
    store = RememberedBookmarks()
    async with await chat.client("bot", bookmarks=store) as bot:
        quick, slow = bot.messages(), bot.messages()
        room = bot.room("lobby")
        last = await chat.post("ada", room.id, "one", "two", "three")
        await first(3, quick)
        await first(2, slow)
        assert store.saved[-1].seqs[room.id] == last - 2


def test_a_file_that_holds_no_bookmarks_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bot.json"
    assert BookmarkFile(path).load() is None
    path.write_text("[]")
    with pytest.raises(Invalid, match=r"bot\.json holds no bookmarks"):
        BookmarkFile(path).load()


def test_bookmarks_survive_the_file(tmp_path: Path) -> None:
    file = BookmarkFile(tmp_path / "bot.json")
    file.save(Bookmarks("e1", {"lobby": 3}))
    file.save(Bookmarks("e1", {"lobby": 4, "kitchen": 1}))
    assert file.load() == Bookmarks("e1", {"lobby": 4, "kitchen": 1})
    assert [path.name for path in tmp_path.iterdir()] == ["bot.json"]
