"""Sets up a chat before the faults begin, and reads its whole log when they are over."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from history import Log, Logged

from hubbub.app import Hubbub
from hubbub.settings import Settings

_ITEMS = '{"items":['
_DECODER = json.JSONDecoder()


@dataclass
class Stage:
    """Who is there, and how they get in. `lobby` is among the rooms, and everybody is in it."""

    tokens: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    """Room ids by name."""
    members: dict[str, set[str]] = field(default_factory=dict)
    """Names by room id, for private rooms."""

    def bearer(self, name: str) -> dict[str, str]:
        """The headers that let somebody in."""
        return {"Authorization": f"Bearer {self.tokens[name]}"}


async def furnish(folder: Path, people: Sequence[str], private: Mapping[str, Sequence[str]] | None = None, **settings: Any) -> Stage:
    """Make the people, and private rooms with those who are in them. The first of each owns the room."""
    stage = Stage()
    hubbub = Hubbub(Settings(data=folder, **settings))
    await hubbub.start()
    try:
        users = {name: await hubbub.accounts.add_user(name, role="owner" if name == people[0] else "member") for name in people}
        for name, user in users.items():
            stage.tokens[name] = (await hubbub.accounts.create_token(user, "faults")).secret
        for room, names in (private or {}).items():
            place = await hubbub.rooms.create(users[names[0]], "private", room, members=[users[name].id for name in names[1:]])
            stage.rooms[room] = place.room.id
            stage.members[place.room.id] = set(names)
        stage.rooms["lobby"] = next(room.id for room in await hubbub.rooms.all_rooms() if room.name == "lobby")
    finally:
        await hubbub.stop()
    return stage


async def read_log(url: str, stage: Stage, readers: Mapping[str, str]) -> Log:
    """The whole log of each room, through the API. `readers` says by room id who may read it."""
    async with httpx2.AsyncClient(base_url=url, timeout=30) as http:
        return {room: [event async for event in _events(http, room, stage.bearer(name))] for room, name in readers.items()}


async def _events(http: httpx2.AsyncClient, room: str, headers: dict[str, str]):  # type: ignore[no-untyped-def]
    after: int | None = 0
    while after is not None:
        response = await http.get(f"/api/rooms/{room}/events", params={"after": after, "limit": 1000}, headers=headers)
        response.raise_for_status()
        for event in _as_written(response.text):
            yield event
        after = response.json()["next"]


def _as_written(page: str) -> Iterator[Logged]:
    """The events of a page, each with its own bytes and not with what a parser made of them."""
    place = len(_ITEMS)
    assert page.startswith(_ITEMS), page[:80]
    while page[place] == "{":
        event, end = _DECODER.raw_decode(page, place)
        yield Logged(event["seq"], page[place:end].encode(), event["by"]["name"], event.get("key"))
        place = end + 1
