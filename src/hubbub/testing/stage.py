"""A stage: a real chat, a clock that one can turn, and a cast that plays in it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from hubbub.accounts.model import Role
from hubbub.app import Hubbub
from hubbub.previews.model import Found
from hubbub.previews.store import Job
from hubbub.protocol.codes import SUBPROTOCOL
from hubbub.settings import Settings
from hubbub.testing.actor import Actor
from hubbub.testing.clock import Clock
from hubbub.testing.errors import BrokenPromise, Json
from hubbub.testing.person import Person
from hubbub.testing.serving import Server, Serving, served
from hubbub.testing.snapshot import snapshot
from hubbub.testing.wires import Wire

PASSWORD = "correct horse battery"  # noqa: S105 - of people who live as long as a test
_TRIES = 3

Knows = Callable[[str], Mapping[str, str]]
"""How a host app knows somebody: for a name of the cast, the headers that they come with."""


class Stage:
    """A chat that is being served, and everybody who plays in it."""

    def __init__(self, chat: Hubbub, clock: Clock, serving: Serving, prefix: str = "", knows: Knows | None = None) -> None:
        self.chat = chat
        self.clock = clock
        self.serving = serving
        self.prefix = prefix
        self._knows = knows
        self.cast: dict[str, Person] = {}
        """Everybody known here, by name."""
        self.actors: list[Actor] = []
        """All clients that ever were, the first one first."""
        self._rooms: dict[str, str] = {}
        self._is_checking = False
        self._hurries = 0

    # People

    async def has(self, name: str, *, role: Role = "member", by_password: bool = False) -> Person:
        """Somebody of this name, made when there is nobody yet: with an API token, or signed in as a browser is."""
        person = self.cast.get(name)
        if person is None and self._knows is not None:
            person = self.cast[name] = await self._has_by_host(name, self._knows(name))
        elif person is None:
            user = await self.chat.accounts.add_user(name, role=role, password=PASSWORD if by_password else None)
            if by_password:
                proof = {"Cookie": f"hubbub_login={await self.lets_in(name)}", "Origin": self.serving.origin}
            else:
                token = await self.chat.accounts.create_token(user, "stage")
                proof = {"Authorization": f"Bearer {token.secret}"}
            person = self.cast[name] = self.somebody(user.id, name, proof)
        return person

    async def _has_by_host(self, name: str, proof: Mapping[str, str]) -> Person:
        person = self.somebody("", name, dict(proof))
        person.id = (await person.asks("GET", "me"))["id"]
        return person

    async def lets_in(self, name: str) -> str:
        """Sign somebody in who has a password; the login's secret."""
        return (await self.chat.accounts.sign_in(name, PASSWORD, address="192.0.2.1")).secret

    def somebody(self, id: str, name: str, headers: dict[str, str]) -> Person:
        """A person with headers of their own, who is not kept in the cast."""
        return Person(id, name, headers, self.serving.browser(f"{self.prefix}/api/", headers))

    async def enters(self, name: str, *, role: Role = "member", by_password: bool = False) -> Actor:
        """Somebody of this name comes in: the first time as a new user, then with one more device each time."""
        actor = Actor(self, await self.has(name, role=role, by_password=by_password), self.connect)
        self.actors.append(actor)
        await actor.comes_back()
        for room in actor.welcome["rooms"]:
            self._rooms.setdefault(room["name"], room["id"])
        return actor

    async def connect(self, person: Person) -> Wire:
        """Open a WebSocket for a person, without a word said yet."""
        return await self.serving.connect(f"{self.prefix}/ws", person.headers, SUBPROTOCOL)

    # Rooms

    def names_room(self, name: str, id: str) -> None:
        """From now on a room goes by this name on the stage."""
        self._rooms[name] = id

    def id_of(self, room: str) -> str:
        """The id of a room that has a name on this stage; what has none is an id itself."""
        return self._rooms.get(room, room)

    def is_arrival(self, frame: Json) -> bool:
        """Whether a frame only says that a new user came into the lobby."""
        is_joining: bool = frame["type"] == "member.joined" and frame["by"]["id"] == frame["user"]["id"]
        return is_joining and frame["room"] == self._rooms.get("lobby")

    # The world outside

    async def previews_links(self) -> None:
        """Somebody who runs the chat has links previewed from now on."""
        owner = await self.has("the owner of previews", role="owner")
        await owner.asks("PATCH", "site", json={"previews": True})

    async def has_fetched(self, link: str, title: str, *, by: Actor, seq: int, room: str = "lobby") -> None:
        """As if the page behind a message's link had come and were called this; nobody is asked."""
        job = Job(self.id_of(room), seq, by.person.id, [link])
        await self.chat.features.previews.keep(job, {link: Found(title, "", "")})

    # Promises

    async def holds(self) -> None:
        """Hold that for everybody who is online the old snapshot and the events since are the new snapshot."""
        if self._hurries or self._is_checking:
            return
        self._is_checking = True
        try:
            await self._hold()
        finally:
            self._is_checking = False

    async def settles(self) -> None:
        """Wait until everybody who is online has everything that the chat knows now."""
        for actor in self._playing():
            await actor.catches_up(await snapshot(actor.person))

    @asynccontextmanager
    async def in_a_hurry(self) -> AsyncIterator[None]:
        """Check nothing until the end of the block, where much happens at once."""
        self._hurries += 1
        try:
            yield
        finally:
            self._hurries -= 1
        await self.holds()

    async def _hold(self) -> None:
        for actor in self._playing():
            # Whoever is looked at while something is under way is looked at again.
            for _ in range(_TRIES):
                now = await snapshot(actor.person)
                await actor.catches_up(now)
                differences = actor.differences(now) if actor.is_online else []
                if not differences:
                    break
            if differences:
                raise BrokenPromise("The old snapshot and the events are not the new snapshot.\n" + "\n".join(differences))

    def _playing(self) -> list[Actor]:
        return [actor for actor in self.actors if actor.is_online and actor.is_reading]

    async def closes(self) -> None:
        """Everybody goes home."""
        for actor in self.actors:
            await actor.disconnects()
        for person in self.cast.values():
            await person.close()


@asynccontextmanager
async def stage_in(
    folder: Path,
    *,
    server: Server = "hubbub",
    clock: Clock | None = None,
    prefix: str = "",
    **settings: Any,
) -> AsyncIterator[Stage]:
    """A stage with a chat of its own in the folder. With a prefix, the chat is mounted there in another app."""
    clock = clock or Clock()
    chat = Hubbub(Settings(data=folder, **{"rate_limits": "off", **settings}), clock=clock)
    app = chat.app
    if prefix:
        app = FastAPI()
        app.include_router(chat.router, prefix=prefix)
    async with served(app, server) as serving:
        stage = Stage(chat, clock, serving, prefix)
        try:
            yield stage
            await stage.holds()
        finally:
            await stage.closes()


@asynccontextmanager
async def stage_on(app: Any, chat: Hubbub, *, knows: Knows, prefix: str = "/chat", server: Server = "hubbub") -> AsyncIterator[Stage]:
    """A stage on somebody's own app, in which the chat is mounted under the prefix."""
    async with served(app, server) as serving:
        stage = Stage(chat, Clock(), serving, prefix, knows)
        try:
            yield stage
            await stage.holds()
        finally:
            await stage.closes()
