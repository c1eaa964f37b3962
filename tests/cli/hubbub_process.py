"""Real `hubbub` processes on real folders, and what one does with them."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
from websockets.sync.client import connect

PATIENCE = 60
PROJECT = Path(__file__).parents[2]
HUBBUB = (sys.executable, "-m", "hubbub")
PASSWORD = "correct horse battery"


def environment(**variables):
    """This process's environment without anything that sets Hubbub up, and `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_") and name not in ("NO_COLOR", "FORCE_COLOR")}
    return kept | variables


def hubbub(*arguments, input=None, program=HUBBUB, **variables):
    """Run one command to its end."""
    command = [*program, *map(str, arguments)]
    return subprocess.run(command, input=input, capture_output=True, text=True, timeout=PATIENCE, env=environment(**variables))


class Server:
    """`hubbub serve` on a free port, from when it says that it is ready."""

    ready = "Ctrl-C stops"
    arguments = ("serve", "--port", "0")

    def __init__(self, folder, *options, program=HUBBUB, cwd=None, **variables):
        command = [*program, *self.arguments, *self.data_options(folder), *map(str, options)]
        self.folder = folder
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(**variables), cwd=cwd
        )
        self._lines = queue.Queue()
        self._readers = [threading.Thread(target=self._read, args=(stream,)) for stream in (self.process.stdout, self.process.stderr)]
        for reader in self._readers:
            reader.start()
        self.said = ""
        try:
            self._wait_until_ready()
        except BaseException:
            self.process.kill()
            self.ends()
            raise

    @staticmethod
    def data_options(folder):
        return ("--data", str(folder))

    @property
    def port(self):
        return int(re.search(r"http://127\.0\.0\.1:(\d+)", self.said)[1])

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def link(self):
        """The owner's one-time link; None when none was printed."""
        found = re.search(r"\S+/#/setup/\S+", self.said)
        return found[0] if found else None

    def http(self, token=None):
        headers = {"authorization": f"Bearer {token}"} if token else {"origin": self.address}
        return httpx2.Client(base_url=self.address, headers=headers, timeout=PATIENCE)

    def websocket(self, token):
        uri = f"ws://127.0.0.1:{self.port}/ws"
        headers = {"authorization": f"Bearer {token}"}
        return connect(uri, subprotocols=["hubbub.v1"], additional_headers=headers, compression=None, open_timeout=PATIENCE)

    def signals(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def ends(self):
        """Wait for the end; the exit code."""
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        while not self._lines.empty():
            self.said += self._lines.get() or ""
        return code

    def stops(self):
        self.signals()
        return self.ends()

    def _read(self, stream):
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)

    def _wait_until_ready(self):
        ended = 0
        while self.ready not in self.said:
            line = self._lines.get(timeout=PATIENCE)
            ended += line is None
            assert ended < 2, f"The server ended before it was ready: {self.said}"
            self.said += line or ""


class FastapiRun(Server):
    """The same chat by `fastapi run`, which finds it by the project's entrypoint."""

    ready = "Uvicorn running on"
    arguments = ("run", "--host", "127.0.0.1", "--port", "0")

    def __init__(self, folder, **variables):
        program = (sys.executable, "-m", "fastapi")
        super().__init__(folder, program=program, cwd=PROJECT, HUBBUB_DATA=str(folder), COLUMNS="200", **variables)

    @staticmethod
    def data_options(folder):
        return ()

    @property
    def port(self):
        return int(re.search(r"running on http://127\.0\.0\.1:(\d+)", self.said)[1])


class PlainUvicorn(Server):
    """The same chat under uvicorn as it comes, set up by variables."""

    ready = "Uvicorn running on"
    arguments = ("hubbub.asgi:app", "--port", "0")

    def __init__(self, folder, **variables):
        super().__init__(folder, program=(sys.executable, "-m", "uvicorn"), HUBBUB_DATA=str(folder), **variables)

    @staticmethod
    def data_options(folder):
        return ()
