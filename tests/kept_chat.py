"""A chat's data with something of everything in them, while nobody serves them."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from hubbub import Hubbub, Settings
from hubbub.files.folder import Folder
from hubbub.files.model import Claims
from hubbub.reactions.actions import Reacting
from hubbub.rooms.direct import DirectRooms

RED = bytes.fromhex(  # a PNG of one pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


class Kept:
    """A chat's data while nobody serves them."""

    def __init__(self, folder, names):
        self.folder = folder
        self.names = names

    @property
    def url(self):
        return f"sqlite:///{self.folder / 'hubbub.db'}"

    @property
    def files(self):
        """Where the bytes of its files are."""
        return Folder(self.folder / "files")

    def runs(self, *statements):
        """Change the data behind Hubbub's back; in a statement, `:lobby` and the like are ids."""
        with closing(sqlite3.connect(self.folder / "hubbub.db", isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement, {name: id for name, id in self.names.items() if f":{name}" in statement})

    def damages(self, table):
        """Overwrite where a table or an index begins in the file."""
        with closing(sqlite3.connect(self.folder / "hubbub.db")) as connection:
            found = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
            [size] = connection.execute("PRAGMA page_size").fetchone()
        with (self.folder / "hubbub.db").open("r+b") as file:
            file.seek((found[0] - 1) * size if found else 100)
            file.write(b"\xff" * 64)


async def upload(chat, user, name, data):
    """Upload a file for a message; its id."""

    async def all_of_it():
        yield data

    begun = await chat.features.files.uploads.begin(user, Claims(name, len(data)))
    return (await chat.features.files.uploads.take(user, begun.file.id, 0, all_of_it())).file.id


async def furnish(folder):
    """Three rooms, four people, and messages to which everything was done that can be; the ids by name."""
    chat = Hubbub(Settings(data=folder))
    async with chat.lifespan():
        ada, grace, hedy, joan = [await chat.accounts.add_user(name, role="owner") for name in ("ada", "grace", "hedy", "joan")]
        lobby = await chat.room_id("lobby")
        kitchen = (await chat.rooms.create(ada, "private", "kitchen", members=[grace.id, hedy.id])).room.id
        for number in range(1, 4):
            await chat.messages.post_message(grace, kitchen, key=f"tea-{number}", text=f"@hedy, tea number {number}")
        await chat.messages.edit_message(grace, kitchen, 5, "@hedy, @ada, coffee")
        files = [await upload(chat, ada, "notes.txt", b"swordfish"), await upload(chat, ada, "red.png", RED)]
        await chat.messages.post_message(ada, lobby, key="a", text="hello", files=files)
        await chat.messages.post_message(ada, lobby, key="b", text="a secret")
        await chat.messages.edit_message(ada, lobby, 6, "another secret")
        await chat.messages.delete_message(ada, lobby, 6)
        await chat.rooms.change(ada, kitchen, topic="tea")
        await chat.rooms.remove_member(ada, kitchen, hedy.id)
        await chat.rooms.mark_read(ada, kitchen, 4)
        for thread in (False, True):
            await chat.messages.post_message(ada, kitchen, key=f"re-{thread}", text="@room, a reply", thread=4, also_to_room=thread)
        await chat.features.pins.pin(ada, kitchen, 4)
        reacting = Reacting(chat.database, chat._journal)
        await reacting.react(grace, kitchen, 4, "🎉")
        await reacting.react(ada, kitchen, 4, "🎉")
        await reacting.take_back(ada, kitchen, 4, "🎉")
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        await chat.features.bookmarks.remind(ada, kitchen, 4, tomorrow)
        await chat.features.scheduling.schedule(ada, kitchen, tomorrow, key="later", text="tea again", reply_to=4)
        await DirectRooms(chat.database, chat._journal).open(ada, [joan.id])
        return {"lobby": lobby, "kitchen": kitchen, "ada": ada.id, "grace": grace.id, "hedy": hedy.id, "joan": joan.id}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A sound chat, made once."""
    folder = tmp_path_factory.mktemp("furnished")
    return Kept(folder, asyncio.run(furnish(folder)))


@pytest.fixture
def kept(furnished, tmp_path):
    """A copy of it, to do with as one likes."""
    shutil.copytree(furnished.folder, tmp_path / "data")
    return Kept(tmp_path / "data", furnished.names)
