"""The plain way to keep messages: one transaction for each, on the same file and disk. `one_each.py FOLDER SENDERS SECONDS`.

As many senders as asked for wait for a thread that inserts and commits; no socket, no JSON, no server is in its way.
"""

import asyncio
import json
import queue
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

INSERT = "INSERT INTO events (room_id, seq, type, author_id, at, key, target, message_count, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
NEXT = "UPDATE rooms SET last_seq = last_seq + 1, message_count = message_count + 1 WHERE id = ? RETURNING last_seq, message_count"
BODY = b'{"type":"message.created","text":"' + b"x" * 200 + b'"}'

Waiting = tuple[str, str, "asyncio.Future[None]"]


def keep_each(folder: Path, waiting: "queue.SimpleQueue[Waiting | None]", loop: asyncio.AbstractEventLoop) -> None:
    """Commit one message after the other until there are no more."""
    database = sqlite3.connect(folder / "hubbub.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536"):
        database.execute(f"PRAGMA {pragma}")
    while (item := waiting.get()) is not None:
        room, key, sent = item
        database.execute("BEGIN IMMEDIATE")
        seq, count = database.execute(NEXT, (room,)).fetchone()
        database.execute(INSERT, (room, seq, "message.created", "d21a74dpw4wacyjk", int(time.time() * 1000), key, None, count, BODY))
        database.execute("COMMIT")
        loop.call_soon_threadsafe(sent.set_result, None)
    database.close()


async def measure(folder: Path, senders: int, seconds: float) -> dict[str, Any]:
    """How many a second are kept, and how long each takes."""
    rooms = json.loads((folder / "cast.json").read_text())["desks"]
    waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
    loop = asyncio.get_running_loop()
    thread = threading.Thread(target=keep_each, args=(folder, waiting, loop))
    thread.start()
    took: list[float] = []
    began = time.perf_counter()

    async def send(number: int) -> None:
        count = 0
        while time.perf_counter() - began < seconds:
            at, count = time.perf_counter(), count + 1
            sent: asyncio.Future[None] = loop.create_future()
            waiting.put((rooms[number % len(rooms)], f"{time.time_ns():020d}-{number}-{count}", sent))
            await sent
            took.append(time.perf_counter() - at)

    await asyncio.gather(*(send(number) for number in range(senders)))
    total = time.perf_counter() - began
    waiting.put(None)
    thread.join()
    took.sort()
    return {"msgs_per_s": len(took) / total, "p50_ms": took[len(took) // 2] * 1000, "p99_ms": took[int(len(took) * 0.99)] * 1000}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))))
