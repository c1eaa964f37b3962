"""The bytes of files, which are in no database: taken into a backup and back, or out where anybody can open them."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hubbub.errors import StartupError
from hubbub.files.folder import Folder
from hubbub.files.storage import Storage

BLOCK = 1024 * 1024


class Named(NamedTuple):
    """A file as an export names it."""

    id: str
    name: str
    content: str


class Taken(NamedTuple):
    """How many files' bytes were taken along, and how many were not there to be taken."""

    taken: int = 0
    missing: int = 0


def beside(backup: Path) -> Path:
    """Where a backup has the bytes of its files."""
    return backup.with_name(f"{backup.name}.files")


def take_along(addresses: Iterable[str], source: Storage, folder: Path) -> Taken:
    """Copy what is kept at these addresses into a folder. Raises `StartupError` when it cannot be written."""
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise StartupError(f"{folder} cannot be made: {error.strerror}.") from error
    with TemporaryDirectory(dir=folder) as scratch:
        return _count(_copied(address, source, Folder(folder), Path(scratch)) for address in addresses)


def bring_back(addresses: Iterable[str], folder: Path, target: Storage) -> Taken:
    """Keep what a backup took along, but for what is there already; without its folder, only count what is there."""
    with TemporaryDirectory() as scratch:
        return _count(_copied(address, Folder(folder), target, Path(scratch)) for address in addresses)


def write_out(files: Iterable[Named], source: Storage, folder: Path) -> Taken:
    """Write files under their own names, each in a folder of its id."""

    def written() -> Iterator[bool]:
        for file in files:
            path = folder / file.id / file.name
            path.parent.mkdir(parents=True, mode=0o700)
            yield _write(source, file.content, path)

    return _count(written())


def _copied(address: str, source: Storage, target: Storage, scratch: Path) -> bool:
    try:
        if target.size(address) is not None:
            return True
        copy = scratch / address
        if not _write(source, address, copy):
            return False
        target.keep(copy, address)
        copy.unlink()
    except OSError as error:
        raise StartupError(f"Files cannot be copied from {source.place} to {target.place}: {error.strerror or error}.") from error
    return True


def _write(source: Storage, address: str, path: Path) -> bool:
    end = source.size(address)
    if end is None:
        return False
    try:
        content = source.open(address)
    except FileNotFoundError:  # removed in this moment
        return False
    with closing(content), path.open("wb") as file:
        path.chmod(0o600)
        while file.tell() < end and (block := content.read(file.tell(), min(BLOCK, end - file.tell()))):
            file.write(block)
    return True


def _count(copied: Iterable[bool]) -> Taken:
    done = list(copied)
    return Taken(sum(done), len(done) - sum(done))
