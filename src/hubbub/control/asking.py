"""The command line's end of the control socket: asks a running chat to do something."""

import json
import socket
from pathlib import Path
from typing import Any

from hubbub.control.line import ANSWER_SECONDS, Request, encode, short, socket_beside
from hubbub.errors import HubbubError, StartupError, Unavailable

_REFUSALS = {refusal.code: refusal for refusal in HubbubError.__subclasses__()}


class NobodyListens(Exception):
    """No chat takes commands for this database just now."""


def ask(database: Path, command: str, arguments: dict[str, Any]) -> Any:
    """Have the chat that owns the database carry out a command.

    Raises what the chat refused it with, or `NobodyListens` when none runs, and then nothing was done.
    """
    path = socket_beside(database)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_SECONDS + 5)
        _connect(connection, path)
        return _result(_exchange(connection, Request(command, arguments, str(database.resolve()))))


def is_listening(database: Path) -> bool:
    """Whether a chat takes commands for this database just now."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            _connect(connection, socket_beside(database))
        except NobodyListens:
            return False
        return True


def _connect(connection: socket.socket, path: Path) -> None:
    try:
        with short(path) as address:
            connection.connect(address)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        raise NobodyListens from None
    except PermissionError:
        raise StartupError(f"The server's control socket {path} belongs to another user. Run the command as that user.") from None


def _exchange(connection: socket.socket, request: Request) -> bytes:
    try:
        connection.sendall(encode(request._asdict()))
        with connection.makefile("rb") as answers:
            return answers.readline()
    except TimeoutError:
        raise Unavailable("The server does not answer. Look whether it did what you asked before you try again.") from None
    except ConnectionError:
        return b""


def _result(answer: bytes) -> Any:
    if not answer.endswith(b"\n"):
        raise Unavailable("The server stopped before it answered. Look whether it did what you asked before you try again.")
    fields = json.loads(answer)
    if "error" in fields:
        error = fields["error"]
        raise _REFUSALS.get(error["code"], HubbubError)(error["message"], retry_after=error.get("retry_after"))
    return fields["ok"]
