"""The operator's commands do the same whether a server runs or not."""

import json
import subprocess

import pytest
from hubbub_process import HUBBUB, PASSWORD, PATIENCE, PlainUvicorn, Server, environment, hubbub


class Operator:
    """Says commands to one folder, and looks at what comes back."""

    def __init__(self, folder):
        self.folder = folder

    def says(self, *words, input=None):
        return hubbub(*words, "--data", self.folder, input=input)

    def gets(self, *words, input=None):
        """What a command that must succeed prints on standard output; nothing is on standard error."""
        ended = self.says(*words, input=input)
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout

    def is_refused(self, *words, input=None):
        """The one sentence that a refused command leaves on standard error."""
        ended = self.says(*words, input=input)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.count("\n") == 1
        return ended.stderr

    def table(self, *words):
        return [line.split("\t") for line in self.gets(*words).splitlines()]


@pytest.fixture(params=[None, Server, PlainUvicorn], ids=["no server", "hubbub serve", "uvicorn"])
def operator(request, folder, serves):
    if request.param:
        serves(folder, kind=request.param)
    return Operator(folder)


@pytest.fixture
def alone(folder):
    """An operator on a folder that no server has."""
    return Operator(folder)


def test_people_are_added_listed_and_deactivated(operator):
    added = operator.gets("user", "add", "ada", "--role", "owner")
    operator.gets("user", "add", "grace")
    [ada, grace] = operator.table("user", "list")
    assert ada[1:] == ["ada", "owner", "human", "active"]
    assert ada[0] in added
    assert grace[1:] == ["grace", "member", "human", "active"]
    assert "grace" in operator.gets("user", "deactivate", "grace")
    assert operator.table("user", "list")[1][4] == "deactivated"


def test_people_get_another_role_but_the_last_owner(operator):
    operator.gets("user", "add", "ada", "--role", "owner")
    operator.gets("user", "add", "grace")
    assert operator.gets("user", "role", "grace", "admin") == "grace is admin now.\n"
    assert operator.table("user", "list")[1][1:4] == ["grace", "admin", "human"]
    assert "last owner" in operator.is_refused("user", "role", "ada", "member")
    assert "no user named" in operator.is_refused("user", "role", "linus", "member")


def test_a_new_password_is_set_by_the_link_that_is_printed_alone(serves, folder):
    operator, server = Operator(folder), serves(folder)
    operator.gets("user", "add", "ada", "--password-stdin", input="forgotten long ago\n")
    link = operator.gets("user", "reset-password", "ada", "--public-url", "https://chat.example.org").removesuffix("\n")
    address, _, token = link.rpartition("/")
    assert address == "https://chat.example.org/#/reset"
    with server.http() as browser:
        entered = browser.post("/api/reset", json={"token": token, "password": PASSWORD})
        assert (entered.status_code, entered.json()["user"]["name"]) == (201, "ada")
        assert browser.get("/api/me").json()["name"] == "ada"
        assert browser.post("/api/reset", json={"token": token, "password": PASSWORD}).status_code == 403
        assert browser.post("/api/session", json={"name": "ada", "password": PASSWORD}).status_code == 201
    assert "no user named" in operator.is_refused("user", "reset-password", "linus")


def test_rooms_are_added_with_their_members_and_listed(operator):
    operator.gets("user", "add", "ada")
    room = operator.gets("room", "add", "kitchen", "--kind", "private", "--member", "ADA").removesuffix("\n")
    lobby, kitchen = operator.table("room", "list")
    assert lobby[1:3] == ["lobby", "public"]
    assert kitchen == [room, "kitchen", "private", "1", "open"]


def test_a_room_with_an_unknown_member_is_not_made(operator):
    operator.gets("user", "add", "ada")
    assert "'grcae'" in operator.is_refused("room", "add", "kitchen", "--member", "ada", "--member", "grcae")
    operator.gets("user", "add", "grace")
    operator.gets("user", "deactivate", "grace")
    assert "grace is deactivated" in operator.is_refused("room", "add", "kitchen", "--member", "grace")
    assert [name for _, name, *_ in operator.table("room", "list")] == ["lobby"]


