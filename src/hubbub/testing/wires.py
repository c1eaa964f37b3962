"""The two ways in which a client on a stage is connected: a real socket, or the app called directly."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import unquote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from hubbub.testing.errors import HungUp

_FRAMES_WAITING = 64


class Wire(Protocol):
    """One WebSocket connection, from the client's side. Who does not call `receive` takes nothing off the wire."""

    async def send(self, data: str | bytes) -> None:
        """Send a text or a binary frame."""

    async def receive(self) -> str | bytes:
        """The next frame. Raises `HungUp` when the connection has ended."""

    async def close(self) -> None:
        """Say goodbye and wait until the other side has heard it."""

    async def cut(self) -> None:
        """End the connection without a word, as a lost network does."""


class SocketWire:
    """A wire over a real socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, url: str, headers: Mapping[str, str], subprotocol: str | None) -> "SocketWire":
        """Connect, whatever comes of it."""
        subprotocols = [Subprotocol(subprotocol)] if subprotocol else None
        return cls(
            await connect(
                url,
                additional_headers=dict(headers),
                subprotocols=subprotocols,
                compression=None,
                proxy=None,
                ping_interval=None,
                max_size=None,
                close_timeout=2,
            )
        )

    async def send(self, data: str | bytes) -> None:
        """Send a text or a binary frame."""
        try:
            await self._connection.send(data)
        except ConnectionClosed as closed:
            raise _hung_up(closed) from None

    async def receive(self) -> str | bytes:
        """The next frame. Raises `HungUp` when the connection has ended."""
        try:
            return await self._connection.recv()
        except ConnectionClosed as closed:
            raise _hung_up(closed) from None

    async def close(self) -> None:
        """Say goodbye and wait until the other side has heard it."""
        await self._connection.close()

    async def cut(self) -> None:
        """End the connection without a word, as a lost network does."""
        self._connection.transport.abort()
        await self._connection.wait_closed()


class DirectWire:
    """A wire into an ASGI app in the same process. At most 64 frames wait on it: then the app's `send` waits too."""

    def __init__(self, app: Any, path: str, headers: Mapping[str, str], subprotocol: str | None) -> None:
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_FRAMES_WAITING)
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._end: HungUp | None = None
        self._task = asyncio.create_task(self._run(app, _scope(path, headers, subprotocol)))

    async def send(self, data: str | bytes) -> None:
        """Send a text or a binary frame."""
        if self._end is not None:
            raise self._end
        kind = "text" if isinstance(data, str) else "bytes"
        self._to_app.put_nowait({"type": "websocket.receive", kind: data})

    async def receive(self) -> str | bytes:
        """The next frame. Raises `HungUp` when the connection has ended."""
        while self._end is None:
            message = await self._from_app.get()
            if self._end is not None:
                break
            if message["type"] == "websocket.send":
                text: str | bytes | None = message.get("text")
                return text if text is not None else bytes(message["bytes"])
            if message["type"] == "websocket.close":
                self._end = HungUp(message.get("code", 1000), message.get("reason") or "")
                self._to_app.put_nowait({"type": "websocket.disconnect", "code": self._end.code})
        raise self._end

    async def close(self) -> None:
        """Say goodbye and wait until the app has heard it."""
        await self._leave(1000)

    async def cut(self) -> None:
        """End the connection without a word, as a lost network does."""
        await self._leave(1006)

    async def _leave(self, code: int) -> None:
        self._end = self._end or HungUp(code, "")
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": code})
        while not self._task.done():
            # An app that waits in `send` gets its turn, and then hears that nobody is there.
            while not self._from_app.empty():
                self._from_app.get_nowait()
            await asyncio.wait((self._task,), timeout=0.01)
        self._task.result()

    async def _run(self, app: Any, scope: dict[str, Any]) -> None:
        await app(scope, self._to_app.get, self._from_app.put)
        await self._from_app.put({"type": "websocket.close", "code": 1006})


def _hung_up(closed: ConnectionClosed) -> HungUp:
    end = closed.rcvd
    return HungUp(end.code, end.reason) if end is not None else HungUp(1006, "")


def _scope(path: str, headers: Mapping[str, str], subprotocol: str | None) -> dict[str, Any]:
    fields = {"host": "stage.test", **{name.lower(): value for name, value in headers.items()}}
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
        "client": ("127.0.0.1", 1),
        "server": ("stage.test", 80),
        "subprotocols": [subprotocol] if subprotocol else [],
        "state": {},
        "extensions": {},
    }
