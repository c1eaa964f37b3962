"""What is kept of files, beside the messages that they are in and the bytes that they are of. Pure but for who is asked for sizes."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pydantic_core import from_json

from hubbub.checking.model import Fault, Promise
from hubbub.files.model import StoredFile

SizeOf = Callable[[str], int | None]
"""How many bytes are kept at an address; None for nothing."""


class KeptFile(NamedTuple):
    """A whole file, and the event of its message, if there is one."""

    file: StoredFile
    type: str | None
    body: bytes | None


def out_of_place(kept: KeptFile) -> Iterator[Fault]:
    """The fault of a file that is not in the message that it should be in."""
    file = kept.file
    if file.room_id is None:
        return
    if kept.type != "message.created" or file.as_json() not in _files_in(kept.body):
        yield Fault(Promise.BYTES, f"room {file.room_id}: {file.seq} has not the file {file.id}, which should be in it")


def _files_in(body: bytes | None) -> list[dict[str, Any]]:
    try:
        return list(from_json(body or b"{}").get("files", ()))
    except ValueError:
        return []  # which is told as a fault of the event


def without_bytes(kept: KeptFile, size_of: SizeOf) -> str | None:
    """What is wrong with a file's bytes, in words; None when nothing is."""
    file = kept.file
    size = size_of(file.content) if file.content else None
    if size is None:
        return f"file {file.id} has no bytes"
    if size != file.size:
        return f"file {file.id} has {size:,} bytes, and should have {file.size:,}"
    if file.thumbnail and size_of(file.thumbnail) is None:
        return f"file {file.id} has no thumbnail"
    return None
