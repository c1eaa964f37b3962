"""An export: everything that was said, in files of JSON lines that outlive this program."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from hubbub.database import Connection
from hubbub.database.snapshot import snapshot
from hubbub.errors import StartupError
from hubbub.files.storage import Storage
from hubbub.moving import store
from hubbub.moving.file_bytes import write_out
from hubbub.moving.move import Progress


def export(url: str, folder: Path, progress: Progress, storage: Storage | None = None) -> dict[str, int]:
    """Write users, rooms, the log of every room and, where their storage is given, all files into a new folder.

    How many there are of each.

    No passwords, tokens or sign-ins. One snapshot, which a server that goes on does not disturb. The folder appears when it
    is whole; until then it has `.partial` behind its name. Raises `StartupError`.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    if folder.exists() or partial.exists():
        there = folder if folder.exists() else partial
        raise StartupError(f"{there} is there already. Name another folder, or put that one out of the way.")
    with snapshot(url) as connection:
        try:
            (partial / "rooms").mkdir(parents=True, mode=0o700)
            counted = _write_all(connection, partial, progress)
            if storage is not None:
                counted["files"] = write_out(store.exported_files(connection), storage, partial / "files").taken
            partial.rename(folder)
        except OSError as error:
            raise StartupError(f"{error.filename} cannot be written: {error.strerror}.") from error
    return counted


def _write_all(connection: Connection, folder: Path, progress: Progress) -> dict[str, int]:
    total, done = store.number_of_events(connection), 0
    counted = {"users": _write(folder / "users.jsonl", map(to_json, store.exported_users(connection)))}
    rooms: list[dict[str, Any]] = []
    for room in store.exported_rooms(connection):
        rooms.append(room)
        done += _write(folder / "rooms" / f"{room['id']}.jsonl", store.bodies(connection, room["id"]))
        progress(done, total)
    counted["rooms"] = _write(folder / "rooms.jsonl", map(to_json, rooms))
    return counted | {"events": done}


def _write(path: Path, lines: Iterable[bytes]) -> int:
    count = 0
    with path.open("xb") as file:
        for line in lines:
            file.write(line + b"\n")
            count += 1
    return count
