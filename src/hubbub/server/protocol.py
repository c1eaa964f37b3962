"""uvicorn's WebSocket protocol class: plain ASGI for every app, and a path without tasks for one that asks for it."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from hubbub.server.conversation import Conversation
from hubbub.server.direct import DirectWriter, ignore
from hubbub.server.framing import CLOSE, LOST, PING, PONG, Violation, close_frame, frame, read_close, text_frame
from hubbub.server.handshake import LONGEST_HEAD, Refused, read_request
from hubbub.server.keepalive import wheel_of

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

_logger = logging.getLogger("uvicorn.error")

CLOSE_TIMEOUT = 10.0

_REQUEST, _ACCEPTING, _OPEN, _CLOSING, _CLOSED = range(5)
_PING = frame(b"", PING)


class Protocol(DirectWriter, asyncio.Protocol):
    """One WebSocket connection. Give it to uvicorn as `ws="hubbub.server:Protocol"`.

    To ASGI apps it is like uvicorn's own, without compression. It is also the `PreparedConnection` in
    `scope["extensions"]["hubbub.prepared"]`; see `hubbub.server.extension` for those promises.
    """

    __slots__ = (
        "_on_close",
        "_on_drained",
        "_on_lagging",
        "_on_stopping",
        "_owed_pong",
        "_state",
        "_wheel",
        "app_state",
        "close_timeout",
        "config",
        "conversation",
        "end",
        "is_detached",
        "is_lagging",
        "last_heard",
        "pinged_for",
        "server_state",
    )

    hasty_seconds: ClassVar[float] = 1.0
    """How long a peer has to answer our close when the server stops, or when it broke a limit or was not there."""

    leaving_seconds: ClassVar[float] = 5.0
    """How long an endpoint that asked to be told of the stopping server has to close by itself."""

    def __init__(
        self,
        config: "Config",
        server_state: "ServerState",
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config.ws_max_size, ignore, ignore)
        self.config = config
        self.server_state = server_state
        self.app_state = app_state
        self.conversation: Conversation | None = None
        self.is_detached = self.is_lagging = False
        self.pinged_for = self.last_heard = 0.0
        self.close_timeout = CLOSE_TIMEOUT
        """How many seconds a peer has to answer our close."""
        self._state = _REQUEST
        self.end: tuple[int, str | None] | None = None
        """Code and reason, once the conversation is over; no reason where nobody could give one."""
        self._owed_pong: bytes | None = None
        self._on_close = self._on_lagging = self._on_drained = ignore
        self._on_stopping: Callable[[], None] | None = None
        self._wheel = wheel_of(server_state, config.ws_ping_interval, config.ws_ping_timeout, self.clock)

    @staticmethod
    def clock() -> float:
        """The time in seconds that keepalive and timeouts go by."""
        return time.monotonic()

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """uvicorn's HTTP protocol hands its transport over."""
        self.transport = cast(asyncio.Transport, transport)
        self.server_state.connections.add(cast(Any, self))

    def data_received(self, data: bytes) -> None:
        """Bytes came, and with them a sign of life."""
        self.last_heard = self._wheel.now
        if self._state < _OPEN:
            self._opening_received(data)
        else:
            self.read(data)

    def take(self, data: bytes) -> None:
        """Read these bytes now; what is wrong with them, or with whom they are for, ends this connection only."""
        if self._state == _CLOSED:
            return
        try:
            self.feed(data)
        except Violation as violation:
            self._fail(violation.code, violation.reason)
        except Exception:
            self._callback_failed()

    def pause_writing(self) -> None:
        """The peer takes less than it is given."""
        self.is_lagging = True
        self._call(self._on_lagging)

    def resume_writing(self) -> None:
        """The peer has taken what it was given, which is a sign of life too."""
        self.is_lagging = False
        self.last_heard = self._wheel.now
        if self._owed_pong is not None:
            self.write(frame(self._owed_pong, PONG))
            self._owed_pong = None
        self._call(self._on_drained)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, in peace or not."""
        self.server_state.connections.discard(cast(Any, self))
        self._wheel.remove(self)
        self._state = _CLOSED
        self._finish(LOST, None)

    def shutdown(self) -> None:
        """The server stops: say 1012, or let the endpoint do so that wants to, and do not wait long for the answer."""
        if self._state == _OPEN and self._on_stopping is not None:
            on_stopping, self._on_stopping = self._on_stopping, None
            self.close_timeout = self.hasty_seconds
            self._wheel.await_close(self, self.leaving_seconds)
            self._call(on_stopping)
        elif self._state == _OPEN:
            self._say_goodbye(1012, None, self.hasty_seconds)
        elif self._state == _ACCEPTING and self.conversation is not None:
            self.conversation.refuse(503, b"The server is restarting.")
        elif self._state == _CLOSING:
            # Our close is on its way: hanging up on a peer that still talks would take it back.
            self._wheel.await_close(self, self.hasty_seconds)
        else:
            self._hang_up(self.hasty_seconds)

    # The opening.

    def _opening_received(self, data: bytes) -> None:
        if self._state == _REQUEST:
            self._read_request(data)
        else:
            # A peer that does not wait for our accept has its bytes kept, but is read no further.
            self.tail += data
            self.pause_reading()

    def _read_request(self, data: bytes) -> None:
        self.tail += data
        head, end, rest = self.tail.partition(b"\r\n\r\n")
        if not end and len(head) < LONGEST_HEAD:
            return
        try:
            request = read_request(head)
        except Refused as refused:
            self.refuse(refused.response)
            return
        self.tail = rest
        self._state = _ACCEPTING
        self.conversation = Conversation(self, request)
        task = asyncio.get_running_loop().create_task(self.conversation.run())
        self.server_state.tasks.add(task)
        task.add_done_callback(self.server_state.tasks.discard)

    @property
    def app(self) -> Any:
        """The ASGI app that uvicorn serves."""
        return self.config.loaded_app

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        """What uvicorn adds to every response: the date, and the headers of its configuration."""
        return self.server_state.default_headers

    def accept(self, response: bytes) -> None:
        """Open the WebSocket; messages go to the conversation until somebody detaches them."""
        conversation = self.conversation
        assert conversation is not None
        self._state = _OPEN
        self._wheel.add(self)
        self.begin_writing()
        self.write(response)
        self.on_text, self.on_binary = conversation.text_received, conversation.binary_received
        self._on_lagging, self._on_drained = conversation.lagging, conversation.drained
        early, self.tail = self.tail, b""
        self.resume_reading()
        self.data_received(early)

    def refuse(self, response: bytes) -> None:
        """Answer with plain HTTP, and be done."""
        self.transport.write(response)
        self._finish(LOST, None)
        self._hang_up()

    def app_ended(self, *, is_failure: bool) -> None:
        """The ASGI task is over: close what it left open, unless it was detached."""
        conversation, self.conversation = self.conversation, None
        if self._state == _ACCEPTING and conversation is not None:
            conversation.give_up_handshake(is_failure=is_failure)
        elif self.is_detached and is_failure:
            self.close(1011)
        elif not self.is_detached and self._state == _OPEN:
            # As uvicorn's own classes do: an app that ends without a close has no code to give, so the peer sees 1006.
            self._finish(LOST, None)
            self._hang_up()

    # What the parser tells.

    def control_received(self, opcode: int, payload: bytes) -> None:
        """Answer a ping; take or answer a close. A pong has done its work by arriving."""
        if opcode == PING:
            if self.is_lagging:
                # Only the latest ping need be answered, or a peer that pings and does not read would fill our memory.
                self._owed_pong = payload
            else:
                self.write(frame(payload, PONG))
        elif opcode == CLOSE:
            code, reason = read_close(payload)
            if self._state == _OPEN:
                self.write(close_frame(code))
            self._finish(code, reason)
            self._hang_up()

    def message_refused(self, code: int, reason: str) -> None:
        """Say why this message is not taken."""
        if self._state == _OPEN:
            self._say_goodbye(code, reason, self.hasty_seconds)

    # What an endpoint may ask; the promises are in extension.py.

    def detach(
        self,
        *,
        on_text: Callable[[bytes], None],
        on_binary: Callable[[bytes], None],
        on_close: Callable[[int, str], None],
        on_lagging: Callable[[], None],
        on_drained: Callable[[], None],
        on_stopping: Callable[[], None] | None = None,
    ) -> None:
        """Serve the connection by callbacks from now on."""
        if self._state < _OPEN:
            raise RuntimeError("Expected an open WebSocket to detach; accept it first.")
        self.is_detached = True
        self.on_text, self.on_binary = on_text, on_binary
        self._on_close, self._on_lagging, self._on_drained = on_close, on_lagging, on_drained
        self._on_stopping = on_stopping
        self._hand_over_messages()
        if self.end is not None:
            self._silence()
            asyncio.get_running_loop().call_soon(self._tell_end)
        elif self.is_lagging:
            self._call(self._on_lagging)
        self.resume_reading()

    def _hand_over_messages(self) -> None:
        conversation = self.conversation
        if conversation is None:
            return
        conversation.drained()
        while conversation.messages:
            is_text, payload = conversation.messages.popleft()
            self._call(self.on_text if is_text else self.on_binary, payload)

    @staticmethod
    def frame(payload: bytes, /) -> bytes:
        """Make one text frame, for any number of connections."""
        return text_frame(payload)

    def send_text(self, payload: bytes, /) -> None:
        """Frame UTF-8 bytes and write them."""
        self.write(text_frame(payload))

    def limit_messages(self, max_bytes: int, /) -> None:
        """Refuse longer messages from now on."""
        self.max_bytes = min(max_bytes, self.config.ws_max_size)

    def close(self, code: int = 1000, reason: str = "", /) -> None:
        """Say goodbye, if that has not happened yet."""
        if self._state == _OPEN:
            self._say_goodbye(code, reason, self.close_timeout)

    def abort(self) -> None:
        """Cut the connection off at once."""
        self._state = _CLOSED
        self._finish(LOST, None)
        self.transport.abort()

    @property
    def buffered_bytes(self) -> int:
        """How many written bytes have not yet left for the kernel."""
        return 0 if self._state == _CLOSED else self.transport.get_write_buffer_size()

    @property
    def idle_seconds(self) -> float:
        """How long nothing came from the peer."""
        return max(0.0, self._wheel.now - self.last_heard)

    # What the wheel and the conversation ask.

    def ping(self) -> None:
        """Ask whether the peer is there."""
        self.write(_PING)

    @property
    def close_timer(self) -> float | None:
        """For how long a peer's answer to our close is waited for, as uvicorn's own classes name it; None when none is."""
        return self.close_timeout if self._state == _CLOSING else None

    def cut_off(self) -> None:
        """Somebody did not close in time: do it for them, or hang up, and if that does not help either, cut the connection."""
        if self._state == _OPEN:
            self._say_goodbye(1012, None, self.hasty_seconds)
        elif self._state == _CLOSING:
            self._hang_up(self.hasty_seconds)
        else:
            self.abort()

    def give_up(self) -> None:
        """The peer does not answer: say why, should it be reading, and do not wait for it."""
        if self._state == _OPEN:
            self._fail(1011, "keepalive ping timeout")

    # The end.

    def _say_goodbye(self, code: int, reason: str | None, seconds: float) -> None:
        self.write(close_frame(code, reason or ""))
        self._state = _CLOSING
        self._finish(code, reason)
        self._wheel.await_close(self, seconds)
        self.resume_reading()

    def _fail(self, code: int, reason: str) -> None:
        """Nothing more can be read from this peer: say why, and hang up."""
        if self._state == _OPEN:
            self.write(close_frame(code, reason))
        self._finish(code, reason)
        self._hang_up()

    def _hang_up(self, seconds: float | None = None) -> None:
        """Close the transport when all is written; a peer that does not read is cut off in time."""
        self._state = _CLOSED
        self._wheel.await_close(self, self.close_timeout if seconds is None else seconds)
        self.transport.close()

    def _finish(self, code: int, reason: str | None) -> None:
        """From here on nothing goes in or out; whoever listens is told in the next turn, outside of any call of theirs."""
        if self.end is None:
            self.end = (code, reason)
            self._silence()
            asyncio.get_running_loop().call_soon(self._tell_end)

    def _silence(self) -> None:
        self.end_writing()
        self.on_text = self.on_binary = self._on_lagging = self._on_drained = ignore
        self._on_stopping = None

    def _tell_end(self) -> None:
        assert self.end is not None
        on_close, self._on_close = self._on_close, ignore
        if self.conversation is not None:
            self.conversation.ended()
        code, reason = self.end
        self._call(on_close, code, reason or "")

    def _call(self, callback: Callable[..., None], *arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception:
            self._callback_failed()

    def _callback_failed(self) -> None:
        """Log the exception in hand; only this connection pays for it."""
        _logger.exception("Exception in a callback of a detached WebSocket\n")
        if self._state == _OPEN:
            self._fail(1011, "")
