"""A TCP server for tests that leaves nothing behind: no connection, no task, whenever it ends."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class OwnedServer:
    """Serves each connection with `serve`, and closes it when that is done."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def open(self, host: str = "127.0.0.1", **options: Any) -> tuple[str, int]:
        """Listen on a free port. The host and the port."""
        self._server = await asyncio.start_server(self._connected, host, 0, **options)
        name, port = self._server.sockets[0].getsockname()[:2]
        return name, port

    async def close(self) -> None:
        """Reset every connection, and wait until nobody serves one any more."""
        assert self._server is not None
        server, self._server = self._server, None
        server.close()
        self.cut()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection."""
        for writer in self._connections.values():
            writer.transport.abort()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Not a coroutine: one that is cancelled before its first step never runs, and would close nothing.
        if self._server is None:
            writer.transport.abort()  # let in while it closed
            return
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._connections.pop(task).close()
        # Somebody who went away in the middle is what such a server is for; any other fault is told by the loop.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            task.result()
