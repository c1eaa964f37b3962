"""Members without a client: a socket each and not one object more, so that what is counted is the server's."""

import asyncio
import contextlib
import json
import socket

PATIENCE = 20
MASK = b"\x01\x02\x03\x04"

UPGRADE = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: hubbub.v1\r\n{proof}\r\n\r\n"
)


class Member:
    """One WebSocket of a user."""

    def __init__(self, connection):
        self._socket = connection
        self._unread = b""

    async def says(self, **command):
        await self._loop().sock_sendall(self._socket, masked(json.dumps(command).encode()))

    async def hears(self, end):
        """Everything that comes, up to the first time that it says `end`; the rest is for the next time."""
        async with asyncio.timeout(PATIENCE):
            while end not in self._unread:
                self._unread += await self._loop().sock_recv(self._socket, 65536)
        heard, _, self._unread = self._unread.partition(end)
        return heard + end

    @staticmethod
    def _loop():
        return asyncio.get_running_loop()


@contextlib.asynccontextmanager
async def members(stage, people, **hello):
    """One welcomed member for each of these people."""
    port = int(stage.serving.origin.rsplit(":", 1)[1])
    before = len(stage.chat.hub.sessions())
    with contextlib.ExitStack() as stack:
        yield [await welcomed(stack, port, person, hello) for person in people]
    async with asyncio.timeout(PATIENCE):
        while len(stage.chat.hub.sessions()) > before:
            await asyncio.sleep(0)  # until the chat has noticed that they have gone


async def welcomed(stack, port, person, hello):
    connection = stack.enter_context(socket.socket())
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    proof = "\r\n".join(f"{name}: {value}" for name, value in person.headers.items())
    await asyncio.get_running_loop().sock_sendall(connection, UPGRADE.format(proof=proof).encode())
    member = Member(connection)
    await member.hears(b"\r\n\r\n")
    await member.says(type="hello", id=1, **hello)
    await member.hears(b'"server":"hubbub')
    return member


def masked(payload):
    """A text frame as a client sends it."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + length + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))
