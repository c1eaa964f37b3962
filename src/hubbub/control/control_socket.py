"""The running chat's end of the control socket: takes one command per connection and answers it."""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hubbub.control.line import ANSWER_SECONDS, LINE_LIMIT, decode_request, encode, short, socket_beside
from hubbub.errors import Conflict, HubbubError, TooLarge, Unavailable

CLOSING_SECONDS = 1.0

log = logging.getLogger("hubbub.control")

CarryOut = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


class ControlSocket:
    """Lets this user's commands reach the chat that owns a database, by a socket beside it that nobody else may open."""

    def __init__(self, database: Path, carry_out: CarryOut) -> None:
        self._database = database
        self._path = socket_beside(database)
        self._carry_out = carry_out
        self._server: asyncio.Server | None = None
        self._under_way: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Listen. Only for the process that holds the data folder: a socket left there by another one is removed.

        A chat without it serves all the same, so what stands in the way is only logged.
        """
        try:
            listening = self._bind()
        except OSError as error:
            log.warning("Commands cannot reach this chat while it runs, because %s cannot be made: %s", self._path, error)
            return
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=LINE_LIMIT)

    async def close(self) -> None:
        """Take no more commands, and answer those that are under way. Safe to call twice."""
        if self._server is None:
            return
        server, self._server = self._server, None
        self._path.unlink(missing_ok=True)
        for _ in range(5):
            # Whoever connected before the file went is waiting to be let in; a few turns of the loop do that.
            await asyncio.sleep(0)
        server.close()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSING_SECONDS)
        for task in self._under_way:
            task.cancel()

    def _bind(self) -> socket.socket:
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with short(self._path) as path:
                listening.bind(path)
                # Nobody can connect before it listens, so at no time can anybody else.
                os.chmod(path, 0o600)
        except BaseException:
            listening.close()
            raise
        listening.setblocking(False)
        return listening

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                writer.write(encode(await self._answer(reader)))
                await writer.drain()
        except (TimeoutError, ConnectionError):
            log.warning("A command was not answered: it went away, or took more than %d seconds", ANSWER_SECONDS)
        finally:
            self._under_way.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        try:
            return {"ok": await self._obey(await _line(reader))}
        except HubbubError as error:
            return {"error": {"code": error.code, "message": error.message, "retry_after": error.retry_after}}
        except Exception:
            log.exception("A command failed by a fault of ours")
            return {"error": {"code": Unavailable.code, "message": "The server failed at this. Its log says more."}}

    async def _obey(self, line: bytes) -> Any:
        request = decode_request(line)
        if request.database != str(self._database.resolve()):
            raise Conflict(f"The server in this folder keeps its data in {self._database.resolve()}, not in {request.database}.")
        return await self._carry_out(request.command, request.arguments)


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        raise TooLarge(f"A command has {LINE_LIMIT} bytes at most. Do it in several steps.") from None
    except asyncio.IncompleteReadError as cut_off:
        return cut_off.partial
