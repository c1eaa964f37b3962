"""The bus over Redis or Valkey, one server or a cluster of them.

The loop that connects, subscribes and begins again is ours: whatever goes wrong, with one server or with all, everything
is let go of and made anew, and every channel is `attached` again, so that the ear asks for what it may have missed.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from typing import Any

from redis.asyncio.connection import ConnectionPool
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import ConnectionError as LinkBroken
from redis.exceptions import RedisError, ResponseError

from hubbub.bus.base import Ear
from hubbub.bus.ending import end
from hubbub.bus.redis_link import RedisLink

ALIVE_SECONDS = 3.0
"""So long may a server say nothing, though it is asked every second."""
LONGEST_PAUSE_SECONDS = 2.0
SHORTEST_PAUSE_SECONDS = 0.1

log = logging.getLogger("hubbub.bus")

Address = tuple[str, int]
Slots = list[tuple[int, int, Address]]


def pauses(longest: float) -> Iterator[float]:
    """How long to wait after each attempt that failed: twice as long each time until it is `longest`, and never just as long as others."""
    pause = SHORTEST_PAUSE_SECONDS
    while True:
        yield min(pause, longest) * random.uniform(0.5, 1.0)  # noqa: S311 - so that not all nodes come back at once
        pause = min(pause * 2, longest)


class RedisBus:
    """Publishes and listens through the server at `url`, and through the other servers of its cluster if it has one."""

    def __init__(self, url: str, *, alive_seconds: float = ALIVE_SECONDS, longest_pause: float = LONGEST_PAUSE_SECONDS) -> None:
        """However long it was away, a server is found within `longest_pause` and the time that a connection takes."""
        self._pool = ConnectionPool.from_url(
            url, protocol=2, socket_timeout=alive_seconds, socket_connect_timeout=alive_seconds, health_check_interval=0
        )
        self._longest_pause = longest_pause
        self._shown = _shown(self._pool.connection_kwargs)
        self._channels: set[str] = set()
        self._links: dict[Address, RedisLink] = {}
        self._slots: Slots = []
        self._ear: Ear | None = None
        self._task: asyncio.Task[None] | None = None
        self._has_complained = False
        self.is_healthy = False
        """Whether every server answers."""

    async def start(self, ear: Ear) -> None:
        """Begin to connect."""
        self._ear = ear
        self._task = self._run_owned()

    async def stop(self) -> None:
        """Send what was published a moment ago, as far as that goes at once, and close the connections."""
        task, self._task = self._task, None
        if task is not None:
            for link in self._links.values():
                await link.send_the_rest()
            await end((task,))

    def publish(self, channel: str, payload: bytes) -> None:
        """Queue a message for its server. While there is no connection it is dropped: the journal is asked afterwards."""
        link = self._link_of(channel)
        if link is not None:
            link.publish(channel, payload)

    def listen(self, channel: str) -> None:
        """Subscribe now, and after every interruption."""
        if channel not in self._channels:
            self._channels.add(channel)
            if (link := self._link_of(channel)) is not None:
                link.subscribe(channel)

    def unlisten(self, channel: str) -> None:
        """Unsubscribe."""
        if channel in self._channels:
            self._channels.discard(channel)
            if (link := self._link_of(channel)) is not None:
                link.unsubscribe(channel)

    # The loop, and its owner

    def _run_owned(self) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._run(), name="hubbub-bus")
        task.add_done_callback(self._run_again)
        return task

    def _run_again(self, ended: "asyncio.Task[None]") -> None:
        """Nobody stopped it, so it must not have ended."""
        if self._task is ended:
            log.error("The loop of the bus ended by a fault of ours and is begun again", exc_info=ended.exception())
            self._task = self._run_owned()

    async def _run(self) -> None:
        waits = pauses(self._longest_pause)
        # A connection that breaks in the very moment of the cancellation would hide it.
        while self._task is asyncio.current_task():
            try:
                await self._connect()
                waits = pauses(self._longest_pause)
                await self._serve()
            except Exception as error:
                self._complain(error)
            finally:
                self.is_healthy = False
                await self._let_go()
            if self._task is asyncio.current_task():
                await asyncio.sleep(next(waits))

    def _complain(self, error: Exception) -> None:
        """Once for each interruption, however often it is tried again."""
        cause: BaseException = error
        while isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        was_expected = isinstance(cause, RedisError | OSError | TimeoutError | EOFError)
        if not self._has_complained or not was_expected:
            self._has_complained = True
            log.warning(
                "The bus at %s is interrupted; news come slower, and nothing is lost: %s",
                self._shown,
                str(cause) or type(cause).__name__,
                exc_info=None if was_expected else cause,
            )

    async def _connect(self) -> None:
        self._slots = await self._discover()
        addresses = {address for _, _, address in self._slots} or {self._own_address()}
        self._links = {address: self._link_to(address) for address in addresses}
        for link in self._links.values():
            await link.open()
        for channel in self._channels:
            if (link_of := self._link_of(channel)) is not None:
                link_of.subscribe(channel)
        self.is_healthy, self._has_complained = True, False
        log.info("The bus at %s carries news", self._shown)

    async def _serve(self) -> None:
        """Carry messages until something goes wrong with one of the servers."""
        async with asyncio.TaskGroup() as servers:
            for link in self._links.values():
                servers.create_task(link.serve())

    async def _let_go(self) -> None:
        links, self._links = self._links, {}
        for link in links.values():
            await link.close()

    # Which server a channel belongs to

    async def _discover(self) -> Slots:
        """Which server of a cluster has which slots; nothing for a server that is no cluster. Raises when slots are nobody's."""
        connection = self._connection(None)
        try:
            await connection.connect()
            await connection.send_command("CLUSTER", "SLOTS")
            found = await connection.read_response()
        except ResponseError:
            return []
        finally:
            await connection.disconnect(nowait=True)
        if sum(last - first + 1 for first, last, *_ in found) < REDIS_CLUSTER_HASH_SLOTS:
            raise LinkBroken("the cluster has slots that are no server's just now")
        host, _ = self._own_address()
        # A server that does not know its own name gives an empty one: it is the one that was asked.
        return [(first, last, ((node[0] or b"").decode() or host, node[1])) for first, last, node, *_ in found]

    def _link_of(self, channel: str) -> RedisLink | None:
        if not self._slots:
            return next(iter(self._links.values()), None)
        slot = key_slot(channel.encode())
        return next((self._links.get(address) for first, last, address in self._slots if first <= slot <= last), None)

    def _link_to(self, address: Address) -> RedisLink:
        return RedisLink(lambda: self._connection(address), self._heard, self._attached, is_cluster=bool(self._slots))

    def _connection(self, address: Address | None) -> Any:
        to = {"host": address[0], "port": address[1]} if address is not None and self._slots else {}
        return self._pool.connection_class(**{**self._pool.connection_kwargs, **to})

    def _own_address(self) -> Address:
        known = self._pool.connection_kwargs
        return known.get("host", "localhost"), known.get("port", 6379)

    # What comes

    def _heard(self, channel: str, payload: bytes) -> None:
        self._guarded(lambda ear: ear.heard(channel, payload))

    def _attached(self, channel: str) -> None:
        if channel in self._channels:
            self._guarded(lambda ear: ear.attached(channel))

    def _guarded(self, tell: Callable[[Ear], None]) -> None:
        if self._ear is None:
            return
        try:
            tell(self._ear)
        except Exception:
            log.exception("What came over the bus could not be taken in")


def _shown(known: dict[str, Any]) -> str:
    """The address without a password."""
    return str(known.get("path") or f"{known.get('host', 'localhost')}:{known.get('port', 6379)}")
