"""Builds the C programs and fetches the peers into a scratch folder; nothing is installed into the system."""

import os
import shutil
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent

PYTHON_PEERS = ["fastapi", "uvicorn", "uvloop", "httptools", "websockets", "aiohttp", "python-socketio", "channels", "daphne", "socketify"]
NODE_PEERS = ["ws", "socket.io"]
DEBIAN_PEERS = ["nginx", "libnginx-mod-nchan", "nats-server"]
GO = ["golang-1.19-go", "golang-1.19-src", "golang-github-centrifugal-centrifuge-dev", "golang-github-gorilla-websocket-dev"]
GO_NEEDS = [
    "golang-github-centrifugal-protocol-dev",
    "golang-github-fzambia-eagle-dev",
    "golang-github-igm-sockjs-go-dev",
    "golang-github-mna-redisc-dev",
]

FETCH_SECONDS = 300


def build(work: Path) -> None:
    """Build the load generators and the C reference with gcc. They are needed; the peers are not."""
    work.mkdir(parents=True, exist_ok=True)
    for name in ("loadgen", "restgen", "climit"):
        source, program = HERE / "native" / f"{name}.c", work / name
        if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["gcc", "-O2", "-o", str(program), str(source)], check=True)


def fetch_tutorial(work: Path) -> dict[str, str]:
    """What the short run needs: the tutorial's own libraries. Answers what is missing, and why."""
    return _tried({"python": lambda: _fetch_python(work)})


def fetch_peers(work: Path) -> dict[str, str]:
    """Every peer that can be had from PyPI, npm and Debian. Answers what is missing, and why."""
    sources = {
        "python": lambda: _fetch_python(work),
        "node": lambda: _fetch_node(work),
        "debian": lambda: _fetch_debian(work),
        "go": lambda: _fetch_go(work),
    }
    return _tried(sources)


def _tried(sources: dict[str, Callable[[], None]]) -> dict[str, str]:
    missing = {}
    for name, fetch in sources.items():
        try:
            fetch()
        except subprocess.CalledProcessError as error:
            missing[name] = (error.stderr or b"").decode(errors="replace").strip()[-200:] or f"{error.cmd[0]} failed"
        except (OSError, subprocess.TimeoutExpired) as error:
            missing[name] = str(error)[:200]
    return missing


def _fetch_python(work: Path) -> None:
    python = work / "venv" / "bin" / "python"
    done = work / "venv" / "complete"
    if done.exists():
        return
    venv.create(work / "venv", with_pip=True)
    _run([str(python), "-m", "pip", "install", "--quiet", *PYTHON_PEERS])
    done.touch()


def _fetch_node(work: Path) -> None:
    folder = work / "node"
    if (folder / "node_modules" / "socket.io").exists():
        return
    folder.mkdir(exist_ok=True)
    _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *NODE_PEERS], folder)


def _fetch_debian(work: Path) -> None:
    if not (work / "debian" / "usr" / "sbin" / "nats-server").exists():
        _unpack(DEBIAN_PEERS, work)


def _fetch_go(work: Path) -> None:
    """Centrifuge is a library: Debian has it and a Go compiler, both unpacked beside everything else."""
    if (work / "centrifuge_room").exists():
        return
    root = work / "debian"
    if not (root / "usr" / "lib" / "go-1.19" / "bin" / "go").exists():
        _unpack(_with_what_they_need([*GO, *GO_NEEDS]), work)
    env = {"GO111MODULE": "off", "GOCACHE": str(work / "gocache"), "GOROOT": str(root / "usr" / "lib" / "go-1.19")}
    env["GOPATH"] = str(root / "usr" / "share" / "gocode")
    go, source = str(root / "usr" / "lib" / "go-1.19" / "bin" / "go"), str(HERE / "peers" / "centrifuge_room.go")
    _run([go, "build", "-o", str(work / "centrifuge_room"), source], env=env)


def _with_what_they_need(packages: list[str]) -> list[str]:
    leave = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"]
    command = ["apt-cache", "depends", "--recurse", *(f"--no-{kind}" for kind in leave), *packages[2:]]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    # Two versions of one package that cannot be unpacked into one place; the newer is the one that compiles.
    needed = {line for line in lines if line.startswith("golang-") and "protobuf-1-3" not in line}
    return sorted(needed | set(packages))


def _unpack(packages: list[str], work: Path) -> None:
    if shutil.which("apt-get") is None:
        raise OSError("there is no apt-get here to fetch it with")
    folder = work / "packages"
    folder.mkdir(exist_ok=True)
    _run(["apt-get", "download", "--quiet", *packages], folder)
    for package in folder.glob("*.deb"):
        _run(["dpkg-deb", "--extract", str(package), str(work / "debian")])


def _run(command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd=cwd, timeout=FETCH_SECONDS, env=os.environ | (env or {}))
