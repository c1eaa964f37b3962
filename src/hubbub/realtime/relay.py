"""How the `ConnectionManager`s of several workers and nodes reach one another: a bus, on a thread and a loop of its own.

So it serves endpoints on any loop, and outlives those loops, as a TestClient needs it.
"""

import asyncio
import threading
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from hubbub.bus.base import Bus
from hubbub.protocol.ids import new_id
from hubbub.realtime.parcel import Parcel

FIRST_WORDS_SECONDS = 3.0
FIRST_WORDS = 1000

_ID_LENGTH = 16


class Relay:
    """Carries parcels between this process and the others; at most once, and never waits for them."""

    def __init__(self, bus: Bus, prefix: str, deliver: Callable[[Parcel, str | None], None]) -> None:
        self._bus = bus
        self._prefix = prefix
        # Whoever made this may be forgotten by everybody else; its thread must not keep it alive.
        self._deliver = weakref.WeakMethod(deliver)
        # Forgetting a manager closes its relay, and that may happen in the middle of anything.
        self._lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._waiting: dict[str, list[Future[None]]] = {}
        self._attached: set[str] = set()
        self._first_words: deque[tuple[str, bytes]] | None = deque(maxlen=FIRST_WORDS)
        self._id = b""
        self._ended: asyncio.Event | None = None

    def publish(self, parcel: Parcel, group: str | None) -> None:
        """Send the parcel to the other processes. From any thread."""
        letter = b"T" if parcel.text is not None else b"B"
        self._run(self._publish, self._channel(group), letter + parcel.payload)

    def listen(self, group: str | None) -> "Future[None]":
        """Hear what is published to the group; done when it is heard from now on. From any thread."""
        heard: Future[None] = Future()
        self._run(self._listen, self._channel(group), heard)
        return heard

    def unlisten(self, group: str, is_wanted: Callable[[str], bool]) -> None:
        """Hear the group no more, unless it is wanted again when its turn comes. From any thread."""
        self._run(self._unlisten, group, is_wanted)

    def close(self) -> None:
        """End the thread, once what was published a moment ago is sent. Does not wait for it."""
        with self._lock:
            loop, self._loop, self._thread = self._loop, None, None
        if loop is not None:
            with suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(self._end)

    # On the relay's own thread

    def _run(self, function: Callable[..., object], *args: Any) -> None:
        with self._lock:
            if self._loop is None:
                self._start()
            assert self._loop is not None
            self._loop.call_soon_threadsafe(function, *args)

    def _start(self) -> None:
        """Begin with the first use, so that a process that was forked before it has a thread of its own."""
        self._id = new_id().encode()
        self._first_words = deque(maxlen=FIRST_WORDS)
        self._attached.clear()
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), name="hubbub-relay", daemon=True)
        self._thread.start()
        ready.wait()

    async def _serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        ended = self._ended = asyncio.Event()
        self._bus.listen(self._channel(None))
        await self._bus.start(self)
        self._loop.call_later(FIRST_WORDS_SECONDS, self._say_first_words)
        ready.set()
        await ended.wait()
        await self._bus.stop()

    def _end(self) -> None:
        assert self._ended is not None
        self._ended.set()

    def _publish(self, channel: str, payload: bytes) -> None:
        if self._first_words is not None:
            self._first_words.append((channel, payload))
        else:
            self._bus.publish(channel, self._id + payload)

    def _say_first_words(self) -> None:
        """The bus is connected now, or it takes too long."""
        first_words, self._first_words = self._first_words, None
        for channel, payload in first_words or ():
            self._bus.publish(channel, self._id + payload)

    def _listen(self, channel: str, heard: "Future[None]") -> None:
        if channel in self._attached or (self._first_words is None and not self._bus.is_healthy):
            _done(heard)  # or nobody can say when
        else:
            self._waiting.setdefault(channel, []).append(heard)
        self._bus.listen(channel)

    def _unlisten(self, group: str, is_wanted: Callable[[str], bool]) -> None:
        if not is_wanted(group):
            self._attached.discard(self._channel(group))
            self._bus.unlisten(self._channel(group))

    def attached(self, channel: str) -> None:
        """The bus hears the channel from now on."""
        self._attached.add(channel)
        for heard in self._waiting.pop(channel, ()):
            _done(heard)
        if channel == self._channel(None):
            self._say_first_words()

    def heard(self, channel: str, payload: bytes) -> None:
        """Somebody published a parcel, perhaps this very process."""
        sender, letter, content = payload[:_ID_LENGTH], payload[_ID_LENGTH : _ID_LENGTH + 1], payload[_ID_LENGTH + 1 :]
        deliver = self._deliver()
        if sender != self._id and deliver is not None:
            deliver(Parcel(content.decode() if letter == b"T" else content), self._group(channel))

    def _channel(self, group: str | None) -> str:
        return f"{self._prefix}all" if group is None else f"{self._prefix}group:{group}"

    def _group(self, channel: str) -> str | None:
        return channel.removeprefix(f"{self._prefix}group:") if channel.startswith(f"{self._prefix}group:") else None


def _done(heard: "Future[None]") -> None:
    if heard.set_running_or_notify_cancel():
        heard.set_result(None)
