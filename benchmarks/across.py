"""How long a message takes to somebody on the same node, and to somebody on another one.

Run by `across.py SAME_PORT OTHER_PORT CAST RATE SECONDS`.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import uvloop
from websockets.asyncio.client import ClientConnection, connect

WARM_SECONDS = 1.0
LATE_SECONDS = 10.0

Heard = dict[str, float]


async def measure(ports: tuple[int, int], cast: dict[str, Any], rate: float, seconds: float) -> dict[str, Any]:
    """Send at a steady rate; when each came to a member here and to a member there. Raises when one was lost or out of order."""
    sender, *members = await asyncio.gather(*(_come(port, token) for port, token in zip((ports[0], *ports), cast["tokens"], strict=False)))
    said: dict[str, float] = {}
    heard: tuple[Heard, Heard] = ({}, {})
    count = int(rate * (WARM_SECONDS + seconds))
    hearing = [asyncio.create_task(_hear(member, cast["hall"], count, into)) for member, into in zip(members, heard, strict=True)]
    answers = asyncio.create_task(_read_away(sender))
    await _speak(sender, cast["hall"], rate, count, said)
    async with asyncio.timeout(LATE_SECONDS):
        await asyncio.gather(*hearing)
    answers.cancel()
    for connection in (sender, *members):
        await connection.close()
    keys = list(said)[int(rate * WARM_SECONDS) :]
    here, there = (sorted(into[key] - said[key] for key in keys) for into in heard)
    return {"msgs_per_s": rate} | _ends("same", here) | _ends("other", there)


async def _come(port: int, token: str) -> ClientConnection:
    headers = {"Authorization": f"Bearer {token}"}
    connection = await connect(f"ws://127.0.0.1:{port}/ws", subprotocols=["hubbub.v1"], additional_headers=headers, compression=None)  # type: ignore[list-item]
    await connection.send('{"type":"hello","id":1}')
    assert '"welcome"' in str(await connection.recv())
    return connection


async def _speak(connection: ClientConnection, room: str, rate: float, count: int, said: dict[str, float]) -> None:
    begins = time.perf_counter()
    for number in range(count):
        due = begins + number / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        key = f"{time.time_ns():020d}"
        said[key] = time.perf_counter()
        await connection.send(json.dumps({"type": "send", "id": number, "room": room, "key": key, "text": "x" * 200}))


async def _hear(connection: ClientConnection, room: str, count: int, into: Heard) -> None:
    last = 0
    while len(into) < count:
        event = json.loads(await connection.recv())
        if event["type"] == "message.created" and event["room"] == room:
            into[event["key"]] = time.perf_counter()
            assert not last or event["seq"] == last + 1, f"seq {event['seq']} came after {last}"
            last = event["seq"]


async def _read_away(connection: ClientConnection) -> None:
    async for _ in connection:
        pass


def _ends(name: str, took: list[float]) -> dict[str, float]:
    return {f"{name}_p50_ms": took[len(took) // 2] * 1000, f"{name}_p99_ms": took[int(len(took) * 0.99)] * 1000}


if __name__ == "__main__":
    described = json.loads(Path(sys.argv[3]).read_text())
    places = (int(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps(uvloop.run(measure(places, described, float(sys.argv[4]), float(sys.argv[5])))))
