"""How the app on a stage is served: by a real server on a free port, or called directly in the same process."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, Protocol

import httpx2

from hubbub.server.run import Runner
from hubbub.testing.wires import DirectWire, SocketWire, Wire

Server = Literal["hubbub", "uvicorn", "none"]
"""`hubbub`: our WebSocket class under uvicorn. `uvicorn`: its own class. `none`: the app is called in this process."""


class Serving(Protocol):
    """An app that is being served."""

    origin: str
    """The site's address, as a browser writes it."""

    def browser(self, base: str, headers: Mapping[str, str]) -> httpx2.AsyncClient:
        """An HTTP client for addresses below the path `base`."""

    async def connect(self, path: str, headers: Mapping[str, str], subprotocol: str | None) -> Wire:
        """Open a WebSocket to the path."""


class SocketServing:
    """An app behind a real socket."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._port = port

    def browser(self, base: str, headers: Mapping[str, str]) -> httpx2.AsyncClient:
        """An HTTP client for addresses below the path `base`."""
        return httpx2.AsyncClient(base_url=self.origin + base, headers=dict(headers), trust_env=False, verify=False, timeout=30)

    async def connect(self, path: str, headers: Mapping[str, str], subprotocol: str | None) -> Wire:
        """Open a WebSocket to the path."""
        return await SocketWire.open(f"ws://127.0.0.1:{self._port}{path}", headers, subprotocol)


class DirectServing:
    """An app that is called directly."""

    def __init__(self, app: Any) -> None:
        self.origin = "http://stage.test"
        self._app = app

    def browser(self, base: str, headers: Mapping[str, str]) -> httpx2.AsyncClient:
        """An HTTP client for addresses below the path `base`."""
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self._app), base_url=self.origin + base, headers=dict(headers), verify=False
        )

    async def connect(self, path: str, headers: Mapping[str, str], subprotocol: str | None) -> Wire:
        """Open a WebSocket to the path."""
        return DirectWire(self._app, path, headers, subprotocol)


@asynccontextmanager
async def served(app: Any, server: Server) -> AsyncIterator[Serving]:
    """Serve the app in this event loop, its lifespan included, as long as the context lasts."""
    if server == "none":
        async with app.router.lifespan_context(app):
            yield DirectServing(app)
        return
    listening = _listening()
    runner = Runner(app, handle_signals=False, log_config=None, ping_interval=None, ping_timeout=None, lifespan="on")
    if server == "uvicorn":
        runner.config.ws = "websockets-sansio"
    runner.config.load()
    runner.lifespan = runner.config.lifespan_class(runner.config)
    await runner.startup([listening])
    if not runner.started:
        raise RuntimeError("The app did not start; its log says why.")
    try:
        yield SocketServing(listening.getsockname()[1])
    finally:
        await runner.shutdown([listening])


def _listening() -> socket.socket:
    # With its protocol named, asyncio turns Nagle's algorithm off for what is accepted; else each answer may take 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    return listening
