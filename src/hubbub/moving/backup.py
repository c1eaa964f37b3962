"""Backups: one SQLite file each, whichever database it is of, written while a server runs; and the way back."""

import os
from pathlib import Path

from hubbub.database.kind import kind_of
from hubbub.database.snapshot import snapshot_of
from hubbub.database.sqlite import Sqlite
from hubbub.errors import DataInUse, StartupError
from hubbub.moving import store
from hubbub.moving.move import Progress, compare, copy, place_to_go_on
from hubbub.protocol.ids import new_id


def backup(url: str, file: Path, progress: Progress) -> dict[str, int]:
    """Write everything into a file that was not there before; how many rows it has, by table.

    It is one snapshot, which a server that goes on does not disturb. The file appears when it is whole, on the disk and
    compared with what was read; until then it has `.partial` behind its name. Raises `StartupError`.
    """
    if file.exists():
        raise StartupError(f"{file} is there already, and no backup is written over another one. Name another file.")
    partial = _fresh(file.with_name(f"{file.name}.partial"))
    target = Sqlite(partial)
    with snapshot_of(kind_of(url)) as old, store.opened(target) as new:
        tallies = copy(old, new, store.begin(new, store.mark_of(old)), progress)
        store.make_one_file(new)
    rows = compare(target, tallies)
    _keep(partial, file)
    return rows


def restore(file: Path, url: str, progress: Progress) -> dict[str, int]:
    """Fill an empty database from a backup; how many rows there are, by table.

    The journal has a new epoch, so clients load afresh: what was numbered after the backup is gone, and its numbers will
    be given again. Cut off, it goes on where it was. Raises `StartupError` when the database is not empty, or served.
    """
    source, target = Sqlite(file), kind_of(url)
    with snapshot_of(source) as old:
        target.acquire()
        try:
            with store.opened(target) as new:
                with new.begin():
                    if store.is_served(new):
                        raise DataInUse(f"A server has {target.place} open. Stop every server on it first.")
                tallies = copy(old, new, place_to_go_on(old, new, target), progress, epoch=new_id())
        finally:
            target.release()
    del tallies["meta"]  # which has the new epoch
    return compare(target, tallies)


def _fresh(partial: Path) -> Path:
    """An empty file in the place of what an earlier attempt left. It will hold hashes of passwords, so only we may read it."""
    try:
        for suffix in ("", "-wal", "-shm", "-journal"):
            partial.with_name(partial.name + suffix).unlink(missing_ok=True)
        partial.touch(mode=0o600)
    except OSError as error:
        raise StartupError(f"{partial} cannot be written: {error.strerror}.") from error
    return partial


def _keep(partial: Path, file: Path) -> None:
    """Have it on the disk under its own name."""
    _sync(partial)
    partial.rename(file)
    _sync(file.absolute().parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
