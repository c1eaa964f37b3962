"""The mounted example as a process of its own, under any ASGI server, and its visitors."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2

from hubbub.protocol.codes import SUBPROTOCOL
from hubbub.testing import HungUp
from hubbub.testing.line import Line
from hubbub.testing.wires import SocketWire

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMANDS = {
    "uvicorn": ["uvicorn", "mounted_app:app", "--port={port}", "--log-level=warning"],
    "uvicorn with our protocol": ["uvicorn", "mounted_app:app", "--port={port}", "--log-level=warning", "--ws=hubbub.server:Protocol"],
    "hypercorn": ["hypercorn", "mounted_app:app", "--bind=127.0.0.1:{port}"],
    "granian": ["granian", "mounted_app:app", "--interface=asgi", "--port={port}", "--no-log"],
}
SECONDS = 30


class Shop:
    """The example, running."""

    def __init__(self, server: str, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-m", *(part.format(port=self.port) for part in COMMANDS[server])]
        self._environment = {**os.environ, "SHOP_DATA": str(folder), "PYTHONPATH": str(EXAMPLES), "PYTHONWARNINGS": "ignore"}
        self._process: subprocess.Popen[bytes] | None = None

    async def starts(self) -> None:
        """Start the server, and wait until the chat says that it is well."""
        self._process = subprocess.Popen(self._command, env=self._environment, start_new_session=True)
        async with asyncio.timeout(SECONDS), self.visitor() as visitor:
            while True:
                try:
                    assert (await visitor.get("/chat/health")).status_code == 200
                    return
                except httpx2.TransportError:
                    assert self._process.poll() is None, "the server has ended"
                    await asyncio.sleep(0.05)

    async def stops(self) -> None:
        """Ask it to end, as a service manager does, and hold that it did by itself."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        status = await asyncio.to_thread(self._process.wait, SECONDS)
        # uvicorn ends its work and then itself, by the signal that it got.
        assert status in (0, -signal.SIGTERM)

    def is_gone(self) -> None:
        """End it, however it is."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def visitor(self, **headers: str) -> httpx2.AsyncClient:
        """A browser or a program."""
        return httpx2.AsyncClient(base_url=self.origin, headers=headers, trust_env=False, timeout=SECONDS)

    async def cookie_of(self, name: str) -> str:
        """Sign in by the shop's form."""
        async with self.visitor() as visitor:
            answer = await visitor.post("/sign-in", data={"name": name})
            return f"session={answer.cookies['session']}"

    async def token_of(self, name: str) -> str:
        """Sign in by OAuth2."""
        async with self.visitor() as visitor:
            answer = await visitor.post("/token", data={"username": name, "password": "any"})
            return str(answer.json()["access_token"])

    async def connects(self, headers: dict[str, str] | None = None, **hello: Any) -> Line:
        """A WebSocket that was welcomed. Raises `HungUp`."""
        wire = await SocketWire.open(f"ws://127.0.0.1:{self.port}/chat/ws", headers or {}, SUBPROTOCOL)
        line = Line(wire, lambda _frame: None)
        await line.says("hello", **hello)
        return line

    async def turns_away(self, headers: dict[str, str] | None = None, **hello: Any) -> int:
        """The code with which a WebSocket is closed that is not let in."""
        try:
            await self.connects(headers, **hello)
        except HungUp as end:
            return end.code
        raise AssertionError("It was welcomed.")
