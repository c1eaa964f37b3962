"""A real uvicorn in this process, and raw clients for it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from websocket_wire import KEY, closes, frames_in

from hubbub.server.listening import open_sockets


@dataclass
class Running:
    """A server that listens, and its address."""

    server: uvicorn.Server
    port: int

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"


@contextlib.asynccontextmanager
async def running(app: Any, **options: Any) -> AsyncIterator[Running]:
    """uvicorn itself with our protocol class, from startup to shutdown."""
    settings: dict[str, Any] = {"lifespan": "off", "log_config": None, "http": "httptools", "ws": "hubbub.server:Protocol"}
    config = uvicorn.Config(app, **{**settings, **options}, timeout_graceful_shutdown=5)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    sockets = open_sockets("127.0.0.1", 0)
    await server.startup(sockets)
    await server.on_tick(0)
    try:
        yield Running(server, sockets[0].getsockname()[1])
    finally:
        await server.shutdown(sockets)


class RawClient:
    """A client that says exactly what it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def says(self, data: bytes) -> None:
        self.writer.write(data)

    async def hears(self, end: bytes) -> bytes:
        """Read up to these bytes."""
        return await asyncio.wait_for(self.reader.readuntil(end), 10)

    async def hears_all(self) -> bytes:
        """Read until the server hangs up."""
        return await asyncio.wait_for(self.reader.read(), 10)

    async def answers_close(self) -> list[tuple[int, bytes]]:
        """Say goodbye, and read what there still was."""
        self.says(closes())
        return frames_in(await self.hears_all())


@contextlib.asynccontextmanager
async def raw_client(port: int, *, limit: int = 65536) -> AsyncIterator[RawClient]:
    """A TCP connection that has said nothing yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
    try:
        yield RawClient(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def raw_websocket(port: int, path: bytes = b"/") -> AsyncIterator[RawClient]:
    """A raw client with the handshake behind it."""
    async with raw_client(port) as client:
        client.says(upgrade(path))
        head = await client.hears(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        yield client


def upgrade(path: bytes = b"/", *more: bytes, method: bytes = b"GET") -> bytes:
    """The bytes that ask for a WebSocket."""
    lines = [
        method + b" " + path + b" HTTP/1.1",
        b"Host: 127.0.0.1",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: " + KEY,
        *more,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"
