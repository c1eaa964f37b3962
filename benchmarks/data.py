"""The chats that are measured: people with tokens of their own, rooms, and a log of a given length, made by Hubbub itself."""

import asyncio
import hashlib
import json
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import uvloop

from hubbub import Hubbub, Settings
from hubbub.accounts.model import User
from hubbub.database import schema

ROWS_AT_ONCE = 1000
AT_ONCE = 500
DESKS = 1024
VISITED = (10, 100, 1_000, 10_000)
"""How many of the desks the last four people visit, the very last one the most."""
TEXT = "A message of a usual length, as people write them to one another all day long: a line, or a little more than that."


T = TypeVar("T")


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
    """Small rooms, one for each of the first people; the last four are in some of them, too."""
    lobby: str
    """The room with everybody in it."""


def prepared(work: Path, people: int, rows: int, desks: int = DESKS) -> Path:
    """A folder with such a chat, made once and kept; whoever serves it takes a copy."""
    recipe = Path(__file__).read_bytes() + Path(schema.__file__).read_bytes()
    folder = work / "chats" / f"{people}-people-{rows}-rows-{desks}-desks-{hashlib.sha256(recipe).hexdigest()[:12]}"
    if not (folder / "cast.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        cast = uvloop.run(make(Settings(data=folder, rate_limits="off"), people, rows, desks))
        (folder / "cast.json").write_text(json.dumps(asdict(cast)))
    return folder


def copied(folder: Path, to: Path) -> Cast:
    """A fresh copy of a prepared chat, on the disk before anything is measured."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    os.sync()
    return Cast(**json.loads((to / "cast.json").read_text()))


async def make(settings: Settings, people: int, rows: int, desks: int = DESKS) -> Cast:
    """Make such a chat where the settings say."""
    chat = Hubbub(settings)
    await chat.start()
    try:
        users, tokens = await _people(chat, people)
        owner = users[0]
        hall = await _room(chat, "hall", users[:1000])
        annex = await _room(chat, "annex", users[-100:])
        archive = await _room(chat, "archive", users[:100])
        small = await _made(lambda number: _desk(chat, number, users), desks)
        await _fill(chat, owner, archive, rows)
        await chat.features.search_index.catch_up()  # or it would be at it while something else is measured
        return Cast(tokens, hall, annex, archive, small, await chat.room_id("lobby"))
    finally:
        await chat.stop()


async def _people(chat: Hubbub, count: int) -> tuple[list[User], list[str]]:
    users = await _made(lambda number: chat.accounts.add_user(f"person {number:05d}"), count)
    tokens = await _made(lambda number: chat.accounts.create_token(users[number], "benchmark"), count)
    return users, [token.secret for token in tokens]


async def _made(make_one: Callable[[int], Awaitable[T]], count: int) -> list[T]:
    """So many, some at once."""
    crowds = (range(at, min(at + AT_ONCE, count)) for at in range(0, count, AT_ONCE))
    return [made for crowd in crowds for made in await asyncio.gather(*map(make_one, crowd))]


async def _room(chat: Hubbub, name: str, members: list[User]) -> str:
    place = await chat.rooms.create(None, "private", name, members=[user.id for user in members])
    return place.room.id


async def _desk(chat: Hubbub, number: int, users: list[User]) -> str:
    visitors = [user for user, count in zip(users[-len(VISITED) :], VISITED, strict=True) if number < count]
    owner = users[number % len(users)]
    return await _room(chat, f"desk {number}", list({user.id: user for user in (owner, *visitors)}.values()))


async def _fill(chat: Hubbub, owner: User, room: str, rows: int) -> None:
    base = int(time.time() * 1000)
    for at in range(0, rows, ROWS_AT_ONCE):
        drafts = [chat.messages.draft(owner, room, key=f"{base:013d}-{n:012d}", text=TEXT) for n in range(at, min(at + ROWS_AT_ONCE, rows))]
        await chat.database.write(lambda transaction, drafts=drafts: chat.messages.post_all(transaction, drafts))  # type: ignore[misc]
