"""What one connection of a `ConnectionManager` is still owed, and the two ways it gets there: prepared bytes, or plain ASGI."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from hubbub.protocol.codes import CloseCode
from hubbub.realtime.parcel import Parcel

TOO_SLOW = "too slow: more was waiting for this connection than is kept; connect again"

log = logging.getLogger("hubbub.realtime")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait for a connection that does not keep up."""

    bytes: int
    messages: int


class Recipient(Protocol):
    """One connection, as its groups see it. Everything is called on the connection's own event loop, and nothing waits."""

    websocket: WebSocket

    @property
    def is_gone(self) -> bool:
        """Whether nothing can reach it any more."""

    def take(self, parcel: Parcel) -> bool:
        """Owe it the parcel, in order after everything before; False when it is gone, or is given up now."""

    def leave(self) -> None:
        """Its endpoint needs no more; what it is owed already still goes out."""


class Wire(Protocol):
    """The part of a server's prepared connection that is needed here."""

    @property
    def end(self) -> tuple[int, str] | None:
        """Code and reason, once the conversation is over."""

    @property
    def is_lagging(self) -> bool:
        """Whether the transport holds more than its high-water mark."""

    @property
    def buffered_bytes(self) -> int:
        """How much was written and has not left for the kernel."""

    @staticmethod
    def frame(payload: bytes, /) -> bytes:
        """Make one text frame."""

    def write(self, data: bytes, /) -> None:
        """Hand whole frames to the transport."""

    def close(self, code: int, reason: str, /) -> None:
        """Say goodbye after what was written."""


class PreparedRecipient:
    """A connection whose server takes bytes: no task, and what is owed within one turn of the loop goes out in one write.

    What a slow client is owed waits in the transport, where its bytes are bounded.
    """

    __slots__ = ("_bounds", "_direct_sends", "_owed", "_owed_bytes", "_send", "_want_flush", "_wire", "websocket")

    def __init__(self, websocket: WebSocket, wire: Wire, bounds: Bounds, want_flush: Callable[["PreparedRecipient"], None]) -> None:
        self.websocket = websocket
        self._wire = wire
        self._bounds = bounds
        self._want_flush = want_flush
        self._owed: list[Parcel] = []
        self._owed_bytes = 0
        self._direct_sends = 0
        self._send = websocket.send
        websocket.send = self.send  # type: ignore[method-assign]

    @property
    def is_gone(self) -> bool:
        """Whether the conversation is over."""
        return self._wire.end is not None

    def take(self, parcel: Parcel) -> bool:
        """Owe it the parcel until the flush, which comes at the end of this turn."""
        wire = self._wire
        if wire.end is not None:
            return False
        if not self._owed:
            self._want_flush(self)
        self._owed.append(parcel)
        self._owed_bytes += parcel.size
        return not wire.is_lagging or self._is_within_bounds() or self._give_up()

    def leave(self) -> None:
        """Nothing to end: there is no task."""

    def flush(self, joined: dict[tuple[Parcel, ...], bytes]) -> None:
        """Write what is owed. Recipients that are owed the same share the bytes through `joined`."""
        if self._direct_sends or not self._owed:
            return
        owed, self._owed, self._owed_bytes = tuple(self._owed), [], 0
        data = joined.get(owed)
        if data is None:
            data = joined[owed] = self._join(owed)
        self._wire.write(data)

    def _join(self, owed: tuple[Parcel, ...]) -> bytes:
        frames = [parcel.framed(self._wire.frame) for parcel in owed]
        return frames[0] if len(frames) == 1 else b"".join(frames)

    async def send(self, message: Any) -> None:
        """What the endpoint sends itself, in the place of `websocket.send`: it keeps its place among the parcels."""
        self.flush({})
        self._direct_sends += 1
        try:
            await self._send(message)
        finally:
            self._direct_sends -= 1
            self.flush({})

    def _is_within_bounds(self) -> bool:
        waiting = self._wire.buffered_bytes + self._owed_bytes
        return waiting <= self._bounds.bytes and len(self._owed) <= self._bounds.messages

    def _give_up(self) -> bool:
        self._owed.clear()
        self._wire.close(CloseCode.TRY_AGAIN_LATER, TOO_SLOW)
        return False


class _DirectSend(NamedTuple):
    """What the endpoint sends itself, in its place in the queue."""

    message: Any
    done: "asyncio.Future[None]"


