"""The load generators, as functions: each runs one of the C programs on a core of its own and gives back what it measured."""

import json
import resource
import subprocess
from pathlib import Path
from typing import Any

from servers import LOAD_CORE, Server

Result = dict[str, Any]

TIMEOUT_SECONDS = 150


class LoadFailed(Exception):
    """A load generator could not do its work; says why."""


def raise_file_limit() -> None:
    """Let this process and its children open as many sockets as the system allows."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def websockets(work: Path, server: Server, talk: list[str], *flags: str, **options: object) -> Result:
    """Run loadgen against a server; `talk` is how its protocol is spoken."""
    return _run(work / "loadgen", server, [*talk, *flags], options)


def requests(work: Path, server: Server, request: Path, *flags: str, **options: object) -> Result:
    """Run restgen against a server, with the request in a file."""
    return _run(work / "restgen", server, ["--request", str(request), *flags], options)


def start_websockets(work: Path, server: Server, talk: list[str], *flags: str, **options: object) -> "subprocess.Popen[str]":
    """Begin to run loadgen beside something else; `finished` waits for it."""
    return _start(_command(work / "loadgen", server, [*talk, *flags], options))


def start_requests(work: Path, server: Server, request: Path, *flags: str, **options: object) -> "subprocess.Popen[str]":
    """Begin to run restgen beside something else; `finished` waits for it."""
    return _start(_command(work / "restgen", server, ["--request", str(request), *flags], options))


def finished(process: "subprocess.Popen[str]") -> Result:
    """What a generator measured, once it is done. Raises `LoadFailed`."""
    try:
        out, complaints = process.communicate(timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise LoadFailed(f"it took more than {TIMEOUT_SECONDS} seconds") from None
    try:
        result: Result = json.loads(out)
    except ValueError:
        raise LoadFailed(complaints.strip()[-300:] or f"it ended with code {process.returncode}") from None
    return result | {"complaints": complaints.strip()[-300:]}


def _run(program: Path, server: Server, arguments: list[str], options: dict[str, object]) -> Result:
    return finished(_start(_command(program, server, arguments, options)))


def _start(command: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _command(program: Path, server: Server, arguments: list[str], options: dict[str, object]) -> list[str]:
    pids = ",".join(str(pid) for pid in server.pids)
    command = ["taskset", "-c", str(LOAD_CORE), str(program), "--port", str(server.port), "--label", server.name, "--pid", pids, *arguments]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    return command
