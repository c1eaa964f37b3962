"""Runs uvicorn's own WebSocket tests with our protocol class in the place of its own. By hand, since it fetches them from PyPI.

.venv/bin/python tests/server/uvicorns_own_tests.py
"""

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import httpx2
import uvicorn

SOURCE = Path(__file__).parents[2] / "src"
NEEDED = ("pytest", "anyio", "httpx2", "trustme", "a2wsgi", "wsproto", "h11", "pytest-mock", "pytest-xdist", "cryptography")
KNOWN = {
    "test_supports_permessage_deflate_extension": "We do not compress each connection by itself: docs/performance.md.",
    "test_server_keepalive_ping_pong": "Asks for the attributes of uvicorn's classes, by isinstance.",
    "test_server_keepalive_disabled": "The same.",
    "test_shutdown_while_the_close_reply_is_pending": "We wait a second more for the answer, or a peer that still sends sees 1006.",
    "test_close_resumes_reads_paused_on_an_unconsumed_message": "Counts on reading to pause after each message; we go by ws_max_queue.",
}


def main() -> int:
    """Fetch, put our class in, run; 0 when nothing failed but what is known."""
    with tempfile.TemporaryDirectory() as folder:
        tests = _fetched(Path(folder))
        conftest = tests / "tests" / "conftest.py"
        ours = '@pytest.fixture(params=["hubbub.server:Protocol"])\ndef ws_protocol_cls'
        conftest.write_text(re.sub(r"@pytest\.fixture\(\s*params=\[[^@]*?\]\s*\)\s*def ws_protocol_cls", ours, conftest.read_text()))
        failed, summary = _run(tests, Path(folder) / "venv")
    for name in sorted(failed & KNOWN.keys()):
        print(f"known: {name}: {KNOWN[name]}")
    for name in sorted(failed - KNOWN.keys()):
        print(f"FAILED: {name}")
    print(summary)
    return 1 if failed - KNOWN.keys() else 0


def _fetched(folder: Path) -> Path:
    """The tests of the uvicorn that is installed here, which only its source distribution has."""
    name = f"uvicorn-{uvicorn.__version__}"
    files = httpx2.get("https://pypi.org/simple/uvicorn/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}).json()["files"]
    archive = folder / "uvicorn.tar.gz"
    archive.write_bytes(
        httpx2.get(next(file["url"] for file in files if file["filename"] == f"{name}.tar.gz"), follow_redirects=True).content
    )
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / name


def _run(tests: Path, venv: Path) -> tuple[set[str], str]:
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([venv / "bin" / "pip", "install", "--quiet", SOURCE.parent, *NEEDED], check=True)
    command = [venv / "bin" / "python", "-m", "pytest", "-q", "-rf", "-o", "addopts=", "tests/protocols/test_websocket.py"]
    ran = subprocess.run(command, cwd=tests, env=os.environ, capture_output=True, text=True)
    failed = set(re.findall(r"^FAILED \S+::(\w+)", ran.stdout, re.MULTILINE))
    return failed, ran.stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
