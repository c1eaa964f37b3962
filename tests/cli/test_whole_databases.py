"""`hubbub check` and `hubbub move` as one says them, beside servers that really run."""

import json
import sqlite3
from contextlib import contextmanager

from hubbub_process import PATIENCE, hubbub


def furnished(folder):
    """A chat with ada, who may come in by the token that is returned."""
    assert hubbub("user", "add", "ada", "--data", folder).returncode == 0
    return hubbub("token", "create", "ada", "--data", folder).stdout.strip()


@contextmanager
def connected(server, token, **hello):
    """A device that was welcomed."""
    with server.websocket(token) as websocket:
        yield Device(websocket, hello)


class Device:
    """A client as simple as can be, over one connection."""

    def __init__(self, websocket, hello):
        self._websocket = websocket
        self._says(type="hello", id=0, **hello)
        self.welcome = self.hears("welcome")

    @property
    def lobby(self):
        return self.welcome["rooms"][0]["id"]

    def posts(self, key, text):
        """Post to the lobby; what is answered."""
        self._says(type="send", id=1, room=self.lobby, key=key, text=text)
        return self.hears("ok")

    def hears(self, kind):
        """The next frame of a type, whatever comes before it."""
        while (frame := json.loads(self._websocket.recv(PATIENCE)))["type"] != kind:
            pass
        return frame

    def _says(self, **command):
        self._websocket.send(json.dumps(command))


def test_a_check_says_what_holds_while_the_server_runs(serves, folder):
    with connected(serves(folder), furnished(folder)) as ada:
        ada.posts("a", "hello")
        checked = hubbub("check", "--data", folder)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("1 rooms, 2 events, 1 users.\n")
    assert "broken" not in checked.stdout


def test_what_a_killed_server_left_can_be_checked_as_it_is(serves, folder):
    server = serves(folder)
    with connected(server, furnished(folder)) as ada:
        ada.posts("a", "hello")
        server.process.kill()
    server.ends()
    checked = hubbub("check", "--data", folder)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("1 rooms, 2 events, 1 users.\n")


def test_what_does_not_hold_is_said_in_words_and_is_exit_code_1(folder):
    furnished(folder)
    with sqlite3.connect(folder / "hubbub.db") as connection:
        connection.execute("UPDATE rooms SET last_seq = 7")
    checked = hubbub("check", "--data", folder)
    assert checked.returncode == 1
    assert "broken  Every room's log is numbered" in checked.stdout
    assert "says that it ends at 7, and it ends at 1" in checked.stdout
    assert checked.stderr.startswith("hubbub: 1 of ")


def test_what_cannot_be_checked_is_exit_code_3(folder):
    checked = hubbub("check", "--data", folder)
    assert (checked.returncode, checked.stdout) == (3, "")
    assert "There is no database" in checked.stderr
    assert not folder.exists()


def test_clients_go_on_with_their_cursors_after_a_move(serves, folder, postgres_url, tmp_path):
    server, token, old = serves(folder), furnished(folder), f"sqlite:///{folder / 'hubbub.db'}"
    with connected(server, token) as ada:
        seen, lobby, epoch = ada.posts("a", "hello")["seq"], ada.lobby, ada.welcome["epoch"]
        ada.posts("b", "this one was not seen")
        refused = hubbub("move", old, postgres_url)
        assert refused.returncode == 3
        assert "in use" in refused.stderr
    assert server.stops() == 0
    moved = hubbub("move", old, postgres_url)
    assert (moved.returncode, moved.stderr) == (0, "")
    assert moved.stdout.startswith("Moved 1 rooms, 3 events, 1 users")
    assert "broken" not in moved.stdout
    with connected(serves(tmp_path / "node", "--database", postgres_url), token, cursors={lobby: seen}, epoch=epoch) as ada:
        assert (ada.welcome["epoch"], ada.welcome.get("reset")) == (epoch, None)
        assert ada.hears("message.created")["text"] == "this one was not seen"
        again = ada.posts("a", "hello")
        assert (again["seq"], again["duplicate"]) == (seen, True)
        assert ada.posts("c", "and on")["seq"] == seen + 2


def test_clients_load_afresh_after_a_backup_was_restored(serves, folder, tmp_path):
    server, token, file = serves(folder), furnished(folder), tmp_path / "backup.db"
    with connected(server, token) as ada:
        ada.posts("a", "hello")
        kept = hubbub("backup", file, "--data", folder)
        assert (kept.returncode, kept.stdout) == (0, f"Kept 1 rooms, 2 events, 1 users in {file}.\n")
        seen, lobby, epoch = ada.posts("b", "after the backup")["seq"], ada.lobby, ada.welcome["epoch"]
    restored = hubbub("restore", file, "--data", tmp_path / "restored")
    assert (restored.returncode, restored.stdout) == (0, "Restored 1 rooms, 2 events, 1 users.\n")
    with connected(serves(tmp_path / "restored"), token, cursors={lobby: seen}, epoch=epoch) as ada:
        assert ada.welcome["reset"] is True
        assert ada.posts("b", "after the backup")["seq"] == seen


def test_an_export_is_a_folder_of_lines(folder, tmp_path):
    furnished(folder)
    exported = hubbub("export", tmp_path / "export", "--data", folder)
    assert (exported.returncode, exported.stdout) == (0, f"Wrote 1 rooms, 1 events, 1 users into {tmp_path / 'export'}.\n")
    assert json.loads((tmp_path / "export" / "users.jsonl").read_text())["name"] == "ada"
