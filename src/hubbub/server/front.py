"""The first to hear from a connection: whoever asks for a WebSocket is handed to our class at once, all others to uvicorn's HTTP class.

uvicorn reads an upgrade request as HTTP, writes it down anew and has the WebSocket class read it again: a sixth of the work
of a handshake.
"""

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hubbub.server.protocol import Protocol

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

_UPGRADE = b"\r\nupgrade: websocket\r\n"
_END = b"\r\n\r\n"


class Front(asyncio.Protocol):
    """A connection of which nothing was heard yet. Give it to uvicorn as `http`, with our class as `ws`."""

    __slots__ = ("_app_state", "_config", "_server_state", "_transport")

    def __init__(
        self,
        config: "Config",
        server_state: "ServerState",
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._config = config
        self._server_state = server_state
        self._app_state = app_state

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connected, and has said nothing yet."""
        self._transport = cast(asyncio.Transport, transport)
        self._server_state.connections.add(cast(Any, self))

    def data_received(self, data: bytes) -> None:
        """Hand the connection on, with what was said first."""
        self._server_state.connections.discard(cast(Any, self))
        kind: Any = Protocol if asks_for_websocket(data) else HttpToolsProtocol
        successor = kind(self._config, self._server_state, self._app_state)
        successor.connection_made(self._transport)
        self._transport.set_protocol(successor)
        successor.data_received(data)

    def connection_lost(self, _error: Exception | None) -> None:
        """Whoever it was left without a word."""
        self._server_state.connections.discard(cast(Any, self))

    def shutdown(self) -> None:
        """The server stops."""
        self._transport.close()


def asks_for_websocket(data: bytes) -> bool:
    """Whether this is a plain request for a WebSocket, whole. One that is put otherwise gets there by way of HTTP."""
    head, end, _early_frames = data.partition(_END)
    return bool(end) and head.startswith(b"GET ") and _UPGRADE in head.lower() + b"\r\n"
