"""A web server on this machine that answers each path just as a test says, also in ways that no real server would."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from owned_server import OwnedServer

Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Heard(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class StrangeServer:
    """Answers what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.connections = 0
        self._answers: dict[str, Answering] = {}
        self._server = OwnedServer(self._serve)

    async def start(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> "StrangeServer":
        self.host, self.port = await self._server.open(host, ssl=tls)
        return self

    async def stop(self) -> None:
        await self._server.close()

    @property
    def paths(self) -> list[str]:
        """What it was asked for, in the order it came."""
        return [request.path for request in self.heard]

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def says(self, path: str, body: bytes | str = b"", *, status: int = 200, **headers: str) -> None:
        """Answer a path as a decent server does; `content_type=` and the like are headers."""
        content = body.encode() if isinstance(body, str) else body
        named = {"content-type": "text/html; charset=utf-8"} | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(content)}", *(f"{name}: {value}" for name, value in named.items())]
        self.sends(path, "\r\n".join([*lines, "", ""]).encode() + content)

    def redirects(self, path: str, to: str, **headers: str) -> None:
        self.says(path, status=302, location=to, **headers)

    def sends(self, path: str, raw: bytes) -> None:
        """Answer a path with these bytes and close."""

        async def answering(writer: asyncio.StreamWriter) -> None:
            writer.write(raw)
            await writer.drain()

        self.answers(path, answering)

    def answers(self, path: str, answering: Answering) -> None:
        self._answers[path] = answering

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        request = await _heard(reader)
        self.heard.append(request)
        await self._answers.get(request.path, _not_found)(writer)


async def _heard(reader: asyncio.StreamReader) -> Heard:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Heard(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


async def _not_found(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()
