"""`hubbub doctor`: what it says of a chat that is well, of a proxy that eats WebSockets, and of this machine."""

import contextlib
import http.server
import resource
import subprocess
import threading

import httpx2
import pytest
from hubbub_process import HUBBUB, PATIENCE, environment, hubbub


@contextlib.contextmanager
def eating_proxy(upstream, version):
    """A proxy that passes on requests without the headers that concern only one connection, as an old one does: no WebSocket opens."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = version

        def do_GET(self):
            answer = httpx2.get(f"{upstream}{self.path}", timeout=PATIENCE)
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def test_a_chat_that_is_reached_is_well(serves, folder):
    ended = hubbub("doctor", serves(folder).address + "/")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "  well   The chat answers, and says that it is well.\n  well   WebSockets get through, both ways.\n"


@pytest.mark.parametrize(
    ("version", "line"),
    [("HTTP/1.1", "A WebSocket is answered with HTTP status"), ("HTTP/1.0", "No WebSocket gets through")],
)
def test_a_proxy_that_eats_websockets_is_told_of(serves, folder, version, line):
    with eating_proxy(serves(folder).address, version) as address:
        ended = hubbub("doctor", address)
    assert ended.returncode == 1
    assert "  well   The chat answers" in ended.stdout
    assert f"  wrong  {line}" in ended.stdout
    assert "docs/deploying.md has what nginx and Caddy need" in ended.stdout
    assert ended.stderr == "hubbub: 1 of 2 things are not as they should be.\n"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://", "nonsense"])
def test_where_nothing_answers_that_is_said_in_sentences(address):
    ended = hubbub("doctor", address)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "Look whether the server runs" in ended.stdout


def test_the_folder_is_looked_at_while_a_server_runs_and_when_none_does(serves, folder):
    assert f"There is no folder {folder} yet." in hubbub("doctor", "--data", folder).stdout
    assert not folder.exists()
    server = serves(folder)
    assert f"A server runs on {folder}." in hubbub("doctor", "--data", folder).stdout
    server.stops()
    said = hubbub("doctor", "--data", folder).stdout
    assert f"  well   {folder} can be written.\n  well   A server does not run on {folder}.\n" in said
    assert "MB are free on its disk." in said
    assert "SQLite 3." in said


def test_few_open_files_are_told_of(folder):
    folder.mkdir()
    few = [*HUBBUB, "doctor", "--data", str(folder)]

    def limited():
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))

    ended = subprocess.run(few, capture_output=True, text=True, timeout=PATIENCE, env=environment(), preexec_fn=limited)
    assert ended.returncode == 1
    assert "  wrong  256 files may be open at once." in ended.stdout
    assert "LimitNOFILE" in ended.stdout
