"""A reverse proxy, as small as can be, that serves something under a prefix and takes the prefix off what it passes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def stripping_proxy(port: int, prefix: str) -> AsyncIterator[str]:
    """The address at which `http://127.0.0.1:{port}/` is reached through the proxy."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await _pass_on(reader, writer, port, prefix.encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{prefix}/"
    finally:
        server.close()
        await server.wait_closed()


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
    both_ways = [asyncio.create_task(_copy(reader, upstream_writer)), asyncio.create_task(_copy(upstream_reader, writer))]
    await asyncio.wait(both_ways, return_when=asyncio.FIRST_COMPLETED)
    upstream_writer.close()
    writer.close()
    await asyncio.wait(both_ways)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
