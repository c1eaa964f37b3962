"""Backups: one SQLite file each, whichever database it is of, written while a server runs; and the way back."""

import shutil
from pathlib import Path
from typing import NamedTuple

from hubbub.database.kind import kind_of
from hubbub.database.snapshot import snapshot_of
from hubbub.database.sqlite import Sqlite
from hubbub.errors import DataInUse, StartupError
from hubbub.files.folder import sync_to_disk
from hubbub.files.storage import Storage
from hubbub.moving import store
from hubbub.moving.file_bytes import Taken, beside, bring_back, take_along
from hubbub.moving.move import Progress, compare, copy, place_to_go_on, rows_of
from hubbub.protocol.ids import new_id


class Kept(NamedTuple):
    """What a backup has, or gave back."""

    rows: dict[str, int]
    """How many rows, by table."""
    files: Taken
    """The bytes of files beside them, thumbnails too."""


def backup(url: str, file: Path, progress: Progress, storage: Storage | None = None) -> Kept:
    """Write everything into a file that was not there before, and the bytes of files, where their storage is given, beside it.

    It is one snapshot, which a server that goes on does not disturb. The file appears when it is whole, on the disk and
    compared with what was read; until then it has `.partial` behind its name. Raises `StartupError`.
    """
    for there in (file, beside(file)):
        if there.exists():
            raise StartupError(f"{there} is there already, and no backup is written over another one. Name another file.")
    partial = _fresh(file.with_name(f"{file.name}.partial"))
    target = Sqlite(partial)
    with snapshot_of(kind_of(url)) as old, store.opened(target) as new:
        tallies = copy(old, new, store.begin(new, store.mark_of(old)), progress)
        compare(new, tallies)
        store.finish(new)
        store.make_one_file(new)
    taken = _take_files(target, storage, file) if storage else Taken()
    _keep(partial, file)
    return Kept(rows_of(tallies), taken)


def restore(file: Path, url: str, progress: Progress, storage: Storage | None = None) -> Kept:
    """Fill an empty database from a backup, and the place for files, where one is given, from what is beside it.

    The journal has a new epoch, so clients load afresh: what was numbered after the backup is gone, and its numbers will
    be given again. Cut off, it goes on where it was. Raises `StartupError` when the database is not empty, or served.
    """
    source, target = Sqlite(file), kind_of(url)
    with snapshot_of(source) as old:
        target.acquire()
        try:
            brought = bring_back(store.file_addresses(old), beside(file), storage) if storage else Taken()
            with store.opened(target) as new:
                with new.begin():
                    if store.is_served(new):
                        raise DataInUse(f"A server has {target.place} open. Stop every server on it first.")
                tallies = copy(old, new, place_to_go_on(old, new, target), progress, epoch=new_id())
                del tallies["meta"]  # which has the new epoch
                compare(new, tallies)
                store.finish(new)
        finally:
            target.release()
    return Kept(rows_of(tallies), brought)


def _take_files(backup: Sqlite, storage: Storage, file: Path) -> Taken:
    """Copy what the backup refers to; there is no folder where there are no files."""
    with snapshot_of(backup) as kept:
        addresses = store.file_addresses(kept)
    if not addresses:
        return Taken()
    partial = beside(file).with_name(f"{beside(file).name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    taken = take_along(addresses, storage, partial)
    partial.rename(beside(file))
    return taken


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
    sync_to_disk(partial)
    partial.rename(file)
    sync_to_disk(file.absolute().parent)
