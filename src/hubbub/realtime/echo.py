"""The tutorial's conversation: each text comes back as `Message text was: …`. How one sees that WebSockets get through."""

import asyncio
import contextlib

from starlette.websockets import WebSocket, WebSocketDisconnect

from hubbub.protocol.codes import CloseCode

MESSAGES_PER_SECOND = 10
IDLE_SECONDS = 300.0


async def echo(websocket: WebSocket, *, max_bytes: int, idle_seconds: float = IDLE_SECONDS) -> None:
    """Answer until the client goes, is idle too long, or sends too much. Nobody is asked who they are."""
    await websocket.accept()
    loop = asyncio.get_running_loop()
    earliest = loop.time() - 1
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            try:
                async with asyncio.timeout(idle_seconds):
                    message = await websocket.receive()
            except TimeoutError:
                return await websocket.close(CloseCode.GOING_AWAY, "idle for too long")
            if message["type"] == "websocket.disconnect":
                return None
            answer = message.get("text")
            data = answer.encode() if answer is not None else message.get("bytes") or b""
            if len(data) > max_bytes:
                return await websocket.close(CloseCode.TOO_BIG, f"frames are limited to {max_bytes} bytes")
            # A burst of ten goes straight through; who sends on and on is answered at ten a second.
            earliest = max(earliest, loop.time() - 1) + 1 / MESSAGES_PER_SECOND
            await asyncio.sleep(max(0.0, earliest - loop.time()))
            if answer is not None:
                await websocket.send_text(f"Message text was: {answer}")
            else:
                await websocket.send_bytes(data)
