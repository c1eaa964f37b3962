"""A gateway on a real loop and real sockets, with a journal in memory and doors that let in whom the test says."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field

import uvicorn
from hub_stage import Somebody, recorded
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import connect

from hubbub.protocol.codes import SUBPROTOCOL
from hubbub.realtime.doors import Doors, Limits
from hubbub.realtime.gateway import Gateway
from hubbub.realtime.hub import Hub

PLAIN, PREPARED = "websockets-sansio", "hubbub.server:Protocol"
PATIENCE = 10


@dataclass(frozen=True)
class KnownAs:
    """What the handshake tells of who connects."""

    user: Somebody | None = None
    credential: Somebody | None = None
    has_foreign_origin: bool = False
    has_bad_token: bool = False
    visit: object = None


class Client:
    """One WebSocket of somebody in a story."""

    def __init__(self, websocket):
        self.websocket = websocket

    async def says(self, type, **fields):
        await self.websocket.send(json.dumps({"type": type, **fields}))

    async def says_raw(self, frame):
        await self.websocket.send(frame)

    async def hears(self):
        return json.loads(await asyncio.wait_for(self.websocket.recv(), PATIENCE))

    async def hears_type(self, type):
        frame = await self.hears()
        assert frame["type"] == type, frame
        return frame

    async def hears_seqs(self, count):
        return [(await self.hears())["seq"] for _ in range(count)]

    async def asks(self, type, **fields):
        """Say something and hear its answer."""
        await self.says(type, id=1, **fields)
        frame = await self.hears()
        assert frame.get("id") == 1, frame
        return frame

    async def hears_nothing_more(self):
        """What was said is answered, and nothing came before the answer."""
        assert (await self.asks("ping"))["type"] == "ok"

    async def is_closed(self):
        """The code with which the server closes, after whatever else it still sends."""
        await asyncio.wait_for(self.websocket.wait_closed(), PATIENCE)
        return self.websocket.close_code


@dataclass
class GatewayStage:
    """A server with one gateway, and what it answers from."""

    loop: asyncio.AbstractEventLoop
    limits: Limits
    logs: dict = field(default_factory=lambda: {"lobby": []})
    epoch: str = "first"
    load: object = None
    port: int = 0
    conversations: int = 0

    def __post_init__(self):
        self.hub = Hub(self.loop, read_journal=self._read, describe_room=self._describe, has_more_coming=lambda: False)
        doors = Doors(self._identify, self._identify_by_token, self._load_rooms, lambda: self.epoch, {}, lambda: None)
        self.gateway = Gateway(self.hub, doors, self.limits, "hubbub/test")

    @contextlib.asynccontextmanager
    async def connects(self, user=None, *, subprotocols=(SUBPROTOCOL,), foreign=False, **options):
        """A client that has not said hello yet."""
        headers = ({"x-user": user} if user else {}) | ({"x-foreign": "1", "origin": "https://evil.example"} if foreign else {})
        url = f"ws://127.0.0.1:{self.port}/ws"
        options = {"compression": None, "proxy": None, "ping_interval": None, "close_timeout": 1, **options}
        async with connect(url, subprotocols=subprotocols or None, additional_headers=headers, **options) as websocket:
            yield Client(websocket)

    @contextlib.asynccontextmanager
    async def greets(self, user, *, cursors=None, **options):
        """A client that was welcomed."""
        async with self.connects(user, **options) as client:
            await client.says("hello", id=0, **({} if cursors is None else {"cursors": cursors}))
            await client.hears_type("welcome")
            yield client

    def posts(self, room="lobby", *, count=1, size=10):
        """Messages are committed and announced."""
        log = self.logs[room]
        events = []
        for _ in range(count):
            events.append(recorded(room, len(log) + 1, fields={"text": "x" * size, "key": f"k{len(log) + 1}"}))
            log.append(events[-1])
        self.hub.announce(events)

    async def comes_to(self, condition):
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.001)

    async def serve(self, websocket):
        self.conversations += 1
        try:
            await self.gateway.serve(websocket)
        finally:
            self.conversations -= 1

    async def _identify(self, connection):
        user = connection.headers.get("x-user")
        known = (Somebody(user), Somebody("cookie")) if user else (None, None)
        return KnownAs(*known, has_foreign_origin="x-foreign" in connection.headers)

    async def _identify_by_token(self, _connection, token):
        return KnownAs(Somebody("ada"), Somebody("token")) if token == "right" else KnownAs()

    async def _load_rooms(self, user, _pass):
        if self.load is not None:
            return await self.load(user)
        return self.rooms()

    def rooms(self):
        return [{"id": room, "kind": "public", "name": room, "last_seq": len(log)} for room, log in self.logs.items()]

    def _read(self, room, after, up_to, done):
        rows = [(event.seq, event.body) for event in self.logs[room][after : min(up_to, after + 100)]]
        self.loop.call_soon(done, rows)

    def _describe(self, _user, room, done):
        self.loop.call_soon(done, next((view for view in self.rooms() if view["id"] == room), None))


@contextlib.asynccontextmanager
async def gateway_stage(server, *, text=8000, frame=4096, replay=20, hello_seconds=PATIENCE):
    """A stage with its server, from startup to shutdown."""
    stage = GatewayStage(asyncio.get_running_loop(), Limits(text, frame, replay, hello_seconds))
    app = Starlette(routes=[WebSocketRoute("/ws", stage.serve)])
    config = uvicorn.Config(app, host="127.0.0.1", port=0, ws=server, lifespan="off", log_config=None, timeout_graceful_shutdown=2)
    config.load()
    uvicorn_server = uvicorn.Server(config)
    uvicorn_server.lifespan = config.lifespan_class(config)
    await uvicorn_server.startup()
    stage.port = uvicorn_server.servers[0].sockets[0].getsockname()[1]
    try:
        yield stage
    finally:
        await uvicorn_server.shutdown()
