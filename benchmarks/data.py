"""The chats that are measured: people with tokens of their own, rooms, and a log of a given length, made by Hubbub itself."""

import asyncio
import hashlib
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop

from hubbub import Hubbub, Settings
from hubbub.accounts.model import User
from hubbub.database import schema

ROWS_AT_ONCE = 1000
DESKS = 1024
TEXT = "A message of a usual length, as people write them to one another all day long: a line, or a little more than that."


@dataclass(frozen=True)
class Cast:
    """Who is in a prepared chat, and where."""

    tokens: list[str]
    hall: str
    """A room with the first thousand people in it."""
    annex: str
    """A room with a hundred others in it."""
    archive: str
    """The room with the long log; the first person is in it, and the first hundred."""
    desks: list[str]
    """A room for each of the first 1,024. The last person is in all of them, the one before in 100, and before that in 10."""
    lobby: str
    """The room with everybody in it."""


def prepared(work: Path, people: int, rows: int) -> Path:
    """A folder with such a chat, made once and kept; whoever serves it takes a copy."""
    recipe = Path(__file__).read_bytes() + Path(schema.__file__).read_bytes()
    folder = work / "chats" / f"{people}-people-{rows}-rows-{hashlib.sha256(recipe).hexdigest()[:12]}"
    if not (folder / "cast.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        cast = uvloop.run(make(Settings(data=folder, rate_limits="off"), people, rows))
        (folder / "cast.json").write_text(json.dumps(asdict(cast)))
    return folder


def copied(folder: Path, to: Path) -> Cast:
    """A fresh copy of a prepared chat, on the disk before anything is measured."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    os.sync()
    return Cast(**json.loads((to / "cast.json").read_text()))


async def make(settings: Settings, people: int, rows: int) -> Cast:
    """Make such a chat where the settings say."""
    chat = Hubbub(settings)
    await chat.start()
    try:
        users, tokens = await _people(chat, people)
        owner = users[0]
        hall = await _room(chat, "hall", users[:1000])
        annex = await _room(chat, "annex", users[-100:])
        archive = await _room(chat, "archive", users[:100])
        desks = await asyncio.gather(*(_desk(chat, number, user, users) for number, user in enumerate(users[:DESKS])))
        await _fill(chat, owner, archive, rows)
        await chat.features.search_index.catch_up()  # or it would be at it while something else is measured
        return Cast(tokens, hall, annex, archive, list(desks), await chat.room_id("lobby"))
    finally:
        await chat.stop()


async def _people(chat: Hubbub, count: int) -> tuple[list[User], list[str]]:
    users = [
        user for at in range(0, count, 500) for user in await asyncio.gather(*(_person(chat, n) for n in range(at, min(at + 500, count))))
    ]
    tokens = [
        made.secret
        for at in range(0, count, 500)
        for made in await asyncio.gather(*(chat.accounts.create_token(user, "benchmark") for user in users[at : at + 500]))
    ]
    return users, tokens


async def _person(chat: Hubbub, number: int) -> User:
    return await chat.accounts.add_user(f"person {number:05d}")


async def _room(chat: Hubbub, name: str, members: list[User]) -> str:
    place = await chat.rooms.create(None, "private", name, members=[user.id for user in members])
    return place.room.id


async def _desk(chat: Hubbub, number: int, owner: User, users: list[User]) -> str:
    visitors = [users[-1]] + [users[-2]] * (number < 100) + [users[-3]] * (number < 10)
    return await _room(chat, f"desk {number}", list({user.id: user for user in (owner, *visitors)}.values()))


async def _fill(chat: Hubbub, owner: User, room: str, rows: int) -> None:
    base = int(time.time() * 1000)
    for at in range(0, rows, ROWS_AT_ONCE):
        drafts = [chat.messages.draft(owner, room, key=f"{base:013d}-{n:012d}", text=TEXT) for n in range(at, min(at + ROWS_AT_ONCE, rows))]
        await chat.database.write(lambda transaction, drafts=drafts: chat.messages.post_all(transaction, drafts))  # type: ignore[misc]
