"""Clients that keep at it: writers that retry until they are told yes, readers that go on where they were."""

import asyncio
import contextlib
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from history import Attempt, History, Outcome
from server_process import ServerProcess
from stage import Stage
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

LOST = (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError, TimeoutError)
"""What may happen to a connection whose server dies."""
REFUSED_PAUSE_SECONDS = 0.2
"""How long a writer waits after a refusal, which is less than it is told to, so that it is a nuisance."""

Way = Literal["cursors", "sync"]


class Progress:
    """Lets a test wait for what its clients come to see."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def tell(self) -> None:
        """Something has happened."""
        self._changed.set()

    async def until(self, is_so: Callable[[], bool], *, within: float = 90) -> None:
        """Wait until `is_so`. Raises TimeoutError when it does not come about."""
        async with asyncio.timeout(within):
            while not is_so():
                self._changed.clear()
                await self._changed.wait()


@dataclass(frozen=True)
class Scene:
    """What the clients of one test have in common."""

    server: ServerProcess
    stage: Stage
    history: History
    progress: Progress = field(default_factory=Progress)


@contextlib.asynccontextmanager
async def connected(server: ServerProcess, stage: Stage, name: str, **options: Any) -> AsyncIterator[ClientConnection]:
    """A WebSocket that has not said hello."""
    async with connect(
        f"ws://127.0.0.1:{server.port}/ws",
        subprotocols=[Subprotocol("hubbub.v1")],
        additional_headers=stage.bearer(name),
        compression=None,
        ping_interval=None,
        close_timeout=1,
        proxy=None,
        **options,
    ) as websocket:
        try:
            yield websocket
        finally:
            # Somebody who leaves does not wait until the other side has said goodbye too.
            websocket.transport.abort()


async def welcomed(websocket: ClientConnection) -> dict[str, Any]:
    """Say hello, and answer the welcome."""
    await websocket.send(hello())
    welcome: dict[str, Any] = json.loads(await websocket.recv())
    assert welcome["type"] == "welcome", welcome
    return welcome


def hello(cursors: Mapping[str, int] | None = None) -> str:
    """The first thing to say."""
    return json.dumps({"type": "hello", "id": 0, "cursors": dict(cursors or {})})


class Client:
    """Somebody who is connected whenever the server is there, until there is nothing left to do."""

    def __init__(self, name: str, scene: Scene) -> None:
        """`name` may name a device too, after a slash, for somebody who is here several times."""
        self.name = name
        self.byes: list[str] = []
        """The reasons of the goodbyes that were heard."""
        self.told_to_wait: list[float] = []
        """How long the goodbyes asked to stay away, in seconds; it is kept to."""
        self.port: int | None = None
        """That of the server it was last welcomed by."""
        self.close_codes: list[int] = []
        """How the server ended connections; 1006 where it just went away."""
        self.is_connected = False
        """Whether it has been welcomed, and has heard of no end."""
        self.is_finishing = False
        self._scene = scene
        self._websocket: ClientConnection | None = None

    @property
    def wants_more(self) -> bool:
        """Whether there is something left to do."""
        return not self.is_finishing

    async def run(self) -> None:
        """Connect and converse, again and again, for as long as there is something left to do."""
        while self.wants_more:
            await self._scene.server.is_up.wait()
            byes = len(self.byes)
            with contextlib.suppress(*LOST):
                async with connected(self._scene.server, self._scene.stage, self.name.partition("/")[0]) as websocket:
                    await self._converse_to_the_end(websocket)
            await asyncio.sleep(self.told_to_wait[-1] if len(self.byes) > byes else 0)

    async def converse(self, websocket: ClientConnection) -> None:
        """What to do over one connection."""
        raise AssertionError("each kind of client says this for itself")

    def is_cut_off(self) -> None:
        """Lose the connection of this moment, without a goodbye."""
        assert self._websocket is not None
        self._websocket.transport.abort()

    def connection_ended(self) -> None:
        """What to do when a connection is over."""

    async def is_welcomed(self, websocket: ClientConnection, cursors: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Say hello, and be connected from the welcome on."""
        await websocket.send(hello(cursors))
        welcome, _ = await anext(self.frames(websocket))
        if welcome.get("code") == "unavailable":
            await asyncio.sleep(REFUSED_PAUSE_SECONDS)
            raise ConnectionError(welcome["message"])
        assert welcome["type"] == "welcome", welcome
        self.is_connected, self._websocket, self.port = True, websocket, websocket.remote_address[1]
        self._scene.progress.tell()
        return welcome

    async def frames(self, websocket: ClientConnection) -> AsyncIterator[tuple[dict[str, Any], bytes]]:
        """What the server says; a `bye` is noted, and kept to when the connection has ended."""
        while True:
            raw = await websocket.recv()
            assert isinstance(raw, str)
            frame = json.loads(raw)
            if frame["type"] == "bye":
                self.byes.append(frame["reason"])
                self.told_to_wait.append(frame["retry_after"])
            else:
                yield frame, raw.encode()

    async def _converse_to_the_end(self, websocket: ClientConnection) -> None:
        try:
            await self.converse(websocket)
        except ConnectionClosed as closed:
            self.close_codes.append(closed.rcvd.code if closed.rcvd else 1006)
        finally:
            self.is_connected = False
            self.connection_ended()
            self._scene.progress.tell()


