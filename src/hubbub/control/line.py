"""What goes over the control socket: one line of JSON each way, and a path that the kernel takes."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hubbub.errors import BadFrame

SOCKET_NAME = "hubbub.sock"
LINE_LIMIT = 1024 * 1024
"""The longest request, in bytes."""
ANSWER_SECONDS = 30.0
"""How long a request and its answer may take together."""
# A socket's address has 108 bytes on Linux and 104 elsewhere.
_LONGEST_PATH = 100


class Request(NamedTuple):
    """A command for the chat that keeps its data in `database`."""

    command: str
    arguments: dict[str, Any]
    database: str


def encode(value: Any) -> bytes:
    """A value as one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass") + b"\n"


def decode_request(line: bytes) -> Request:
    """The request on a line. Raises `BadFrame` when it is none."""
    try:
        fields = json.loads(line)
        request = Request(fields["command"], fields["arguments"], fields["database"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadFrame('Expected one line such as {"command": "user.list", "arguments": {}, "database": "/path"}.') from None
    if not (isinstance(request.command, str) and isinstance(request.arguments, dict) and isinstance(request.database, str)):
        raise BadFrame("`command` and `database` are strings, and `arguments` is an object.")
    return request


def socket_beside(database: Path) -> Path:
    """Where the chat that keeps its data in this file listens for commands."""
    return database.parent / SOCKET_NAME


@contextmanager
def short(path: Path) -> Iterator[str]:
    """The path, by way of a link where it has more bytes than a socket's address may have."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    with TemporaryDirectory(prefix="hubbub-") as folder:
        link = Path(folder) / "data"
        link.symlink_to(path.parent.absolute(), target_is_directory=True)
        yield str(link / path.name)
