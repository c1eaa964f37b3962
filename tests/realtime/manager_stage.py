"""The stage for the ConnectionManager's tests: a small chat on it, a real uvicorn in this loop, and clients of several tempers."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect

from hubbub import ConnectionManager
from hubbub.server.listening import open_sockets

SECONDS = 10


class Chat:
    """An app on a manager whose endpoint only listens, and the WebSockets that came in, by name."""

    def __init__(self, manager: ConnectionManager | None = None) -> None:
        self.manager = manager or ConnectionManager()
        self.here: dict[str, WebSocket] = {}
        self.left: dict[str, asyncio.Future[int]] = {}
        self.app = FastAPI()
        self.app.websocket("/ws/{name}")(self._listen)

    async def _listen(self, websocket: WebSocket, name: str, group: str | None = None) -> None:
        left = self.left[name] = asyncio.get_running_loop().create_future()
        self.here[name] = websocket
        async with self.manager.connected(websocket, group=group):
            try:
                while True:
                    await websocket.receive_text()
            except WebSocketDisconnect as gone:
                left.set_result(gone.code)


@dataclass
class Running:
    """A server that listens, and the way to it."""

    port: int
    server: uvicorn.Server

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"


@contextlib.asynccontextmanager
async def running(app: Any, ws: Any) -> AsyncIterator[Running]:
    """uvicorn in this event loop, with this WebSocket protocol, from startup to shutdown."""
    config = uvicorn.Config(app, ws=ws, log_config=None, lifespan="off", timeout_graceful_shutdown=5)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    sockets = open_sockets("127.0.0.1", 0)
    await server.startup(sockets)
    await server.on_tick(0)
    try:
        yield Running(sockets[0].getsockname()[1], server)
    finally:
        await server.shutdown(sockets)


async def hears(client: ClientConnection, count: int = 1) -> list[str | bytes]:
    """The next messages."""
    async with asyncio.timeout(SECONDS):
        return [await client.recv() for _ in range(count)]


@contextlib.asynccontextmanager
async def sleeper(url: str, port: int) -> AsyncIterator[ClientConnection]:
    """A client that takes next to nothing until somebody calls `recv`."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    async with connect(url, sock=raw, max_queue=1, max_size=None, ping_interval=None, compression=None) as client:
        try:
            yield client
        finally:
            # Saying goodbye would wait for all that it never read.
            client.transport.abort()


async def until(happened: Callable[[], object]) -> None:
    """Let the loop turn until it has happened."""
    async with asyncio.timeout(SECONDS):
        while not happened():
            await asyncio.sleep(0)
