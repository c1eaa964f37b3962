"""`hubbub serve` in a process of its own, which can be killed, stopped, starved and started again in the same place."""

import asyncio
import contextlib
import os
import re
import resource
import signal
import sys
from pathlib import Path

ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)")
START_SECONDS = 30


class ServerProcess:
    """One data folder, one port, and whichever process serves them now."""

    def __init__(self, folder: Path, *, program: tuple[str, ...] = ("-m", "hubbub"), **settings: object) -> None:
        """`program` is what Python runs, `settings` are Hubbub's, by name."""
        self.folder = folder
        self._program = program
        self.port = 0
        self.is_up = asyncio.Event()
        self._settings = {f"HUBBUB_{name.upper()}": str(value) for name, value in settings.items()}
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "ServerProcess":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.kill()

    @property
    def pid(self) -> int:
        """The process that serves now."""
        assert self._process is not None, "the server was never started"
        return self._process.pid

    @property
    def url(self) -> str:
        """Where the chat is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        """What the server complained of, over all of its lives."""
        return self.folder.with_name(f"{self.folder.name}.log")

    async def start(self) -> None:
        """Start, or start again on the same port, and wait until it listens."""
        settings = {"HUBBUB_DATA": str(self.folder), "HUBBUB_PORT": str(self.port), "HUBBUB_RATE_LIMITS": "off"}
        with self.log_file.open("ab") as complaints:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._program,
                "serve",
                env=os.environ | settings | self._settings,
                stdout=asyncio.subprocess.PIPE,
                stderr=complaints,
            )
        self.port = await asyncio.wait_for(self._port(), START_SECONDS)
        self.is_up.set()

    async def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.is_up.clear()
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self, *, within: float) -> int:
        """Ask it to end, and answer its exit code. Raises TimeoutError when it takes longer."""
        self.is_up.clear()
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), within)

    def pause(self) -> None:
        """Stop it in its tracks: its connections stay open, and it does and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def goes_on(self) -> None:
        """End the pause."""
        os.kill(self.pid, signal.SIGCONT)

    def limit(self, what: int, soft: int) -> None:
        """Allow it less, or more again, of a resource; `what` is one of `resource.RLIMIT_…`."""
        _, hard = resource.prlimit(self.pid, what)
        resource.prlimit(self.pid, what, (soft, hard))

    def open_files(self) -> int:
        """How many file descriptors it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def connections(self) -> int:
        """How many sockets it has open, those that it listens on and talks to itself by included."""
        sockets = 0
        for link in Path(f"/proc/{self.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed since it was listed
                sockets += os.readlink(link).startswith("socket:")
        return sockets

    def resident_bytes(self) -> int:
        """How much memory it has now."""
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    async def _port(self) -> int:
        """The port that it names in its greeting, which comes when it listens."""
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if found := ADDRESS.search(line):
                return int(found[1])
        raise AssertionError(f"the server did not start:\n{self.log_file.read_text()[-4000:]}")