@contextlib.asynccontextmanager
async def at_work(*clients: Client) -> AsyncIterator[None]:
    """These clients do what they do, as long as this lasts. What one of them fails of is raised at the end."""
    tasks = [asyncio.create_task(client.run()) for client in clients]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


class Message(NamedTuple):
    """What a writer has to send."""

    room: str
    key: str
    text: str


class Writer(Client):
    """Sends what it is supplied with, in bursts, and each message until it is acknowledged."""

    def __init__(self, name: str, scene: Scene, supply: Iterable[Message], *, burst: int = 20, rest_seconds: float = 0) -> None:
        """`rest_seconds` is how long it rests after each burst, so that what the readers must read stays bounded."""
        super().__init__(name, scene)
        self._rest_seconds = rest_seconds
        self.acknowledged = 0
        self.refused = 0
        self.duplicates = 0
        self._supply = iter(supply)
        self._burst = burst
        self._again: deque[Message] = deque()
        self._ids = itertools.count(1)
        self._under_way: dict[int, tuple[Attempt, Message]] = {}
        self._is_told_to_wait = False

    @property
    def wants_more(self) -> bool:
        """Until it was told to finish, or has no more to send, and everything is acknowledged."""
        return not self.is_finishing or bool(self._again or self._under_way)

    async def converse(self, websocket: ClientConnection) -> None:
        """Send a burst, hear the answers, send the next."""
        await self.is_welcomed(websocket)
        await self._send_burst(websocket)
        async for frame, _ in self.frames(websocket):
            if frame["type"] in ("ok", "error"):
                self._answered(frame)
                self._scene.progress.tell()
            if not self._under_way:
                if self._is_told_to_wait or self._rest_seconds:
                    await self._rest(websocket, max(self._rest_seconds, REFUSED_PAUSE_SECONDS * self._is_told_to_wait))
                    self._is_told_to_wait = False
                await self._send_burst(websocket)
                if not self._under_way:
                    return

    def connection_ended(self) -> None:
        """Whatever was not answered is of unknown fate, and is sent again as it was."""
        for attempt, message in reversed(self._under_way.values()):
            self._scene.history.ends(attempt, Outcome.UNKNOWN)
            self._again.appendleft(message)
        self._under_way.clear()

    async def _rest(self, websocket: ClientConnection, seconds: float) -> None:
        """Send nothing for a while, and go on reading: what is not read holds up the goodbye that may come after it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for _ in self.frames(websocket):
                    pass

    async def _send_burst(self, websocket: ClientConnection) -> None:
        for _ in range(self._burst):
            message = self._next()
            if message is None:
                return
            id = next(self._ids)
            self._under_way[id] = self._scene.history.invokes(self.name, message.room, message.key), message
            # When the connection has ended, what was said before its end is still to be read.
            with contextlib.suppress(ConnectionClosed):
                await websocket.send(json.dumps({"type": "send", "id": id, **message._asdict()}))

    def _next(self) -> Message | None:
        if self._again:
            return self._again.popleft()
        message = None if self.is_finishing else next(self._supply, None)
        self.is_finishing = message is None
        return message

    def _answered(self, frame: dict[str, Any]) -> None:
        attempt, message = self._under_way.pop(frame["id"])
        if frame["type"] == "ok":
            self.acknowledged += 1
            self.duplicates += frame.get("duplicate", False)
            self._scene.history.ends(attempt, Outcome.OK, frame["seq"])
        else:
            assert frame["code"] == "unavailable", frame
            assert frame["retry_after"] > 0, frame
            self.refused += 1
            self._is_told_to_wait = True
            self._scene.history.ends(attempt, Outcome.REFUSED)
            self._again.append(message)


class Reader(Client):
    """Follows rooms from their first event on, and after every interruption goes on where it was."""

    def __init__(self, name: str, scene: Scene, rooms: Iterable[str], *, way: Way = "cursors", hangs_up_after: int = 0) -> None:
        """`way` is how it resumes; with `hangs_up_after` it goes by itself after so many events, and comes back."""
        super().__init__(name, scene)
        self.cursors = dict.fromkeys(rooms, 0)
        self.was_behind = 0
        self._way = way
        self.hangs_up_after = hangs_up_after
        self._ids = itertools.count(1)
        self._syncing: dict[int, str] = {}

    async def converse(self, websocket: ClientConnection) -> None:
        """Resume, and take what comes."""
        self._began(await self.is_welcomed(websocket, self.cursors if self._way == "cursors" else None))
        if self._way == "sync":
            for room in self.cursors:
                await self._sync(websocket, room)
        taken = 0
        async for frame, raw in self.frames(websocket):
            if frame["type"] == "behind":
                self.was_behind += 1
                await self._sync(websocket, frame["room"])
            elif frame["type"] == "ok":
                room = self._syncing.pop(frame["id"])
                self._scene.history.resumes(self.name, room, self.cursors[room])
            elif "seq" in frame:
                taken += self._take(frame["room"], frame["seq"], raw)
                if taken == self.hangs_up_after > 0:
                    await websocket.close()
                    return

    def connection_ended(self) -> None:
        """A `sync` that was not answered is asked for again over the next connection."""
        self._syncing.clear()

    def has_all(self, last_seqs: Mapping[str, int]) -> bool:
        """Whether it was given everything up to these numbers."""
        return all(self.cursors[room] >= last_seqs[room] for room in self.cursors)

    def _began(self, welcome: dict[str, Any]) -> None:
        for room in welcome["rooms"]:
            cursor = self.cursors.get(room["id"]) if self._way == "cursors" else None
            self._scene.history.resumes(self.name, room["id"], room["last_seq"] if cursor is None else cursor)

    async def _sync(self, websocket: ClientConnection, room: str) -> None:
        id = next(self._ids)
        self._syncing[id] = room
        with contextlib.suppress(ConnectionClosed):
            await websocket.send(json.dumps({"type": "sync", "id": id, "room": room, "after": self.cursors[room]}))

    def _take(self, room: str, seq: int, raw: bytes) -> int:
        """Note an event. What comes before the answer to `sync` belongs to the course before, and moves no cursor."""
        self._scene.history.receives(self.name, room, seq, raw)
        if room in self._syncing.values() or room not in self.cursors:
            return 0
        self.cursors[room] = seq
        self._scene.progress.tell()
        return 1
