"""What stands behind a client: its conversation, the connection under it, and the feeds on top."""

import asyncio
import contextlib
import weakref
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from hubbub.client.address import address_of
from hubbub.client.backoff import Timing
from hubbub.client.bookmarks import Bookmarks, BookmarkStore
from hubbub.client.connection import Connection, unreachable
from hubbub.client.conversation import Conversation
from hubbub.client.feed import Feed
from hubbub.client.known_room import KnownRoom
from hubbub.client.reading import Frame, Reading
from hubbub.client.rest import Rest
from hubbub.errors import RateLimited, Unavailable

T = TypeVar("T")

PATIENCE = 10  # how often a busy server is asked again


class Chat:
    """One user's chat: asks, tells, reads. The tasks that this takes are its own."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        name: str,
        store: BookmarkStore | None,
        buffer: int,
        connect_seconds: float | None,
        timing: Timing,
    ) -> None:
        address = address_of(url)
        self.timing = timing
        self.rest = Rest(address.api, headers)
        self.conversation = Conversation(name)
        self._address = address.socket
        self._headers = headers
        self._name = name
        self._store = store
        self._saved: Bookmarks | None = None
        self._buffer = buffer
        self._connect_seconds = connect_seconds
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    # Life

    async def open(self) -> None:
        """Connect, and return once welcome. Raises what is in the way."""
        if self._task is not None:
            raise RuntimeError("This client was used before. Make a new one.")
        self.conversation = Conversation(self._name, self._store.load() if self._store else None)
        connection = self._connection = Connection(self._address, self._headers, self.conversation, self.timing)
        welcome = asyncio.get_running_loop().create_future()
        self.conversation.on_welcome = lambda: self._welcomed(welcome)
        self._task = asyncio.create_task(self._run(connection), name="hubbub client")
        try:
            async with asyncio.timeout(self._connect_seconds):
                await asyncio.wait((welcome, self._task), return_when=asyncio.FIRST_COMPLETED)
            if self.conversation.ended is not None:
                raise self.conversation.ended
        except TimeoutError:
            await self.close()
            raise unreachable(self._address, connection.trouble) from None
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End the connection, and everybody who waits for something. Safe to call twice."""
        self.conversation.end(Unavailable("The client was closed."), is_wanted=True)
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait((self._task,))
        await self.rest.close()

    async def _run(self, connection: Connection) -> None:
        try:
            await connection.run()
        except Exception as error:
            self.conversation.end(error)  # whoever asks for anything gets to know it

    def _welcomed(self, first: asyncio.Future[None]) -> None:
        if not first.done():
            first.set_result(None)
        self.handled()

    # Speaking

    async def ask(self, command: Mapping[str, Any]) -> Frame:
        """The server's `ok`, over as many connections as it takes. Raises its refusal; a busy server is asked again."""
        attempts = 0
        while True:
            attempts += 1
            try:
                return await self._ask_once(command)
            except (RateLimited, Unavailable) as busy:
                if busy.retry_after is None or attempts == PATIENCE or self.conversation.ended is not None:
                    raise
                await self.timing.sleep(busy.retry_after * (1 + self.timing.chance()))

    async def _ask_once(self, command: Mapping[str, Any]) -> Frame:
        if self.conversation.ended is not None:
            raise self.conversation.ended.with_traceback(None)
        if self._task is None:
            raise RuntimeError("The client is not connected yet. Use it inside `async with Client(…) as client`.")
        answered: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        id = self.conversation.ask(command, partial(_settle, answered))
        self._nudge()
        try:
            return await answered
        finally:
            self.conversation.forget(id)

    def tell(self, command: Mapping[str, Any]) -> bool:
        """Say something that needs no answer; False when there is no connection to say it on."""
        self.conversation.tell(command)
        self._nudge()
        return self.conversation.is_welcome

    def reply_key(self, seq: int, number: int) -> str | None:
        """The key of the nth answer to a message; None, for any, where no message can come twice."""
        return f"{self._name[:40]}:{seq}:{number}" if self._store is not None else None

    # Reading

    def open_feed(self, rooms: list[KnownRoom], after: int | None, make: Callable[[Frame], T | None], *, is_wide: bool) -> Feed[T]:
        """What happens in these rooms; a wide feed follows rooms that come later too."""
        if self._task is None:
            raise RuntimeError("The client is not connected yet. Use it inside `async with Client(…) as client`.")
        reading = Reading(self._buffer, is_wide=is_wide)
        self.conversation.open_reading(reading, rooms, after)
        self.handled()
        self._nudge()
        feed = Feed(self, reading, make)
        # A feed that was dropped with a full buffer holds up nobody any more.
        weakref.finalize(feed, self._nudge).atexit = False
        return feed

    def drained(self, reading: Reading) -> None:
        """A feed's buffer takes more again."""
        self.conversation.drained(reading)
        self._nudge()

    def waiting(self) -> None:
        """A feed waits for the next event."""
        self._nudge()

    def left(self, reading: Reading) -> None:
        """A feed was closed."""
        self.conversation.close_reading(reading)
        self._nudge()

    def handled(self) -> None:
        """Save the bookmarks where they moved."""
        if self._store is not None:
            bookmarks = self.conversation.bookmarks()
            if bookmarks != self._saved:
                self._store.save(bookmarks)
                self._saved = bookmarks

    def _nudge(self) -> None:
        if self._connection is not None:
            self._connection.nudge()


def _settle(answered: "asyncio.Future[Frame]", answer: Frame | Exception) -> None:
    with contextlib.suppress(asyncio.InvalidStateError):  # whoever asked has gone
        if isinstance(answer, Exception):
            answered.set_exception(answer)
        else:
            answered.set_result(answer)
