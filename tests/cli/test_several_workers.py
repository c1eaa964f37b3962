"""`hubbub serve --workers`: several processes on one port, which are one chat."""

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest
from hubbub_process import PATIENCE, hubbub
from websockets.exceptions import ConnectionClosed

from hubbub.cli.banner import print_banner
from hubbub.settings import Settings

COMINGS = 1000
"""So often may somebody come until a worker begins, or has another one in its place: more than enough, and bounded."""


def workers_of(server):
    """The process ids of the workers, the oldest first."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def test_sqlite_has_one_process_and_the_refusal_says_what_to_do(folder):
    refused = hubbub("serve", "--port", "0", "--workers", "2", "--data", folder)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "--database postgresql://" in refused.stderr
    assert "hubbub move" in refused.stderr
    assert not folder.exists()


def test_what_keeps_a_worker_from_starting_is_said_once(folder, postgres_url):
    nowhere = postgres_url.rpartition("/")[0] + "/nowhere"
    refused = hubbub("serve", "--port", "0", "--workers", "3", "--data", folder, "--database", nowhere)
    assert refused.returncode == 3
    assert refused.stderr.count("hubbub: ") == 1
    assert "nowhere" in refused.stderr


@pytest.fixture
def chat(serves, folder, postgres_url, redis_url):
    """Two workers, and the tokens of ada and grace."""
    named = ("--database", postgres_url)
    for name in ("ada", "grace"):
        assert hubbub("user", "add", name, *named).returncode == 0
    ada, grace = (hubbub("token", "create", name, *named).stdout.strip() for name in ("ada", "grace"))
    server = serves(folder, *named, "--bus", redis_url, "--workers", "2")
    come_until(server, ada, lambda: len(workers_of(server)) == 2)  # the second one begins when the first one serves
    return server, ada, grace


def test_workers_are_one_chat_and_one_that_is_killed_is_replaced(chat):
    server, ada, grace = chat
    assert server.said.count("Ctrl-C stops") == 1
    first, second = old = workers_of(server)
    hear_one_another(server, (ada, first), (grace, second))
    os.kill(first, signal.SIGKILL)
    [new] = come_until(server, ada, lambda: [pid for pid in workers_of(server) if pid not in old])
    hear_one_another(server, (ada, new), (grace, second))
    assert server.stops() == 0


def test_sighup_replaces_the_workers_and_sends_nobody_away_for_good(chat):
    server, ada, grace = chat
    old = workers_of(server)
    with greeted_by(old[0], server, ada) as first, greeted_by(old[1], server, grace) as second:
        server.signals(signal.SIGHUP)
        for websocket, _ in (first, second):
            assert is_sent_away(websocket) == ("restart", 1012)
    # Those who were on the last old one are away, so both new ones serve.
    new = [pid for pid in workers_of(server) if pid not in old]
    assert len(new) == 2
    hear_one_another(server, (ada, new[0]), (grace, new[1]))
    assert server.stops() == 0


def hear_one_another(server, *people):
    """Each of two people, who come to one worker each, hears what the other one says."""
    (one, its), (other, their) = people
    with greeted_by(its, server, one) as (hers, welcome), greeted_by(their, server, other) as (his, _):
        assert (worker_of(server, hers), worker_of(server, his)) == (its, their)
        for says, hears in ((hers, his), (his, hers)):
            text = f"from {worker_of(server, says)} to {worker_of(server, hears)}"
            said = {"type": "send", "id": 1, "room": welcome["rooms"][0]["id"], "key": text, "text": text}
            says.send(json.dumps(said))
            while json.loads(hears.recv(PATIENCE)).get("text") != text:
                pass


def come_until(server, token, found):
    """Come again and again until something is found, and return it. Whoever comes is served all the while."""
    for _ in range(COMINGS):
        # Who was just being taken in by one that dies is cut off.
        with contextlib.suppress(ConnectionClosed, EOFError, OSError), greeted(server, token):
            if it := found():
                return it
    raise AssertionError("It did not come to that.")


def is_sent_away(websocket):
    """Why somebody is sent away, and the code that they are sent away with."""
    why = None
    with contextlib.suppress(ConnectionClosed):
        for frame in websocket:
            why = json.loads(frame).get("reason", why)
    return why, websocket.close_code


def worker_of(server, websocket):
    """The process that has the other end of a connection, as the kernel says."""
    ends = f":{server.port:04X}", f":{websocket.socket.getsockname()[1]:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    [inode] = [row[9] for row in rows if (row[1][-5:], row[2][-5:]) == ends]
    [pid] = [pid for pid in workers_of(server) if f"socket:[{inode}]" in open_files(pid)]
    return pid


def open_files(pid):
    """What a process has open."""
    found = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(file))
    return found


@contextlib.contextmanager
def greeted_by(pid, server, token):
    """A connection that a certain worker takes, because the others stand still meanwhile; and its welcome."""
    others = [other for other in workers_of(server) if other != pid]
    with contextlib.ExitStack() as connected:
        try:
            signal_all(others, signal.SIGSTOP)
            come = connected.enter_context(greeted(server, token))
        finally:
            signal_all(others, signal.SIGCONT)
        yield come


def signal_all(pids, number):
    """Send a signal to processes, one of which may just have ended."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


@contextlib.contextmanager
def greeted(server, token):
    """A connection, and its welcome."""
    with server.websocket(token) as websocket:
        websocket.send('{"type": "hello"}')
        yield websocket, json.loads(websocket.recv(PATIENCE))


def test_the_greeting_shows_no_password_of_the_database(capsys):
    print_banner(Settings(database="postgresql://hubbub:se@cret@db:5432/hubbub"), 8000, None)
    said = capsys.readouterr().out
    assert "postgresql://hubbub:***@db:5432/hubbub" in said
    assert "cret" not in said
