"""`hubbub doctor`: looks at what most often keeps a chat from working, and says what to do about it."""

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from hubbub.cli.carrying_out import database_file
from hubbub.cli.options import settings_options
from hubbub.errors import Conflict
from hubbub.settings import Settings

PATIENCE_SECONDS = 10.0
LITTLE_SPACE = 512 * 1024 * 1024
FEW_FILES = 4096
WORDS = "hubbub doctor"
GUIDE = "docs/deploying.md has what nginx and Caddy need"


class Finding(NamedTuple):
    """One thing that was looked at; with advice where it is not as it should be."""

    what: str
    advice: str = ""


@settings_options("data", "database")
def doctor(
    settings: Settings,
    url: Annotated[str, typer.Argument(metavar="[URL]", help="The address at which people reach the chat, its prefix included.")] = "",
) -> None:
    """Look at the address of a chat, or without one at the data folder on this machine, and say what is wrong with it."""
    findings = list(_of_address(url.rstrip("/")) if url else _of_this_machine(settings))
    for finding in findings:
        typer.echo(f"  {'wrong' if finding.advice else 'well '}  {finding.what}")
        if finding.advice:
            typer.echo(f"         {finding.advice}")
    wrong = sum(bool(finding.advice) for finding in findings)
    if wrong:
        raise Conflict(f"{wrong} of {len(findings)} things are not as they should be.")


# The address


def _of_address(url: str) -> Iterator[Finding]:
    yield _health(url)
    yield _websocket(url)


def _health(url: str) -> Finding:
    # Loaded only here, as in the rest of the command line.
    import httpx2

    try:
        status = httpx2.get(f"{url}/health", timeout=PATIENCE_SECONDS).status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        return Finding(f"{url}/health does not answer: {error}.", "Look whether the server runs, and whether name and port are right.")
    if status == 503:
        return Finding("The chat answers that it is not well (503).", "It is stopping, or its database takes no writes: look at its log.")
    if status != 200:
        return Finding(f"{url}/health answers {status}.", "This is not the address of a chat: look at the prefix, and at the proxy.")
    return Finding("The chat answers, and says that it is well.")


def _websocket(url: str) -> Finding:
    """Say something over the tutorial's conversation, for which nobody has to sign in."""
    from websockets.exceptions import InvalidStatus, WebSocketException
    from websockets.sync.client import connect

    scheme, _, rest = url.partition("://")
    address = f"{'wss' if scheme == 'https' else 'ws'}://{rest}/ws"
    try:
        with connect(address, open_timeout=PATIENCE_SECONDS, close_timeout=1) as websocket:
            websocket.send(WORDS)
            answer = websocket.recv(PATIENCE_SECONDS)
    except InvalidStatus as refused:
        what = f"A WebSocket is answered with HTTP status {refused.response.status_code}."
        return Finding(what, f"The proxy does not pass on the Upgrade and Connection headers over HTTP/1.1: {GUIDE}.")
    except TimeoutError:
        return Finding("A WebSocket opens, and nothing comes back.", f"Something on the way holds back what is sent: {GUIDE}.")
    except (WebSocketException, OSError, ValueError) as error:
        return Finding(f"No WebSocket gets through: {error}.", f"Look at what stands between here and the server: {GUIDE}.")
    if answer != f"Message text was: {WORDS}":
        return Finding("A WebSocket is answered by something else.", "Look at the prefix: this is not the chat's own address.")
    return Finding("WebSockets get through, both ways.")


# This machine


def _of_this_machine(settings: Settings) -> Iterator[Finding]:
    database = database_file(settings)
    if database is None:
        yield Finding("The data is in a database elsewhere; `hubbub check` reads it.")
    else:
        yield from _of_folder(database)
    yield Finding(f"SQLite {sqlite3.sqlite_version}.")
    yield _open_files()


def _of_folder(database: Path) -> Iterator[Finding]:
    from hubbub.control.asking import is_listening

    folder = database.parent
    if not folder.is_dir():
        yield Finding(f"There is no folder {folder} yet.", "`hubbub serve` makes it; or name the right one with --data.")
        return
    yield _writing(folder, database)
    yield Finding(f"A server {'runs' if is_listening(database) else 'does not run'} on {folder}.")
    free = shutil.disk_usage(folder).free
    little = "With a full disk nothing is taken any more: make room." if free < LITTLE_SPACE else ""
    yield Finding(f"{free // 1024**2:,} MB are free on its disk.", little)


def _writing(folder: Path, database: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(b"x")
    except OSError as error:
        return Finding(f"{folder} cannot be written: {error.strerror}.", "Give it to the server's user, on a disk with room.")
    if database.exists() and not os.access(database, os.R_OK | os.W_OK):
        return Finding(f"{database} may not be written.", "Give it to the server's user.")
    return Finding(f"{folder} can be written.")


def _open_files() -> Finding:
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return Finding("Any number of files may be open.")
    few = f"Each connection is one: raise it with `ulimit -n {FEW_FILES * 4}` or LimitNOFILE where more people come."
    return Finding(f"{allowed:,} files may be open at once.", few if allowed < FEW_FILES else "")
