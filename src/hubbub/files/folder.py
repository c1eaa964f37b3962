"""Files in a folder of this machine, or in one that several machines share."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class OpenFile:
    """A file that is being read. It can be read to its end even when it is removed meanwhile."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDONLY)

    def read(self, start: int, length: int) -> bytes:
        """So many bytes from a place on; fewer at the end."""
        return os.pread(self._handle, length, start)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._handle)


class Folder:
    """Keeps bytes as files. The folder is made with the first of them, and is nobody else's to read."""

    is_local = True
    piece = 1024 * 1024

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._uploads = folder / "uploads"

    @property
    def place(self) -> str:
        """The folder's path."""
        return str(self._folder)

    def room_left(self) -> int | None:
        """How many bytes more the disk takes."""
        return shutil.disk_usage(self._made(self._folder)).free

    def arrived(self, upload: str) -> int:
        """How much of an upload is here: what survived, whatever happened."""
        try:
            return self._upload(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def add(self, upload: str, offset: int, piece: bytes) -> None:
        """Put a piece of an upload at its place."""
        self._made(self._uploads)
        handle = os.open(self._upload(upload), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            written = 0
            while written < len(piece):
                written += os.pwrite(handle, memoryview(piece)[written:], offset + written)
        finally:
            os.close(handle)

    @contextmanager
    def whole(self, upload: str) -> Iterator[Path]:
        """All that arrived of an upload."""
        yield self._upload(upload)

    def keep(self, file: Path, address: str) -> None:
        """Keep a file's bytes: a copy that is on the disk before it has its name, and then has its name for good."""
        target = self._at(address)
        self._made(target.parent)
        partial = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
        try:
            _link_or_copy(file, partial)
            sync_to_disk(partial)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
        sync_to_disk(target.parent)
        sync_to_disk(self._folder)

    def open(self, address: str) -> OpenFile:
        """What is kept at an address. Raises `FileNotFoundError`."""
        return OpenFile(self._at(address))

    def size(self, address: str) -> int | None:
        """How many bytes are kept there; None for nothing."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return self._at(address).stat().st_size
        return None

    def remove(self, address: str) -> None:
        """Have it gone, and its folder with the last of them."""
        path = self._at(address)
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()

    def forget(self, upload: str) -> None:
        """Have all that arrived of an upload gone, and what was made beside it."""
        path = self._upload(upload)
        for left in (path, *self._uploads.glob(f"{upload}.*")):
            left.unlink(missing_ok=True)

    def _made(self, folder: Path) -> Path:
        # One after the other, because the mode is only for the last one that is made.
        for each in (self._folder, folder):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def _at(self, address: str) -> Path:
        return self._folder / _one_name(address)[:2] / address

    def _upload(self, upload: str) -> Path:
        return self._uploads / _one_name(upload)


def _one_name(name: str) -> str:
    """The name, which must be one: addresses are made here, and none leads out of the folder."""
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise FileNotFoundError(f"{name!r} is no address.")
    return name


def _link_or_copy(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except OSError:  # a file system without links, or another one
        shutil.copyfile(file, target)
        target.chmod(0o600)


def sync_to_disk(path: Path) -> None:
    """Have what was written to a file, or which names a folder has, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
