"""`hubbub serve`: how it begins, what it refuses, and how it ends."""

import json
import signal
import socket
import sqlite3

import pytest
from hubbub_process import PASSWORD, PATIENCE, hubbub
from websockets.exceptions import ConnectionClosed

from hubbub.cli.address import address
from hubbub.cli.banner import warnings
from hubbub.settings import Settings


def assert_refused(ended, code, *words):
    """One sentence on standard error, nothing on standard output, never a traceback."""
    assert ended.returncode == code, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in ended.stderr


def test_a_new_folder_gets_a_link_that_makes_the_owner_once(serves, folder):
    server = serves(folder)
    assert server.link.startswith(f"{server.address}/#/setup/")
    owner = {"token": server.link.rsplit("/", 1)[1], "name": "ada", "password": PASSWORD}
    with server.http() as browser:
        assert browser.get("/api/site").json()["setup"] is True
        assert browser.post("/api/setup", json=owner).json()["user"]["role"] == "owner"
        assert browser.post("/api/setup", json=owner).status_code == 403
    server.stops()
    assert serves(folder).link is None


def test_the_link_of_the_last_start_ends_with_the_next_one(serves, folder):
    first = serves(folder)
    first.stops()
    second = serves(folder)
    owner = {"name": "ada", "password": PASSWORD}
    with second.http() as browser:
        assert browser.post("/api/setup", json=owner | {"token": first.link.rsplit("/", 1)[1]}).status_code == 403
        assert browser.post("/api/setup", json=owner | {"token": second.link.rsplit("/", 1)[1]}).status_code == 201


def test_the_greeting_names_what_matters_and_is_plain_in_a_pipe(serves, folder):
    said = serves(folder).said
    assert "Hubbub 0." in said
    assert str(folder) in said
    assert "your data is kept" in said
    assert "\x1b" not in said


def test_no_color_keeps_even_a_forced_greeting_plain(serves, folder):
    assert "\x1b" in serves(folder, FORCE_COLOR="1").said
    assert "\x1b" not in serves(folder.with_name("other"), FORCE_COLOR="1", NO_COLOR="1").said


def test_the_link_is_where_people_reach_the_chat(serves, folder):
    assert serves(folder, "--public-url", "https://chat.example.org/").link.startswith("https://chat.example.org/#/setup/")


def test_an_option_wins_over_its_variable(serves, folder):
    server = serves(folder, "--name", "Ours", HUBBUB_NAME="Theirs", HUBBUB_TEXT_LIMIT="12")
    with server.http() as browser:
        assert browser.get("/api/site").json()["name"] == "Ours"


def test_a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on(serves, folder):
    first = serves(folder)
    assert_refused(hubbub("serve", "--port", 0, "--data", folder), 3, str(folder), "in use", "--data")
    with first.http() as browser:
        assert browser.get("/health").status_code == 200


def test_a_port_in_use_is_told_before_anything_is_touched(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert_refused(hubbub("serve", "--port", port, "--data", folder), 3, f"port {port}", "another port")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"HUBBUB_PORT": "many"}, "HUBBUB_PORT"),
        ({"HUBBUB_ALLOWED_ORIGINS": "https://example.org"}, "allowed_origins"),
        ({"HUBBUB_DATABASE": "carrier-pigeon"}, "carrier-pigeon"),
        ({"HUBBUB_DATABASE": "mysql://localhost/hubbub"}, "sqlite"),
        ({"HUBBUB_DATA": "/dev/null/folder"}, "/dev/null/folder"),
    ],
)
def test_settings_that_cannot_be_are_told_in_one_sentence(variables, word, tmp_path):
    assert_refused(hubbub("serve", **{"HUBBUB_PORT": "0", "HUBBUB_DATA": str(tmp_path / "data"), **variables}), 3, word)


def test_an_option_that_makes_no_sense_is_a_matter_of_usage(folder):
    assert hubbub("serve", "--port", "many", "--data", folder).returncode == 2
    assert hubbub("serve", "--no-such-option", "--data", folder).returncode == 2
    assert not folder.exists()


