"""docs/from-the-tutorial.md: each of its code blocks is run, and does what the text says."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from example_stage import ROOT, load_file
from fastapi.testclient import TestClient
from websockets.sync.client import connect

GUIDE = (ROOT / "docs" / "from-the-tutorial.md").read_text()
Block = tuple[str, str]


def blocks() -> dict[str, Block]:
    """Language and code of each section's one code block, by the section's heading."""
    found = {}
    for section in GUIDE.split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        in_section = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
        assert len(in_section) <= 1, f"the stories below expect one block in {heading!r}"
        if in_section:
            found[heading] = in_section[0]
    return found


BLOCKS = blocks()


def one_import_is_changed(main: ModuleType) -> None:
    client = TestClient(main.app)
    with client.websocket_connect("/ws/1") as ada, client.websocket_connect("/ws/2") as grace:
        ada.send_text("hi")
        assert (ada.receive_text(), ada.receive_text()) == ("You wrote: hi", "Client #1 says: hi")
        assert grace.receive_text() == "Client #1 says: hi"
        grace.close()
        assert ada.receive_text() == "Client #2 left the chat"


def connected_does_the_leaving(main: ModuleType) -> None:
    client = TestClient(main.app)
    with client.websocket_connect("/ws/1") as ada, client.websocket_connect("/ws/2") as grace:
        grace.send_text("hi")
        assert ada.receive_text() == "Client #2 says: hi"
        grace.close()
        assert ada.receive_text() == "Client #2 left the chat"
    assert main.manager.active_connections == []


def groups_talk_among_themselves(main: ModuleType) -> None:
    client = TestClient(main.app)
    with client.websocket_connect("/rooms/kitchen") as ada, client.websocket_connect("/rooms/lobby") as grace:
        ada.send_text("soup")
        grace.send_text("hi")
        assert (ada.receive_text(), grace.receive_text()) == ("soup", "hi")


def json_and_bytes_are_sent(main: ModuleType) -> None:
    client = TestClient(main.app)
    with client.websocket_connect("/ws") as ada:
        assert ada.receive_json() == {"online": 1}
        with client.websocket_connect("/ws") as grace:
            assert ada.receive_json() == grace.receive_json() == {"online": 2}
            ada.send_bytes(b"\xff")
            assert ada.receive_bytes() == grace.receive_bytes() == b"\xff"


def a_path_operation_and_its_background_task_broadcast(main: ModuleType) -> None:
    client = TestClient(main.app)
    with client.websocket_connect("/ws") as ada:
        assert client.post("/orders/7").status_code == 200
        assert (ada.receive_text(), ada.receive_text()) == ("Order 7 is in", "Order 7 is ready")


def everybody_hears_it_within_the_bounds(main: ModuleType) -> None:
    client = TestClient(main.app)
    with client.websocket_connect("/ws") as ada:
        ada.send_text("hi")
        assert ada.receive_text() == "hi"


def its_own_test_passes(main: ModuleType) -> None:
    main.test_everybody_hears_it()


PROGRAMS: dict[str, Callable[[ModuleType], None]] = {
    "Change one import": one_import_is_changed,
    "Let `connected` do the leaving": connected_does_the_leaving,
    "Talk in groups": groups_talk_among_themselves,
    "Send JSON and bytes": json_and_bytes_are_sent,
    "Broadcast from anywhere": a_path_operation_and_its_background_task_broadcast,
    "Decide what a slow client may cost": everybody_hears_it_within_the_bounds,
    "Test it": its_own_test_passes,
}
COMMANDS = ["Run it", "Serve it fast"]
SEVERAL_WORKERS = "More than one worker"


def program(heading: str, folder: Path) -> Path:
    """The section's program, saved as the guide says."""
    language, code = BLOCKS[heading]
    assert language == "python"
    main = folder / "main.py"
    main.write_text(code)
    return main


def test_every_block_of_the_guide_is_run_here() -> None:
    assert set(BLOCKS) == {*PROGRAMS, *COMMANDS, SEVERAL_WORKERS}


@pytest.mark.parametrize("heading", PROGRAMS)
def test_each_program_does_what_the_guide_says(heading: str, tmp_path: Path) -> None:
    main = load_file(program(heading, tmp_path))
    PROGRAMS[heading](main)
    assert main.manager.active_connections == []


def test_the_numbers_of_the_guide_are_the_defaults() -> None:
    from hubbub.realtime.manager import MAX_WAITING_BYTES, MAX_WAITING_MESSAGES

    assert (MAX_WAITING_BYTES, MAX_WAITING_MESSAGES) == (1024**2, 4096)
    assert "up to 1 MiB or 4,096 messages" in GUIDE


def test_the_program_for_several_workers_needs_no_redis_to_start(tmp_path: Path) -> None:
    assert load_file(program(SEVERAL_WORKERS, tmp_path)).manager.active_connections == []


@pytest.mark.parametrize("heading", COMMANDS)
def test_each_command_serves_the_first_program(heading: str, tmp_path: Path) -> None:
    language, command = BLOCKS[heading]
    assert language == "console"
    program("Change one import", tmp_path)
    assert answer_of(shlex.split(command), tmp_path, "/ws/1") == "You wrote: hi"


EXAMPLES = {
    "echo": ("/ws", "Message text was: hi"),
    "dependencies": ("/items/1/ws?token=mine", "Session cookie or query token value is: mine"),
    "many_clients": ("/ws/1", "You wrote: hi"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_runs_with_fastapi_dev(name: str) -> None:
    path, answer = EXAMPLES[name]
    assert answer_of(["fastapi", "dev", f"examples/{name}.py"], ROOT, path) == answer


def answer_of(command: list[str], folder: Path, path: str) -> str | bytes:
    """Run the command as it stands, but on a free port, say hi to what it serves, and tell the first answer."""
    if command[0] == "fastapi" and importlib.util.find_spec("fastapi_cli") is None:
        pytest.skip("This test needs the command `fastapi dev`. Get it with: pip install fastapi-cli")
    own = ["--port", "0", *(["--no-reload"] if command[0] == "fastapi" else [])]
    with subprocess.Popen(
        [sys.executable, "-m", *command, *own],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            with connect(f"ws://127.0.0.1:{port_of(server)}{path}") as client:
                client.send("hi")
                return client.recv(10)
        finally:
            server.terminate()
            server.communicate(timeout=20)


def port_of(server: "subprocess.Popen[str]") -> str:
    """The port that uvicorn says it listens on; waits for it to say so."""
    assert server.stdout is not None
    said = ""
    for line in server.stdout:
        said += line
        if running := re.search(r"Uvicorn running on http://127\.0\.0\.1:(\d+)", line):
            return running[1]
    raise AssertionError(f"The server ended before it listened:\n{said}")
