"""Durable sends inside one process: from the action to the commit and back. `sends.py CAST FIRST SENDERS SECONDS`, set up by HUBBUB_….

As many senders as asked for post into rooms of their own, one message in flight each, from the person `FIRST` on. No
socket and no JSON from outside is in their way, so it shows what the writer and the database carry.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from hubbub import Hubbub, Settings
from hubbub.accounts.model import User

TEXT = "x" * 200
WARM_SECONDS = 0.5


async def measure(cast: dict[str, Any], first: int, senders: int, seconds: float) -> dict[str, Any]:
    """How many a second are kept, and how long each takes."""
    chat = Hubbub(Settings(rate_limits="off"))
    async with chat.lifespan():
        people = [await chat.user(f"person {number:05d}") for number in range(first, first + senders)]
        took = await _post(chat, people, cast["desks"][first : first + senders], seconds)
    took.sort()
    return {"msgs_per_s": len(took) / seconds, "p50_ms": took[len(took) // 2] * 1000, "p99_ms": took[int(len(took) * 0.99)] * 1000}


async def _post(chat: Hubbub, people: list[User], rooms: list[str], seconds: float) -> list[float]:
    begins = time.perf_counter() + WARM_SECONDS
    ends = begins + seconds
    took: list[float] = []

    async def send(user: User, room: str) -> None:
        done = time.perf_counter()
        while (at := done) < ends:
            await chat.messages.post_message(user, room, key=f"{time.time_ns():020d}-{user.id}", text=TEXT)
            done = time.perf_counter()
            if begins <= done < ends:
                took.append(done - at)

    await asyncio.gather(*(send(user, room) for user, room in zip(people, rooms, strict=True)))
    return took


if __name__ == "__main__":
    described = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(uvloop.run(measure(described, int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))))
