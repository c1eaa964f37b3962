"""Importing Hubbub does nothing: no file, no socket, no thread, no process comes of it."""

import os
import subprocess
import sys

from source import PYTHON_FILES, SOURCE

# Runs in a process of its own, and complains about whatever an import does beyond reading.
WATCHED_IMPORT = """
import os, sys, threading

done = []

def watch(event, arguments):
    if event == "open":
        _path, mode, flags = arguments
        writes = set(mode or "") & set("wax+") if isinstance(mode, str) else (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and arguments[0] != os.devnull:
            done.append((event, arguments))
    elif event in {"socket.bind", "socket.connect", "os.mkdir", "os.remove", "os.rename", "subprocess.Popen", "sqlite3.connect", "os.fork"}:
        done.append((event, arguments))

sys.addaudithook(watch)
for name in sys.argv[1:]:
    __import__(name)
assert not done, done
assert threading.active_count() == 1, threading.enumerate()
"""


def test_importing_does_nothing(tmp_path):
    modules = [module_of(path) for path in PYTHON_FILES if "migrations" not in path.parts and path.stem != "__main__"]
    command = [sys.executable, "-W", "error", "-B", "-c", WATCHED_IMPORT, *modules]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, env=dict(os.environ))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_the_public_names_are_there():
    import hubbub

    assert all(getattr(hubbub, name) for name in hubbub.__all__)
    assert not hasattr(hubbub, "Nonsense")


def test_asking_a_running_server_loads_neither_web_framework_nor_database():
    forbidden = ("fastapi", "starlette", "sqlalchemy", "alembic", "uvicorn", "rich")
    program = f"import sys, hubbub.cli; assert not set(sys.modules) & {set(forbidden)!r}, set(sys.modules) & {set(forbidden)!r}"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def module_of(path):
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(("hubbub", *parts)).removesuffix(".__init__")
