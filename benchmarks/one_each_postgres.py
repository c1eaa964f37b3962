"""The plain way on PostgreSQL: one transaction for each message, by one connection. `one_each_postgres.py URL CAST SENDERS SECONDS`."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

NEXT = "UPDATE rooms SET last_seq = last_seq + 1, message_count = message_count + 1 WHERE id = %b RETURNING last_seq, message_count"
INSERT = "INSERT INTO events (room_id, seq, type, author_id, at, key, message_count, body) VALUES (%b, %b, %b, %b, %b, %b, %b, %b)"
BODY = b'{"type":"message.created","text":"' + b"x" * 200 + b'"}'


def keep_each(url: str, rooms: list[str], seconds: float) -> dict[str, Any]:
    """Commit one message after the other: how many a second, and how long each takes."""
    took: list[float] = []
    with psycopg.connect(url) as connection:
        ends = time.perf_counter() + seconds
        while (at := time.perf_counter()) < ends:
            room, now = rooms[len(took) % len(rooms)], time.time_ns()
            seq, count = connection.execute(NEXT, (room,)).fetchone() or (0, 0)
            connection.execute(INSERT, (room, seq, "message.created", "d21a74dpw4wacyjk", now // 10**6, f"{now:020d}", count, BODY))
            connection.commit()
            took.append(time.perf_counter() - at)
    took.sort()
    return {"msgs_per_s": len(took) / seconds, "p50_ms": took[len(took) // 2] * 1000, "p99_ms": took[int(len(took) * 0.99)] * 1000}


if __name__ == "__main__":
    desks = json.loads(Path(sys.argv[2]).read_text())["desks"]
    print(json.dumps(keep_each(sys.argv[1], desks[: int(sys.argv[3])], float(sys.argv[4]))))
