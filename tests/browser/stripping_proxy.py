"""A reverse proxy, as small as can be, that serves something under a prefix and takes the prefix off what it passes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from owned_server import OwnedServer


@contextlib.asynccontextmanager
async def stripping_proxy(port: int, prefix: str) -> AsyncIterator[str]:
    """The address at which `http://127.0.0.1:{port}/` is reached through the proxy."""

    server = OwnedServer(lambda reader, writer: _pass_on(reader, writer, port, prefix.encode()))
    _, own_port = await server.open()
    try:
        yield f"http://127.0.0.1:{own_port}{prefix}/"
    finally:
        await server.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, prefix: bytes) -> None:
    """One request and its answer, or one WebSocket, on a connection of its own."""
    head = await reader.readuntil(b"\r\n\r\n")
    method, path, rest = head.split(b" ", 2)
    if not path.startswith(prefix):
        writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        return
    if b"upgrade: websocket" not in head.lower():
        rest = rest.replace(b"keep-alive", b"close")
    upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
    upstream_writer.write(b" ".join((method, path.removeprefix(prefix), rest)))
    try:
        async with asyncio.TaskGroup() as both_ways:
            both_ways.create_task(_copy(reader, upstream_writer))
            both_ways.create_task(_copy(upstream_reader, writer))
    finally:
        upstream_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
