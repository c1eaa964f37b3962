"""What is said by command while nodes on PostgreSQL serve: they hear of it by the bus."""

import json
import time

import pytest
from hubbub_process import PATIENCE, hubbub
from websockets.exceptions import ConnectionClosedError

from hubbub.cli.carrying_out import BUS_SECONDS

PEOPLE = ("ada", "grace", "linus")
"""Several, because a node that was told nothing asks about one of eight of them each second, and might be quick by luck."""


@pytest.fixture
def tokens(postgres_url):
    """Who is there, and what lets them in."""
    for name in PEOPLE:
        assert hubbub("user", "add", name, "--database", postgres_url).returncode == 0
    return {name: hubbub("token", "create", name, "--database", postgres_url).stdout.strip() for name in PEOPLE}


def test_who_is_deactivated_by_command_is_shown_out_of_a_node_within_a_second(serves, folder, postgres_url, redis_url, tokens):
    shared = ("--database", postgres_url, "--bus", redis_url)
    server = serves(folder, *shared)
    for name, token in tokens.items():
        with server.websocket(token) as websocket:
            websocket.send('{"type": "hello"}')
            assert json.loads(websocket.recv(PATIENCE))["type"] == "welcome"
            done = hubbub("user", "deactivate", name, *shared)
            answered = time.monotonic()
            assert (done.returncode, done.stderr) == (0, "")
            with pytest.raises(ConnectionClosedError) as closed:
                list(websocket)
            assert time.monotonic() - answered < 1
            assert closed.value.rcvd.code == 4403
    assert server.stops() == 0


def test_a_bus_that_is_away_keeps_no_command_from_being_carried_out(postgres_url, tokens):
    before = time.monotonic()
    done = hubbub("user", "role", "ada", "guest", "--database", postgres_url, "--bus", "redis://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (0, "ada is guest now.\n")
    assert "The bus at 127.0.0.1:9 is interrupted" in done.stderr
    assert time.monotonic() - before > BUS_SECONDS
