"""A program that serves until it is told to stop, and says what it does, line by line."""

import asyncio
import sys
from typing import Any

from hubbub.server.protocol import Protocol
from hubbub.server.run import serve


def say(*words: object) -> None:
    print(*words, flush=True)


sockets: list[Any] = []


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        if sys.argv[1] == "failing":
            await send({"type": "lifespan.startup.failed", "message": "on purpose"})
            return
        say("starting")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        say("put away")
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "websocket.accept"})
    sockets.append(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def drain() -> None:
    say("draining")
    if sys.argv[1] == "stuck":
        await asyncio.Event().wait()
    if sys.argv[1] == "broken":
        raise ValueError("on purpose")
    if sys.argv[1] == "polite":
        for send in sockets:
            await send({"type": "websocket.close", "code": 1012, "reason": "restart"})


if __name__ == "__main__":
    if sys.argv[1] == "polite":
        # Whoever has not answered by the end of the draining is cut off at once.
        Protocol.hasty_seconds = 0
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0
    sys.exit(serve(app, port=0, drain=drain, drain_seconds=seconds, on_started=lambda host, port: say(host, port), log_level="error"))
