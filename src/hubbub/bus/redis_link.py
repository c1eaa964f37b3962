"""The two connections to one Redis server: one that listens, one that publishes."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from redis.exceptions import ConnectionError as LinkBroken

from hubbub.bus.ending import end

PING_SECONDS = 1.0
LAST_WORDS_SECONDS = 0.5
QUEUE_MESSAGES = 10_000
QUEUE_BYTES = 32 * 1024 * 1024
MESSAGES_AT_ONCE = 256


class RedisLink:
    """Carries messages to and from one server, until `serve` raises; then it is done for.

    In a cluster it uses sharded channels, which only the server that owns the slot knows about.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        heard: Callable[[str, bytes], None],
        attached: Callable[[str], None],
        *,
        is_cluster: bool,
    ) -> None:
        self._listening, self._publishing = connect(), connect()
        self._heard = heard
        self._attached = attached
        self._letter = "S" if is_cluster else ""
        self._orders: deque[tuple[str, ...]] = deque()
        self._ordered = asyncio.Event()
        self._given_up: Counter[str] = Counter()
        """The channels whose end was asked for and is not confirmed yet, and how often."""
        self._queue: deque[tuple[str, bytes]] = deque()
        self._queued_bytes = 0
        self._queued, self._sent = asyncio.Event(), asyncio.Event()
        self._sent.set()

    async def open(self) -> None:
        """Connect. Raises what the connection raises."""
        await self._listening.connect()
        await self._publishing.connect()

    async def close(self) -> None:
        """Let go of both connections, without waiting for whoever does not answer."""
        await self._listening.disconnect(nowait=True)
        await self._publishing.disconnect(nowait=True)

    def publish(self, channel: str, payload: bytes) -> None:
        """Queue a message; when too much waits already it is dropped."""
        if len(self._queue) < QUEUE_MESSAGES and self._queued_bytes < QUEUE_BYTES:
            self._queue.append((channel, payload))
            self._queued_bytes += len(payload)
            self._queued.set()
            self._sent.clear()

    def subscribe(self, channel: str) -> None:
        """Have the server send this channel."""
        self._order("SUBSCRIBE", channel)

    def unsubscribe(self, channel: str) -> None:
        """Have the server no longer send this channel."""
        self._given_up[channel] += 1
        self._order("UNSUBSCRIBE", channel)

    async def serve(self) -> None:
        """Carry messages both ways. Ends only by raising: a connection broke, the server says nothing any more, or gave a channel away."""
        # Not a task group, which cancels its tasks only once.
        tasks = [asyncio.create_task(part) for part in (self._hear(), self._ask(), self._tell())]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(tasks)
        for task in ended:
            task.result()

    async def send_the_rest(self) -> None:
        """Wait a moment for what is queued to be sent."""
        try:
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                await self._sent.wait()
        except TimeoutError:
            self._queue.clear()

    def _order(self, verb: str, channel: str) -> None:
        self._orders.append((self._letter + verb, channel))
        self._ordered.set()

    async def _ask(self) -> None:
        """Say what to subscribe to, and once a second a ping: a server that answers nothing is as good as gone."""
        while True:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    await self._ordered.wait()
            except TimeoutError:
                await self._listening.send_command("PING", check_health=False)
            self._ordered.clear()
            orders = [self._orders.popleft() for _ in range(len(self._orders))]
            if orders:
                await self._listening.send_packed_command(self._listening.pack_commands(orders), check_health=False)

    async def _hear(self) -> None:
        while True:
            # Gives up by the connection's own timeout, which is longer than the time between two pings.
            reply = await self._listening.read_response()
            kind = reply[0] if isinstance(reply, list) else reply
            if kind in (b"message", b"smessage"):
                self._heard(reply[1].decode(), reply[2])
            elif kind in (b"subscribe", b"ssubscribe"):
                self._attached(reply[1].decode())
            elif kind in (b"unsubscribe", b"sunsubscribe"):
                self._end(reply[1].decode())

    def _end(self, channel: str) -> None:
        """A channel has ended. Raises when nobody asked for that: in a cluster the slot of the channel went to another server."""
        if not self._given_up[channel]:
            raise LinkBroken(f"the server sends {channel} no more, because another one of the cluster has it now")
        self._given_up.subtract((channel,))
        if not self._given_up[channel]:
            del self._given_up[channel]

    async def _tell(self) -> None:
        """Send what is queued, many to a round trip: what gathers during one goes into the next."""
        publish = self._letter + "PUBLISH"
        while True:
            await self._queued.wait()
            self._queued.clear()
            while self._queue:
                messages = [self._queue.popleft() for _ in range(min(len(self._queue), MESSAGES_AT_ONCE))]
                self._queued_bytes -= sum(len(payload) for _, payload in messages)
                commands = [(publish, channel, payload) for channel, payload in messages]
                await self._publishing.send_packed_command(self._publishing.pack_commands(commands), check_health=False)
                for _ in messages:
                    await self._publishing.read_response()
            self._sent.set()
