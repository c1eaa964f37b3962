"""A chat mounted in somebody's app and served, and visitors who come as the host knows them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from hubbub import Hubbub, Settings
from hubbub.protocol.codes import SUBPROTOCOL
from hubbub.testing import HungUp
from hubbub.testing.line import Line
from hubbub.testing.serving import Server, Serving, served

Headers = Mapping[str, str]


class Site:
    """The host's app with a chat in it, being served."""

    def __init__(self, chat: Hubbub, serving: Serving, prefix: str) -> None:
        self.chat = chat
        self.serving = serving
        self.prefix = prefix
        self._browsers: list[httpx2.AsyncClient] = []
        self._lines: list[Line] = []

    def browser(self, headers: Headers = {}, base: str | None = None) -> httpx2.AsyncClient:  # noqa: B006
        """An HTTP client for what is below the prefix, or another base."""
        browser = self.serving.browser(self.prefix + "/" if base is None else base, headers)
        self._browsers.append(browser)
        return browser

    async def get(self, path: str, headers: Headers = {}) -> httpx2.Response:  # noqa: B006
        """What a visitor gets for a path below the prefix."""
        return await self.browser(headers).get(path)

    async def connects(self, headers: Headers = {}, *, prefix: str | None = None, **hello: Any) -> Line:  # noqa: B006
        """A WebSocket that was welcomed. Raises `HungUp`."""
        wire = await self.serving.connect(f"{self.prefix if prefix is None else prefix}/ws", headers, SUBPROTOCOL)
        line = Line(wire, lambda _frame: None)
        self._lines.append(line)
        await line.says("hello", **hello)
        return line

    async def name_of(self, headers: Headers = {}, **hello: Any) -> str:  # noqa: B006
        """As whom a WebSocket is welcomed."""
        line = await self.connects(headers, **hello)
        return str(line.frames[0]["user"]["name"])

    async def turns_away(self, headers: Headers = {}, **hello: Any) -> HungUp:  # noqa: B006
        """How a WebSocket is closed that is not let in."""
        try:
            line = await self.connects(headers, **hello)
        except HungUp as end:
            return end
        raise AssertionError(f"It was welcomed: {line.frames}")

    async def closes(self) -> None:
        """Everybody goes home."""
        for line in self._lines:
            await line.close()
        for browser in self._browsers:
            await browser.aclose()


@asynccontextmanager
async def mounted(
    folder: Path,
    current_user: Callable[..., Any],
    *,
    app: FastAPI | None = None,
    prefix: str = "/chat",
    server: Server = "hubbub",
    include: Mapping[str, Any] = {},
    prepare: Callable[[Hubbub], object] = lambda _chat: None,
    **settings: Any,
) -> AsyncIterator[Site]:
    """The app, a fresh one by itself, with a chat under the prefix that asks `current_user`."""
    chat = Hubbub(Settings(data=folder, rate_limits="off", **settings), current_user=current_user)
    prepare(chat)
    app = app or FastAPI()
    app.include_router(chat.router, prefix=prefix, **include)
    async with visited(app, chat, prefix=prefix, server=server) as site:
        yield site


@asynccontextmanager
async def visited(app: Any, chat: Hubbub, *, prefix: str = "/chat", server: Server = "hubbub") -> AsyncIterator[Site]:
    """An app that is made already, being served."""
    async with served(app, server) as serving:
        site = Site(chat, serving, prefix)
        try:
            yield site
        finally:
            await site.closes()