def test_data_of_a_newer_version_is_refused_and_stays_as_it_is(serves, folder):
    serves(folder).stops()
    with sqlite3.connect(folder / "hubbub.db") as newer:
        newer.execute("UPDATE hubbub_version SET version_num = '9999'")
    newer.close()
    before = (folder / "hubbub.db").read_bytes()
    assert_refused(hubbub("serve", "--port", 0, "--data", folder), 3, "newer", "9999")
    assert_refused(hubbub("user", "add", "ada", "--data", folder), 3, "newer")
    assert (folder / "hubbub.db").read_bytes() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(serves, folder, number):
    server = serves(folder)
    server.signals(number)
    assert server.ends() == 0
    assert "Traceback" not in server.said
    assert {file.name for file in folder.iterdir()} == {"hubbub.db", "hubbub.lock"}


def test_what_was_sent_is_answered_before_connected_clients_are_sent_off(serves, folder):
    server = serves(folder)
    hubbub("user", "add", "ada", "--data", folder)
    token = hubbub("token", "create", "ada", "--data", folder).stdout.strip()
    acknowledged = {}
    with server.websocket(token) as ada, server.websocket(token) as idle:
        room = welcomed(ada)["rooms"][0]["id"]
        welcomed(idle)
        for number in range(200):
            ada.send(json.dumps({"type": "send", "id": number, "room": room, "key": f"key-{number}", "text": f"message {number}"}))
        server.signals()
        heard, code = until_closed(ada)
        acknowledged = {frame["id"]: frame["seq"] for frame in heard if frame["type"] == "ok"}
        assert [frame["retry_after"] > 0 for frame in heard if frame["type"] == "bye"] == [True]
        assert code == 1012
        assert until_closed(idle)[1] == 1012
    assert server.ends() == 0
    again = serves(folder)
    with again.http(token) as program:
        items = program.get(f"/api/rooms/{room}/messages?limit=200").json()["items"]
    assert {item["seq"]: item["text"] for item in items} == {seq: f"message {number}" for number, seq in acknowledged.items()}


def test_after_a_kill_the_next_one_starts_as_if_nothing_had_been(serves, folder):
    server = serves(folder)
    hubbub("user", "add", "ada", "--data", folder)
    server.signals(signal.SIGKILL)
    server.ends()
    assert (folder / "hubbub.sock").exists()
    assert hubbub("user", "add", "grace", "--data", folder).returncode == 0
    serves(folder)
    assert [line.split("\t")[1] for line in hubbub("user", "list", "--data", folder).stdout.splitlines()] == ["ada", "grace"]


def test_listening_beyond_this_machine_without_tls_is_warned_of():
    assert not list(warnings(Settings(host="127.0.0.1")))
    assert not list(warnings(Settings(host="::1")))
    assert not list(warnings(Settings(host="0.0.0.0", public_url="https://chat.example.org")))
    assert "TLS" in next(warnings(Settings(host="0.0.0.0")))
    assert "TLS" in next(warnings(Settings(host="chat.local", public_url="http://chat.local")))
    assert "RATE_LIMITS" in next(warnings(Settings(rate_limits="off")))


def test_the_address_is_one_that_a_browser_takes():
    assert address(Settings(host="0.0.0.0"), 8000) == "http://127.0.0.1:8000"
    assert address(Settings(host="::1"), 8000) == "http://[::1]:8000"
    assert address(Settings(host="chat.local"), 80) == "http://chat.local:80"


def welcomed(connection):
    connection.send('{"type": "hello"}')
    welcome = json.loads(connection.recv(PATIENCE))
    assert welcome["type"] == "welcome"
    return welcome


def until_closed(connection):
    """Every frame until the server closes, and the code that it closes with."""
    heard = []
    try:
        while True:
            heard.append(json.loads(connection.recv(PATIENCE)))
    except ConnectionClosed as closed:
        return heard, closed.rcvd.code