class PlainRecipient:
    """A connection under any other server: a bounded queue, and one task that empties it through ASGI's `send`."""

    def __init__(self, websocket: WebSocket, bounds: Bounds) -> None:
        self.websocket = websocket
        self._bounds = bounds
        self._queue: deque[Parcel | _DirectSend] = deque()
        self._waiting_bytes = 0
        self._has_news = asyncio.Event()
        self._is_sending = self._is_leaving = self._is_given_up = False
        self.is_gone = False
        self._send = websocket.send
        websocket.send = self.send  # type: ignore[method-assign]
        self._writer = asyncio.get_running_loop().create_task(self._write())
        self._writer.add_done_callback(_report_fault)

    def take(self, parcel: Parcel) -> bool:
        """Queue the parcel."""
        if self.is_gone:
            return False
        self._queue.append(parcel)
        self._waiting_bytes += parcel.size
        self._has_news.set()
        # A burst within one turn, before the writer had its chance, is no sign of a slow client.
        return not self._is_sending or self._is_within_bounds() or self._give_up()

    def leave(self) -> None:
        """Let the writer end once the queue is empty."""
        self._is_leaving = True
        self._has_news.set()

    async def send(self, message: Any) -> None:
        """What the endpoint sends itself, in the place of `websocket.send`: it waits its turn in the queue."""
        if self._is_given_up:
            raise WebSocketDisconnect(CloseCode.TRY_AGAIN_LATER, TOO_SLOW)
        if self.is_gone:
            await self._send(message)
            return
        done = asyncio.get_running_loop().create_future()
        self._queue.append(_DirectSend(message, done))
        self._has_news.set()
        await done

    def _is_within_bounds(self) -> bool:
        return self._waiting_bytes <= self._bounds.bytes and len(self._queue) <= self._bounds.messages

    def _give_up(self) -> bool:
        self.is_gone = self._is_given_up = True
        self._drop_queue(CloseCode.TRY_AGAIN_LATER, TOO_SLOW)
        self._has_news.set()
        return False

    def _drop_queue(self, code: int, reason: str) -> None:
        for item in self._queue:
            if isinstance(item, _DirectSend) and not item.done.done():
                item.done.set_exception(WebSocketDisconnect(code, reason))
        self._queue.clear()

    # The writer

    async def _write(self) -> None:
        try:
            while (item := await self._next()) is not None:
                self._is_sending = True
                await (self._pass_on(item) if isinstance(item, Parcel) else self._pass_on_direct(item))
                self._is_sending = False
            if self._is_given_up:
                await self._say_goodbye()
        finally:
            self.is_gone = True
            self._drop_queue(1006, "")

    async def _next(self) -> Parcel | _DirectSend | None:
        while not self._queue:
            if self._is_leaving or self.is_gone:
                return None
            self._has_news.clear()
            await self._has_news.wait()
        return self._queue.popleft()

    async def _pass_on(self, parcel: Parcel) -> None:
        self._waiting_bytes -= parcel.size
        state = self.websocket.application_state
        try:
            await self._send(parcel.as_asgi())
        except Exception as error:
            # Every server has its own error for a socket that is gone. The endpoint is to hear of it by its next receive,
            # which Starlette would answer with a RuntimeError in the state that a failed send leaves behind.
            log.debug("A WebSocket is gone: %r", error)
            self.websocket.application_state = state
            self.is_gone = True
            self._drop_queue(1006, "")

    async def _pass_on_direct(self, item: _DirectSend) -> None:
        if item.done.done():
            return
        try:
            await self._send(item.message)
        except Exception as error:
            if not item.done.done():
                item.done.set_exception(error)
        else:
            if not item.done.done():
                item.done.set_result(None)

    async def _say_goodbye(self) -> None:
        try:
            await self._send({"type": "websocket.close", "code": CloseCode.TRY_AGAIN_LATER, "reason": TOO_SLOW})
        except Exception as error:
            log.debug("A WebSocket was gone before it could be closed: %r", error)
        # The endpoint did not close it, so its next receive is to hear the disconnect rather than Starlette's RuntimeError.
        self.websocket.application_state = WebSocketState.CONNECTED


def _report_fault(writer: "asyncio.Task[None]") -> None:
    if not writer.cancelled() and writer.exception() is not None:
        log.error("The writer of a WebSocket ended by a fault of ours", exc_info=writer.exception())
