"""Where bytes are kept: what every place for them promises, and which one a setting means."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from hubbub.errors import StartupError


class Content(Protocol):
    """The bytes at one address, open to be read."""

    def read(self, start: int, length: int) -> bytes:
        """So many bytes from a place on; fewer at the end. Blocks. Raises `OSError` when they are gone."""
        ...

    def close(self) -> None:
        """Let go of them."""
        ...


class Storage(Protocol):
    """Keeps the bytes of files, and of uploads until they are whole. Everything blocks: call it on a thread.

    An address is made once and never used for other bytes, so what is kept never changes. Whatever goes wrong with the
    place itself is an `OSError`.
    """

    @property
    def place(self) -> str:
        """Where it is, for people: without a password."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether it is a folder, which a backup takes along."""
        ...

    @property
    def piece(self) -> int:
        """How many bytes are best written or read at a time."""
        ...

    def room_left(self) -> int | None:
        """How many bytes more may be kept; None where nobody can tell."""
        ...

    def arrived(self, upload: str) -> int:
        """How much of an upload is here, from its beginning without a hole."""
        ...

    def add(self, upload: str, offset: int, piece: bytes) -> None:
        """Put a piece of an upload at its place. The same piece twice is the same as once."""
        ...

    def whole(self, upload: str) -> AbstractContextManager[Path]:
        """All that arrived of an upload, as a file to read, and to write others beside, as long as the context lasts."""
        ...

    def keep(self, file: Path, address: str) -> None:
        """Keep a file's bytes. Once this returns they outlive a power cut. Kept twice is the same as once."""
        ...

    def open(self, address: str) -> Content:
        """What is kept at an address. Raises `FileNotFoundError`."""
        ...

    def size(self, address: str) -> int | None:
        """How many bytes are kept there; None for nothing."""
        ...

    def remove(self, address: str) -> None:
        """Have it gone. What is not there stays so."""
        ...

    def forget(self, upload: str) -> None:
        """Have all that arrived of an upload gone."""
        ...


def storage_at(files: str | None, data: Path) -> Storage:
    """What HUBBUB_FILES means: a folder, `s3://bucket/prefix`, or nothing for a folder in the data folder. Opens nothing.

    Raises `StartupError` for what is none of these, or when its library is not installed.
    """
    from hubbub.files.folder import Folder

    scheme, separator, _ = (files or "").partition("://")
    if not separator:
        return Folder(Path(files) if files else data / "files")
    if scheme != "s3":
        raise StartupError(f"HUBBUB_FILES is a folder, or s3://bucket/prefix; got something that begins with {scheme}://.")
    try:
        from hubbub.files.bucket import s3_bucket
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] != "obstore":
            raise
        raise StartupError("To keep files in S3 its library is missing. Get it with: pip install 'hubbub[s3]'") from None
    return s3_bucket(files or "", data / "files")
