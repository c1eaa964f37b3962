"""`hubbub serve` in a process of its own, which can be killed and started again in the same place."""

import asyncio
import os
import re
import sys
from pathlib import Path

START_SECONDS = 30


class HubbubServer:
    """One data folder, one port, and whichever process serves them now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0
        self.said = ""

    async def __aenter__(self) -> "HubbubServer":
        await self.starts()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.is_killed()

    @property
    def address(self) -> str:
        """Where the chat is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def link(self) -> str:
        """The owner's one-time link, as it was printed."""
        found = re.search(r"\S+/#/setup/\S+", self.said)
        assert found is not None, f"No link was printed:\n{self.said}"
        return found[0]

    async def starts(self) -> None:
        """Start, or start again on the same port, and wait until it serves."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hubbub", "serve", "--port", str(self.port), "--data", str(self._folder)),
            env=environment | {"HUBBUB_RATE_LIMITS": "off"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await asyncio.wait_for(self._listens(self._process), START_SECONDS)

    async def is_killed(self) -> None:
        """End it in the middle of whatever it does."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def _listens(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        self.said = ""
        while "Ctrl-C stops" not in self.said:
            line = await process.stdout.readline()
            assert line, f"The server ended before it was ready: {self.said}"
            self.said += line.decode()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.said)
        assert found is not None
        self.port = int(found[1])
