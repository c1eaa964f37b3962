"""A client below the protocol: bytes on a TCP connection, said or not said, read or not read, as a test wants."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

_MASK = b"\x00\x00\x00\x00"
PING, CLOSE = 0x9, 0x8


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def says(self, **command: Any) -> None:
        """Send one command."""
        self.writer.write(framed(**command))

    def vanishes(self) -> None:
        """Be gone, without a goodbye."""
        self.writer.transport.abort()

    async def hears(self) -> tuple[int, bytes]:
        """The next frame: its opcode and its payload. Raises IncompleteReadError when the connection has ended."""
        first, size = await asyncio.wait_for(self.reader.readexactly(2), 20)
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2), "big")
        elif size == 127:
            size = int.from_bytes(await self.reader.readexactly(8), "big")
        return first & 0xF, await self.reader.readexactly(size)

    async def hears_text(self) -> dict[str, Any]:
        """The next text frame."""
        while True:
            opcode, payload = await self.hears()
            if opcode == 1:
                frame: dict[str, Any] = json.loads(payload)
                return frame


def framed(**command: Any) -> bytes:
    """A command as one masked text frame; the mask is zero, so the words can be read."""
    payload = json.dumps(command).encode()
    length = bytes((0x80 | len(payload),)) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + length + _MASK + payload


@contextlib.asynccontextmanager
async def wire(port: int, token: str, *, receive_bytes: int | None = None) -> AsyncIterator[Wire]:
    """A connection whose WebSocket is open. With `receive_bytes` the kernel takes about so many that nobody reads."""
    sock = socket.socket()
    if receive_bytes is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    sock.connect(("127.0.0.1", port))
    sock.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=sock, limit=receive_bytes or 2**16)
    try:
        writer.write(_upgrade(token))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        assert head.startswith(b"HTTP/1.1 101 "), head
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def welcomed_wire(port: int, token: str, *, receive_bytes: int | None = None) -> AsyncIterator[Wire]:
    """A connection that was welcomed."""
    async with wire(port, token, receive_bytes=receive_bytes) as opened:
        opened.says(type="hello", id=0)
        assert (await opened.hears_text())["type"] == "welcome"
        yield opened


def _upgrade(token: str) -> bytes:
    lines = [
        "GET /ws HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: hubbub.v1",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Authorization: Bearer {token}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
