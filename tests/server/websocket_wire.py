"""Frames as clients send them, and connections that live in memory."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from hubbub.server.framing import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, mask_in_python
from hubbub.server.parser import FrameParser
from hubbub.server.protocol import Protocol

__all__ = ["BINARY", "CLOSE", "CONTINUATION", "PING", "PONG", "TEXT"]

MASK = b"\x37\xfa\x21\x3d"
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def sends(payload: bytes | str, opcode: int = TEXT, *, final: bool = True, reserved: int = 0, mask: bytes | None = MASK) -> bytes:
    """A frame from a client; without a mask it is one that no client may send."""
    body = payload.encode() if isinstance(payload, str) else payload
    size = len(body)
    first = (0x80 if final else 0) | reserved << 4 | opcode
    flag = 0x80 if mask is not None else 0
    if size < 126:
        head = bytes((first, flag | size))
    elif size < 65536:
        head = bytes((first, flag | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, flag | 127)) + size.to_bytes(8, "big")
    return head + body if mask is None else head + mask + mask_in_python(body, mask)


def closes(code: int | None = 1000, reason: bytes | str = b"") -> bytes:
    """A close frame from a client."""
    words = reason.encode() if isinstance(reason, str) else reason
    return sends(b"" if code is None else code.to_bytes(2, "big") + words, CLOSE)


def in_fragments(pieces: list[bytes], opcode: int = TEXT) -> list[bytes]:
    """One message from a client in as many frames as there are pieces."""
    last = len(pieces) - 1
    return [sends(piece, CONTINUATION if i else opcode, final=i == last) for i, piece in enumerate(pieces)]


def frames_in(data: bytes) -> list[tuple[int, bytes]]:
    """Take a server's bytes apart into opcodes and payloads; every frame must be whole, final and unmasked."""
    frames = []
    while data:
        assert data[0] & 0xF0 == 0x80
        size, start = data[1], 2
        if size == 126:
            size, start = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(data[2:10], "big"), 10
        assert len(data) >= start + size
        frames.append((data[0] & 15, data[start : start + size]))
        data = data[start + size :]
    return frames


def close_in(data: bytes) -> tuple[int, str]:
    """Code and reason of the close frame that a server's bytes end with."""
    opcode, payload = frames_in(data)[-1]
    assert opcode == CLOSE
    return int.from_bytes(payload[:2], "big"), payload[2:].decode()


class Reader(FrameParser):
    """A parser that notes down all it is told."""

    def __init__(self, max_bytes: int = 1 << 24) -> None:
        super().__init__(max_bytes, lambda text: self.seen.append(("text", text)), lambda data: self.seen.append(("binary", data)))
        self.seen: list[Any] = []

    def control_received(self, opcode: int, payload: bytes) -> None:
        self.seen.append(({CLOSE: "close", PING: "ping", PONG: "pong"}[opcode], payload))

    def message_refused(self, code: int, reason: str) -> None:
        self.seen.append(("refused", code))


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class MemoryTransport(asyncio.Transport):
    """A transport whose other end is a bytearray."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 8000), "peername": ("127.0.0.1", 50000)})
        self.written = bytearray()
        self.is_closed = self.is_aborted = self.is_paused = False

    def write(self, data: Any) -> None:
        assert not self.is_closed, "written to a closed transport"
        self.written += data

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = self.is_aborted = True

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None:
        assert not self.is_paused
        self.is_paused = True

    def resume_reading(self) -> None:
        assert self.is_paused
        self.is_paused = False

    def get_write_buffer_size(self) -> int:
        return len(self.written)


class MemoryServer:
    """What uvicorn hands to its protocols, with a clock of our own; opens connections in memory."""

    def __init__(self, app: Any, **options: Any) -> None:
        self.config = Config(app, ws=Protocol, lifespan="off", log_config=None, proxy_headers=False, **options)
        self.config.load()
        self.state = ServerState()
        self.clock = Clock()
        self.protocol_class = type("ProtocolWithAClock", (Protocol,), {"clock": staticmethod(self.clock), "__slots__": ()})

    def request(self, *lines: bytes) -> "MemoryConnection":
        """A client asks; nothing is answered yet."""
        connection = MemoryConnection(self)
        connection.protocol.data_received(b"\r\n".join(lines or SOUND_REQUEST) + b"\r\n\r\n")
        return connection

    async def connect(self, *lines: bytes) -> "MemoryConnection":
        """A client asks, and the app accepts."""
        connection = self.request(*lines)
        await turns()
        assert connection.take().startswith(b"HTTP/1.1 101 ")
        return connection

    async def connect_and_read(self) -> bytes:
        """A client asks, and reads all that the app and the server have to say to that."""
        connection = self.request()
        await turns()
        return connection.take()

    def pass_seconds(self, connection: "MemoryConnection", seconds: int) -> None:
        """Let the wheel turn as often as it would in so many seconds."""
        for _ in range(seconds):
            self.clock.now += 1
            connection.protocol._wheel.turn()


class MemoryConnection:
    """A protocol and its transport."""

    def __init__(self, server: MemoryServer) -> None:
        self.transport = MemoryTransport()
        self.protocol: Protocol = server.protocol_class(server.config, server.state, {})
        self.protocol.connection_made(self.transport)

    def receives(self, data: bytes) -> None:
        """These bytes come from the client."""
        self.protocol.data_received(data)

    def loses_connection(self, error: Exception | None = None) -> None:
        """The network goes away, or the transport has finished closing."""
        self.protocol.connection_lost(error)

    def take(self) -> bytes:
        """What was written since the last time."""
        written = bytes(self.transport.written)
        self.transport.written.clear()
        return written

    def take_frames(self) -> list[tuple[int, bytes]]:
        """The frames written since the last time."""
        return frames_in(self.take())


async def turns(count: int = 5) -> None:
    """Let the loop go round, so that all that is ready has run."""
    for _ in range(count):
        await asyncio.sleep(0)


SOUND_REQUEST = (
    b"GET /chat?room=lobby HTTP/1.1",
    b"host: example.org",
    b"connection: keep-alive, Upgrade",
    b"upgrade: websocket",
    b"sec-websocket-version: 13",
    b"sec-websocket-key: " + KEY,
)
