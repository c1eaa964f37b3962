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
TRIES = 3


class Shop:
    """The example, running."""

    def __init__(self, server: str, folder: Path) -> None:
        self.server = server
        self.port = 0
        self._command = COMMANDS[server]
        path = os.pathsep.join([str(EXAMPLES), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._environment = {**os.environ, "SHOP_DATA": str(folder), "PYTHONPATH": path, "PYTHONWARNINGS": "ignore"}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """The shop's address since it started last."""
        return f"http://127.0.0.1:{self.port}"

    async def starts(self) -> None:
        """Start the server, and wait until the chat says that it is well."""
        for _ in range(TRIES):
            # Not every server takes a socket or says its port, and until it listens the port may become somebody else's.
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
            command = [sys.executable, "-m", *(part.format(port=self.port) for part in self._command)]
            self._process = subprocess.Popen(command, env=self._environment, start_new_session=True)
            if await self._is_well(self._process):
                return
        raise AssertionError(f"the server ended {TRIES} times before it listened")

    async def _is_well(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the chat answers; whether it did before the server ended."""
        async with asyncio.timeout(SECONDS), self.visitor() as visitor:
            while process.poll() is None:
                try:
                    assert (await visitor.get("/chat/health")).status_code == 200
                    return True
                except httpx2.TransportError:
                    await asyncio.sleep(0.05)
        return False

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
