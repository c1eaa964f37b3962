"""Keeps a conversation connected: opens the WebSocket, hands frames both ways, and comes back when it was lost."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from pydantic_core import from_json
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from hubbub.client.backoff import Timing, reconnect_delay
from hubbub.client.conversation import Conversation
from hubbub.client.refusals import final_refusal
from hubbub.errors import Forbidden, HubbubError, NotFound, Unauthenticated, Unavailable
from hubbub.protocol.codes import SUBPROTOCOL

WELCOME_SECONDS = 15.0
STABLE_SECONDS = 10.0
CLOSE_SECONDS = 2.0
LARGEST_FRAME = 64 * 1024 * 1024  # `welcome` lists every room

log = logging.getLogger("hubbub.client")

_REFUSED_FOR_GOOD: dict[int, type[HubbubError]] = {401: Unauthenticated, 403: Forbidden, 404: NotFound}


class Connection:
    """The socket under one conversation, and the next one after it."""

    def __init__(self, address: str, headers: Mapping[str, str], conversation: Conversation, timing: Timing) -> None:
        self.trouble: str | None = None
        """Why the last attempt failed, for people."""
        self._address = address
        self._headers = headers
        self._conversation = conversation
        self._timing = timing
        self._changed = asyncio.Event()
        self._has_been_welcome = False

    def nudge(self) -> None:
        """Something changed: there may be more to say, or room to read on."""
        self._changed.set()

    async def run(self) -> None:
        """Stay connected until the conversation has ended for good."""
        attempts = 0
        while self._conversation.ended is None:
            await self._until(lambda: self._conversation.may_read)
            began = self._timing.now()
            await self._connect_once()
            if self._conversation.ended is None:
                attempts = 0 if self._timing.now() - began >= STABLE_SECONDS else attempts + 1
                await self._pause(attempts)

    async def _pause(self, attempts: int) -> None:
        delay = reconnect_delay(attempts - 1 if attempts else 0, self._conversation.retry_after, self._timing.chance())
        self._conversation.retry_after = None
        log.info("No connection to %s (%s); trying again in %.1f s", self._address, self.trouble, delay)
        await self._timing.sleep(delay)

    async def _connect_once(self) -> None:
        """One connection, from its beginning to its end, whatever that is."""
        try:
            async with self._open() as socket:
                self.trouble = None
                await self._converse(socket)
            self._note_end(socket)
        except InvalidStatus as error:
            self._note_status(error.response.status_code)
        except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, ConnectionClosed) as error:
            self.trouble = f"{type(error).__name__}: {error}"
        finally:
            self._conversation.lost()

    @contextlib.asynccontextmanager
    async def _open(self) -> AsyncIterator[ClientConnection]:
        async with connect(
            self._address,
            additional_headers=self._headers,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            max_size=LARGEST_FRAME,
            close_timeout=CLOSE_SECONDS,
        ) as socket:
            yield socket

    async def _converse(self, socket: ClientConnection) -> None:
        try:
            await socket.send(self._conversation.hello(), text=True)
            async with asyncio.timeout(WELCOME_SECONDS):
                while not self._conversation.is_welcome:
                    self._hear(await socket.recv(decode=False))
            self._has_been_welcome = True
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self._write(socket))
                await self._read(socket)
                writing.cancel()
        except ConnectionClosed:
            pass  # before it was welcome; the close code says why
        except (ValueError, KeyError, TypeError, HubbubError) as error:
            self.trouble = f"the server said something unexpected: {error!r}"
            log.warning("Leaving a connection to %s: %s", self._address, self.trouble)

    async def _read(self, socket: ClientConnection) -> None:
        """Hear what comes, as long as somebody has room for it; TCP holds up the rest, and the server waits."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                if not self._conversation.may_read:
                    await self._until(lambda: self._conversation.may_read)
                self._hear(await socket.recv(decode=False))

    async def _write(self, socket: ClientConnection) -> None:
        """Say what there is to say, one after the other."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                while (frame := self._conversation.next_frame()) is not None:
                    await socket.send(frame, text=True)
                await self._until(None)

    def _hear(self, frame: bytes | str) -> None:
        self._conversation.hear(from_json(frame))
        self._changed.set()

    async def _until(self, condition: Callable[[], Any] | None) -> None:
        """Wait for the next change, or for as many as it takes until the condition holds."""
        while condition is None or not condition():
            self._changed.clear()
            await self._changed.wait()
            if condition is None:
                return

    def _note_end(self, socket: ClientConnection) -> None:
        refusal = final_refusal(socket.close_code, socket.close_reason)
        if refusal is not None:
            self._conversation.end(refusal)
        elif self.trouble is None:
            self.trouble = f"closed with {socket.close_code} {socket.close_reason or ''}".rstrip()

    def _note_status(self, status: int) -> None:
        self.trouble = f"HTTP status {status}"
        refused = _REFUSED_FOR_GOOD.get(status)
        if refused is None or (refused is not Unauthenticated and self._has_been_welcome):
            return  # a proxy whose server is away says such things too
        self._conversation.end(refused(f"There is no chat for us at {self._address}: HTTP status {status}."))


def unreachable(address: str, trouble: str | None) -> Unavailable:
    """The error for a chat that did not answer in time."""
    return Unavailable(f"{address} did not answer in time ({trouble or 'still connecting'}). Check the address, and that it runs.")