def test_a_refusal_is_one_sentence_and_exit_code_1(operator):
    operator.gets("user", "add", "ada", "--role", "owner")
    assert "'Ada'" in operator.is_refused("user", "add", "Ada")
    assert "last owner" in operator.is_refused("user", "deactivate", "ada")
    assert "'linus'" in operator.is_refused("token", "create", "linus")
    assert "'linus'" in operator.is_refused("user", "deactivate", "linus")
    assert "'Lobby'" in operator.is_refused("room", "add", "Lobby")
    assert "password" in operator.is_refused("user", "add", "grace", "--password-stdin", input="short\n")
    assert "standard input" in operator.is_refused("user", "add", "grace", "--password-stdin", input="")


def test_what_is_not_understood_is_exit_code_2(alone):
    for words in (["user", "add"], ["user", "add", "ada", "--role", "emperor"], ["room", "add", "x", "--kind", "direct"], ["dance"]):
        assert alone.says(*words).returncode == 2
    assert not alone.folder.exists()


def test_a_token_is_printed_alone_and_lets_its_user_in_at_once(serves, folder):
    operator, server = Operator(folder), serves(folder)
    operator.gets("user", "add", "ada")
    token = operator.gets("token", "create", "ada", "--name", "nightly report").removesuffix("\n")
    with server.http(token) as program:
        assert program.get("/api/me").json()["name"] == "ada"
        assert [item["name"] for item in program.get("/api/tokens").json()["items"]] == ["nightly report"]
    operator.gets("user", "deactivate", "ada")
    with server.http(token) as program:
        assert program.get("/api/me").status_code == 401
    assert "deactivated" in operator.is_refused("token", "create", "ada")


def test_a_password_from_standard_input_is_the_one_line(serves, folder):
    Operator(folder).gets("user", "add", "ada", "--password-stdin", input=f"{PASSWORD}\nnot this\n")
    with serves(folder).http() as browser:
        assert browser.post("/api/session", json={"name": "ada", "password": PASSWORD}).status_code == 201
        assert browser.post("/api/session", json={"name": "ada", "password": "not this"}).status_code == 401


def test_those_who_are_connected_see_what_the_operator_does(serves, folder):
    operator, server = Operator(folder), serves(folder)
    operator.gets("user", "add", "ada")
    with server.websocket(operator.gets("token", "create", "ada").strip()) as ada:
        ada.send('{"type": "hello"}')
        assert json.loads(ada.recv(PATIENCE))["type"] == "welcome"
        operator.gets("user", "add", "grace")
        joined = json.loads(ada.recv(PATIENCE))
        assert (joined["type"], joined["user"]["name"]) == ("member.joined", "grace")
        room = operator.gets("room", "add", "kitchen", "--kind", "private", "--member", "ada").strip()
        frames = [json.loads(ada.recv(PATIENCE))]
        while frames[-1]["type"] != "room.added":
            frames.append(json.loads(ada.recv(PATIENCE)))
        assert frames[-1]["room"]["id"] == room


def test_the_database_may_be_named_instead_of_the_folder(serves, folder):
    database = f"sqlite:///{folder / 'other.db'}"
    assert hubbub("user", "add", "ada", "--database", database).returncode == 0
    serves(folder, "--database", database)
    assert "ada" in hubbub("user", "list", HUBBUB_DATABASE=database).stdout
    wrong = hubbub("user", "list", "--data", folder)
    assert wrong.returncode == 1
    assert "other.db" in wrong.stderr


def test_commands_at_once_wait_for_one_another(folder):
    command = [*HUBBUB, "user", "add", "--data", str(folder)]
    running = [subprocess.Popen([*command, f"user{number}"], stdout=subprocess.PIPE, env=environment()) for number in range(4)]
    for process in running:
        process.communicate(timeout=PATIENCE)
    assert [process.returncode for process in running] == [0] * 4
    assert len(Operator(folder).table("user", "list")) == 4


def test_without_arguments_it_says_what_there_is():
    told = hubbub()
    assert (told.returncode, told.stderr) == (0, "")
    assert "hubbub serve" in told.stdout
    assert hubbub("--version").stdout.startswith("hubbub ")


def test_a_list_is_a_table_on_a_terminal(capsys, monkeypatch):
    from hubbub.cli.printing import print_table

    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_table(("id", "name"), [("1", "[bold]ada[/bold]")])
    assert "[bold]ada[/bold]" in capsys.readouterr().out
