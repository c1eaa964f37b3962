"""A private PostgreSQL of the tests: an instance on a free port, which can be killed, started again, and paused."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

import psycopg
import pytest

PATIENCE = 60
USER = "hubbub"
# Small, and quick to start; what is durable stays as it is in earnest.
_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "unix_socket_permissions": "0777",
    "log_min_messages": "fatal",
}
# As a machine that runs tests may be busy.
_PATIENT = {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "30s"}


def postgres_programs():
    """The folder of PostgreSQL's programs: the one that HUBBUB_TEST_POSTGRES names, or the newest that is here.

    Without any the test is skipped.
    """
    if named := os.environ.get("HUBBUB_TEST_POSTGRES"):
        return Path(named)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name.partition(".")[0]))
    beside = shutil.which("postgres")
    if not found and beside is None:
        pytest.skip("This test needs PostgreSQL. Get it with: apt-get install postgresql")
    return found[-1] if found else Path(beside).resolve().parent


class PostgresInstance:
    """One PostgreSQL with a folder of its own, from `start` to `remove`."""

    def __init__(self, *, is_patient=True):
        """One that is not patient has no limits of its own, as it comes from Debian: those of a node count."""
        self._settings = _SETTINGS | (_PATIENT if is_patient else {})
        self._programs = postgres_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="hubbub-pg-"))
        self.port = None
        self._process = None
        self._paused = []
        self._numbers = count(1)
        # PostgreSQL refuses to run as root, so root runs it as the user whom the package made.
        self._owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self._owner:
            os.chown(self.folder, self._owner.pw_uid, self._owner.pw_gid)
        # By its socket somebody of another name must come in.
        self.folder.chmod(0o711)
        self._run("initdb", "-D", self.folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")

    def start(self):
        """Start it, on the port that it had, and wait until it takes connections."""
        for _ in range(5):
            port = self.port or _free_port()
            self._process = self._spawn(port)
            if self._is_ready(port):
                self.port = port
                return self
            assert self.port is None, f"PostgreSQL did not come back:\n{self.said}"
        raise AssertionError(f"PostgreSQL did not start:\n{self.said}")

    def stop_immediately(self):
        """Kill it without a shutdown, as `pg_ctl stop -m immediate` does: what was not on the disk is lost."""
        self.goes_on()
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(PATIENCE)

    def pause(self):
        """Stop every process of it where it is: connections stay open, and nobody answers."""
        os.kill(self._process.pid, signal.SIGSTOP)
        self._paused = [self._process.pid, *_children_of(self._process.pid)]
        for process in self._paused:
            os.kill(process, signal.SIGSTOP)

    def goes_on(self):
        """End the pause."""
        for process in reversed(self._paused):
            os.kill(process, signal.SIGCONT)
        self._paused = []

    def remove(self):
        """End it, and remove its folder."""
        if self._process is not None and self._process.poll() is None:
            self.stop_immediately()
        shutil.rmtree(self.folder)

    def make_database(self, template="template1"):
        """A fresh database; its URL."""
        name = f"test_{next(self._numbers)}"
        self.runs(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop_database(self, url):
        """Remove a database, whoever is connected to it."""
        self.runs(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def url(self, database="postgres"):
        """The URL of a database of this instance."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def runs(self, statement, database="postgres"):
        """Run one statement by itself; its rows, where it has any."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @property
    def said(self):
        """What it wrote into its log."""
        log = self.folder / "log"
        return log.read_text() if log.exists() else ""

    def _spawn(self, port):
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        command = self._command("postgres", "-D", self.folder / "data", "-p", port, "-k", self.folder, *settings)
        with (self.folder / "log").open("a") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)

    def _is_ready(self, port):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                psycopg.connect(f"postgresql://{USER}@127.0.0.1:{port}/postgres", connect_timeout=PATIENCE).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return self._process.poll() is None
        return False

    def _run(self, program, *arguments):
        done = subprocess.run(self._command(program, *arguments), capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder)
        assert done.returncode == 0, f"{program} failed:\n{done.stdout}{done.stderr}"

    def _command(self, program, *arguments):
        command = [str(self._programs / program), *map(str, arguments)]
        # It ends with the tests, however they end.
        prefix = ["setpriv", "--pdeathsig", "QUIT"]
        if self._owner:
            prefix += ["--reuid", self._owner.pw_name, "--regid", str(self._owner.pw_gid), "--init-groups"]
        return [*prefix, *command]


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _children_of(parent):
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(process) for process in children.split()]
