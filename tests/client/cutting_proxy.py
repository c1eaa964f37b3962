"""A TCP proxy that can swallow what the server answers, and cut connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from owned_server import OwnedServer


class CuttingProxy:
    """Forwards to one port, until it is told to do worse."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.swallows_answers = False
        self.swallowed = asyncio.Event()
        """Set once something that the server said was swallowed."""
        self._target = target
        self._server = OwnedServer(self._serve)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Reset every connection."""
        self._server.cut()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["CuttingProxy"]:
        _, self.port = await self._server.open()
        try:
            yield self
        finally:
            await self._server.close()

    async def _serve(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._forward(from_client, to_server))
                tasks.create_task(self._answer(from_server, to_client))
        finally:
            to_server.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.swallows_answers:
                    self.swallowed.set()
                else:
                    writer.write(data)
        writer.transport.abort()
