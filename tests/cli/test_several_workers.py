"""`hubbub serve --workers`: several processes on one port, which are one chat."""

import contextlib
import json
import os
import signal
from pathlib import Path

from hubbub_process import PATIENCE, hubbub
from websockets.exceptions import ConnectionClosed

from hubbub.cli.banner import print_banner
from hubbub.settings import Settings


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


def test_workers_are_one_chat_and_one_that_is_killed_is_replaced(serves, folder, postgres_url, redis_url):
    named = ("--database", postgres_url)
    for name in ("ada", "grace"):
        assert hubbub("user", "add", name, *named).returncode == 0
    ada, grace = (hubbub("token", "create", name, *named).stdout.strip() for name in ("ada", "grace"))
    server = serves(folder, *named, "--bus", redis_url, "--workers", "2")
    assert server.said.count("Ctrl-C stops") == 1
    said = []
    while len(said) < 20 or not everybody_spoke(said) or len(workers_of(server)) < 2:
        # Whoever comes is taken by one worker or the other.
        said.append(conversation(server, ada, grace, f"message {len(said)}"))
        if len(said) == 10:
            killed = workers_of(server)[0]
            os.kill(killed, signal.SIGKILL)
    assert killed not in workers_of(server)
    assert all(conversation(server, ada, grace, f"message {number} of both") for number in range(5))
    assert server.stops() == 0


def everybody_spoke(said):
    """Whether the last ones came through, after the worker that was killed."""
    return all(said[-5:])


def conversation(server, ada, grace, text):
    """Ada posts over one connection, grace hears it over another; whether nobody was cut off."""
    with contextlib.suppress(ConnectionClosed, EOFError, OSError), greeted(server, grace) as hers, greeted(server, ada) as his:
        lobby = hers[1]["rooms"][0]["id"]
        his[0].send(json.dumps({"type": "send", "id": 1, "room": lobby, "key": text, "text": text}))
        while json.loads(hers[0].recv(PATIENCE)).get("text") != text:
            pass
        return True
    return False


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
