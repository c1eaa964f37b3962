"""A private Redis for tests: on a free port, with nothing on the disk, that can be stopped, started and paused."""

import contextlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ANSWERS_WITHIN_SECONDS = 30.0
SLOTS = 16384


def redis_binary():
    """The path of Debian's redis-server, or of Valkey's; None when there is neither."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


class RedisInstance:
    """One server of one's own; with `is_cluster`, a cluster of one node that owns all slots."""

    def __init__(self, *, is_cluster=False):
        binary = redis_binary()
        assert binary is not None, "There is no redis-server. Get it with: apt-get install redis-server"
        self._binary = binary
        self._is_cluster = is_cluster
        self._folder = Path(tempfile.mkdtemp(prefix="hubbub-redis-"))
        self._process = None
        self._is_paused = False
        self.port = _free_port()

    @property
    def url(self):
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self):
        """Start it, again on the same port, and wait until it answers."""
        settings = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        if self._is_cluster:
            settings += ["--cluster-enabled", "yes", "--cluster-port", str(_free_port()), "--cluster-config-file", "nodes.conf"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._binary, *settings], stdout=log, stderr=log)
        self._wait_for("PING", b"+PONG")
        if self._is_cluster:
            self.ask("CLUSTER", "ADDSLOTSRANGE", "0", str(SLOTS - 1))
            self._wait_for("CLUSTER INFO", b"cluster_state:ok")
        return self

    def stop(self):
        """Kill it at once, as a power cut would."""
        if self._process is not None:
            self.resume()
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self):
        """Stop it in its tracks: it takes connections and bytes, and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)
        self._is_paused = True

    def resume(self):
        """Let it go on."""
        if self._is_paused:
            self._process.send_signal(signal.SIGCONT)
            self._is_paused = False

    def close(self):
        """Stop it and remove what it left."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def _wait_for(self, command, answer):
        """Wait until it is up: the only thing that polls here, as a process that starts tells nobody."""
        deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
        while time.monotonic() < deadline:
            assert self._process.poll() is None, (self._folder / "log").read_text()
            with contextlib.suppress(OSError):
                if answer in self.ask(*command.split()):
                    return
            time.sleep(0.02)
        raise AssertionError(f"Redis on port {self.port} did not answer:\n{(self._folder / 'log').read_text()}")

    def ask(self, *words):
        """Say one command, and return what comes back as it stands on the wire."""
        said = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
            wire.sendall(f"*{len(words)}\r\n{said}".encode())
            return wire.recv(65536)


def _free_port():
    """A port below those that the kernel hands out: whoever connects to it while it is down must not be given it."""
    while True:
        port = random.randrange(12_000, 30_000)
        with socket.socket() as taken, contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
