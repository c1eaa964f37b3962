"""The ASGI side of one connection: what the app has yet to receive, and what it may send when."""

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from uvicorn.protocols.utils import (
    ClientDisconnected,
    get_client_addr,
    get_local_addr,
    get_path_with_query_string,
    get_remote_addr,
    is_ssl,
)

from hubbub.server import extension
from hubbub.server.framing import BINARY, frame
from hubbub.server.handshake import Headers, Request, http_response, switching_protocols

if TYPE_CHECKING:
    from hubbub.server.protocol import Protocol

_logger = logging.getLogger("uvicorn.error")

CONNECTING, OPEN, DENYING, OVER = range(4)


class Conversation:
    """Runs the app for one connection. It is the first to get the connection's messages; `detach` puts callbacks in its place."""

    def __init__(self, connection: "Protocol", request: Request) -> None:
        self.connection = connection
        self.request = request
        self.scope = _scope_of(connection, request)
        self.phase = CONNECTING
        self.messages: deque[tuple[bool, bytes]] = deque()
        self.waiting_bytes = 0
        self._has_connected = False
        self._news = asyncio.Event()
        self._is_writable = asyncio.Event()
        self._is_writable.set()
        self._denial: tuple[int, Headers] = (403, [])
        self._denial_body = bytearray()

    async def run(self) -> None:
        """Run the app to its end, and answer for what it left undone."""
        try:
            result = await self.connection.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            self.connection.app_ended(is_failure=False)
        except Exception:
            _logger.exception("Exception in ASGI application\n")
            self.connection.app_ended(is_failure=True)
        except BaseException:
            self.connection.app_ended(is_failure=True)
            raise
        else:
            if result is not None:
                _logger.error("ASGI callable should return None, but returned '%s'.", result)
            self.connection.app_ended(is_failure=result is not None)

    # What the connection tells.

    def text_received(self, payload: bytes) -> None:
        """Keep a text message for the app."""
        self._keep(True, payload)

    def binary_received(self, payload: bytes) -> None:
        """Keep a binary message for the app."""
        self._keep(False, payload)

    def lagging(self) -> None:
        """Let the app's next send wait."""
        self._is_writable.clear()

    def drained(self) -> None:
        """Let the app send again."""
        self._is_writable.set()

    def ended(self) -> None:
        """Wake the app: there will be no more messages, and no use in sending."""
        self._news.set()
        self._is_writable.set()

    def _keep(self, is_text: bool, payload: bytes) -> None:
        self.messages.append((is_text, payload))
        self.waiting_bytes += len(payload)
        self._news.set()
        if len(self.messages) >= self.connection.config.ws_max_queue or self.waiting_bytes > self.connection.max_bytes:
            self.connection.pause_reading()

    # What the app calls.

    async def receive(self) -> dict[str, Any]:
        """The next event, as ASGI has it. After the end every call answers `websocket.disconnect`."""
        if not self._has_connected:
            self._has_connected = True
            return {"type": "websocket.connect"}
        while not self.messages:
            if self.connection.end is not None:
                code, reason = self.connection.end
                return {"type": "websocket.disconnect", "code": code} | ({} if reason is None else {"reason": reason})
            self._news.clear()
            await self._news.wait()
        is_text, payload = self.messages.popleft()
        self.waiting_bytes -= len(payload)
        if not self.messages:
            self.connection.resume_reading()
        return {"type": "websocket.receive", "text": payload.decode()} if is_text else {"type": "websocket.receive", "bytes": payload}

    async def send(self, message: Any) -> None:
        """Do what the app asks, as ASGI has it; waits while the peer takes less than it is given."""
        if not self._is_writable.is_set():
            await self._is_writable.wait()
        kind = message["type"]
        if self.phase == OVER:
            raise RuntimeError(f"Unexpected ASGI message '{kind}', after sending 'websocket.close'.")
        if self.connection.end is not None or (self.phase != OPEN and self.connection.transport.is_closing()):
            raise ClientDisconnected
        if self.phase == OPEN:
            self._send_when_open(kind, message)
        elif self.phase == DENYING:
            self._send_denial(kind, message)
        else:
            self._answer_handshake(kind, message)

    def _send_when_open(self, kind: str, message: Any) -> None:
        if kind == "websocket.send":
            payload = message.get("bytes")
            self.connection.write(frame((message.get("text") or "").encode()) if payload is None else frame(payload, BINARY))
        elif kind == "websocket.close":
            self.connection.close(message.get("code", 1000), message.get("reason") or "")
            self.phase = OVER
        else:
            raise RuntimeError(f"Expected ASGI message 'websocket.send' or 'websocket.close', but got '{kind}'.")

    def _answer_handshake(self, kind: str, message: Any) -> None:
        if kind == "websocket.accept":
            headers = [*self.connection.default_headers, *message.get("headers", ())]
            self.connection.accept(switching_protocols(self.request, message.get("subprotocol"), headers))
            self.phase = OPEN
            self._log("[accepted]")
        elif kind == "websocket.close":
            self.refuse(403, b"")
            self._log("403")
        elif kind == "websocket.http.response.start":
            if not 200 <= message["status"] < 600:
                raise RuntimeError(f"Expected an HTTP status from 200 to 599 in the response, but got {message['status']}.")
            self._denial = (message["status"], list(message.get("headers", ())))
            self.phase = DENYING
            self._log(str(message["status"]))
        else:
            raise RuntimeError(
                "Expected ASGI message 'websocket.accept', 'websocket.close' "
                f"or 'websocket.http.response.start' but got '{kind}'."
            )  # fmt: skip

    def _send_denial(self, kind: str, message: Any) -> None:
        if kind != "websocket.http.response.body":
            raise RuntimeError(f"Expected ASGI message 'websocket.http.response.body' but got '{kind}'.")
        self._denial_body += message.get("body", b"")
        if not message.get("more_body", False):
            self._deny()

    def _deny(self) -> None:
        status, headers = self._denial
        self.refuse(status, bytes(self._denial_body), headers)

    def give_up_handshake(self, *, is_failure: bool) -> None:
        """Answer for an app that ended before it had answered: with what it began to say, or with 500."""
        if self.phase == DENYING:
            self._deny()
        else:
            if not is_failure:
                _logger.error("ASGI callable returned without completing handshake.")
            self.refuse(500, b"Internal Server Error")

    def refuse(self, status: int, body: bytes, headers: Headers | None = None) -> None:
        """Answer the handshake with an HTTP response instead of a WebSocket."""
        given = headers or []
        names = {name.lower() for name, _ in given}
        ours = [header for header in self.connection.default_headers if header[0].lower() not in names]
        self.connection.refuse(http_response(status, [*ours, *given], body))
        self.phase = OVER

    def _log(self, outcome: str) -> None:
        if self.connection.config.access_log and _logger.isEnabledFor(logging.INFO):
            where: Any = self.scope
            _logger.info('%s - "WebSocket %s" %s', get_client_addr(where), get_path_with_query_string(where), outcome)


def _scope_of(connection: "Protocol", request: Request) -> dict[str, Any]:
    """The ASGI scope, as uvicorn's own WebSocket protocols make it, with our extension beside the standard one."""
    config, transport = connection.config, connection.transport
    prepared: extension.PreparedConnection = connection
    return {
        "type": "websocket",
        "asgi": {"version": config.asgi_version, "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "wss" if is_ssl(transport) else "ws",
        "server": get_local_addr(transport),
        "client": get_remote_addr(transport),
        "root_path": config.root_path,
        "path": config.root_path + unquote(request.raw_path.decode("ascii")),
        "raw_path": config.root_path.encode("ascii") + request.raw_path,
        "query_string": request.query,
        "headers": request.headers,
        "subprotocols": request.subprotocols,
        "state": connection.app_state.copy(),
        "extensions": {"websocket.http.response": {}, extension.NAME: prepared},
    }
