"""What the bus carries: events packed as they are committed together, and one message for each. `news.py URL SECONDS`."""

import asyncio
import json
import sys
import time
from typing import Any

import uvloop

from hubbub.bus.opening import bus_at
from hubbub.realtime.packing import Kind, pack, unpack

BODY = b'{"type":"message.created","room":"d21a74dpw4wacyjk","seq":1,"text":"' + b"x" * 300 + b'"}'
UNDER_WAY = 2048
"""Events that are on their way at once: fewer than a bus drops."""
CHANNEL = "benchmark"


class Counting:
    """An ear that counts events."""

    def __init__(self) -> None:
        self.events = 0
        self.is_attached = asyncio.Event()
        self.news = asyncio.Event()

    def heard(self, _channel: str, payload: bytes) -> None:
        """Count what is in the message."""
        self.events += sum(1 for _ in unpack(payload))
        self.news.set()

    def attached(self, _channel: str) -> None:
        """It begins."""
        self.is_attached.set()


async def measure(url: str, seconds: float) -> dict[str, Any]:
    """Events a second from one node to another, one in a message and 64 in a message."""
    return {f"packed_{together}_per_s": await _carry(url, together, seconds) for together in (1, 64)}


async def _carry(url: str, together: int, seconds: float) -> float:
    speaking, listening, ear = bus_at(url), bus_at(url), Counting()
    await speaking.start(Counting())
    await listening.start(ear)
    listening.listen(CHANNEL)
    await ear.is_attached.wait()
    while not speaking.is_healthy:
        await asyncio.sleep(0.01)
    (message,) = pack("n" * 16, [(Kind.EVENT, BODY)] * together)
    sent, begins = 0, time.perf_counter()
    while time.perf_counter() - begins < seconds:
        while sent - ear.events < UNDER_WAY:
            speaking.publish(CHANNEL, message)
            sent += together
        ear.news.clear()
        async with asyncio.timeout(10):
            await ear.news.wait()
    rate = ear.events / (time.perf_counter() - begins)
    await speaking.stop()
    await listening.stop()
    return rate


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(sys.argv[1], float(sys.argv[2])))))
