"""Servers under measurement: each in processes of its own on one core, while the load comes from another."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

START_SECONDS = 20.0

_cores = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = _cores[0], _cores[-1]


class DidNotStart(Exception):
    """A server did not come up; says where its complaints are."""


class Server:
    """One server that runs now."""

    def __init__(self, name: str, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.name = name
        self.port = port
        self._process = process

    @property
    def pids(self) -> list[int]:
        """Its processes: the one that was started, and all that came of it."""
        found = [self._process.pid]
        for pid in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
            with contextlib.suppress(OSError, IndexError):
                if int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) in found:
                    found.append(pid)
        return found

    def memory_kb(self) -> int:
        """The memory that its processes hold, in KiB."""
        total = 0
        for pid in self.pids:
            with contextlib.suppress(OSError):
                total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
        return total

    def stop(self, *, kindly: bool = False) -> None:
        """End all of its processes."""
        pids = self.pids
        if kindly:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(15)
        for pid in reversed(pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()


def stop_with_us() -> None:
    """Have whoever ends this program end its servers too: without this, SIGTERM would leave them behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(
    name: str, command: list[str], port: int, logs: Path, *, env: dict[str, str] | None = None, cwd: Path | None = None
) -> Iterator[Server]:
    """Run a server for as long as the block runs. Raises `DidNotStart`."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name.replace(' ', '-').replace('/', '-')}.log"
    with log.open("ab") as complaints:
        process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *command],
            env=os.environ | (env or {}),
            cwd=cwd,
            stdout=complaints,
            stderr=subprocess.STDOUT,
        )
    server = Server(name, port, process)
    try:
        if not _listens(port, process):
            raise DidNotStart(f"{name} did not start; build/bench/logs/{log.name} says why")
        time.sleep(0.3)
        yield server
    finally:
        server.stop(kindly=name.startswith("hubbub"))


@contextlib.contextmanager
def hubbub(folder: Path, logs: Path, *, name: str = "hubbub", **settings: object) -> Iterator[Server]:
    """`hubbub serve`, as everybody runs it, on a prepared data folder; only its rate limits are off."""
    port = free_port()
    env = {"HUBBUB_DATA": str(folder), "HUBBUB_RATE_LIMITS": "off"} | {
        f"HUBBUB_{key.upper()}": str(value) for key, value in settings.items()
    }
    command = [sys.executable, "-m", "hubbub", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with serving(name, command, port, logs, env=env) as server:
        yield server


def _listens(port: int, process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.05)
    return False
