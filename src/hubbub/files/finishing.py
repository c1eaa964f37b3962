"""How an upload that is all here becomes a file: looked at, made anew where it is a picture, kept, and only then called whole.

The address of the bytes is in the database before the bytes are at it, and the file is whole only after that. So whenever
this is cut off, either the upload can be finished again, or what was kept is known and can be removed.
"""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from hubbub.database import Database, Transaction
from hubbub.errors import NotFound
from hubbub.files import store
from hubbub.files.model import StoredFile
from hubbub.files.pictures import is_picture, make_picture
from hubbub.files.sniffing import HEAD_BYTES, TAIL_BYTES, UNKNOWN, Sniffed, sniff
from hubbub.files.storage import Storage

BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found out about an upload, and the files to be kept of it."""

    sniffed: Sniffed
    path: Path
    size: int
    digest: str
    width: int | None
    height: int | None
    thumbnail: Path | None = None
    thumbnail_digest: str | None = None

    def addresses(self, id: str) -> dict[str, Any]:
        """Where the bytes are to be. With the upload's id in it, an address is never used twice: what is being removed is never met."""
        thumbnail = f"{self.thumbnail_digest}-{id}" if self.thumbnail_digest else None
        return {"digest": self.digest, "content": f"{self.digest}-{id}", "thumbnail": thumbnail}

    def facts(self, upload: StoredFile) -> dict[str, Any]:
        """What the file is. What nobody here can measure is taken from who sent it."""
        kind = self.sniffed.kind
        is_played = kind in ("audio", "video")
        return {
            "type": self.sniffed.type,
            "kind": kind,
            "size": self.size,
            "width": self.width if kind == "image" else upload.width if kind == "video" else None,
            "height": self.height if kind == "image" else upload.height if kind == "video" else None,
            "duration": upload.duration if is_played else None,
            "is_voice": upload.is_voice and kind == "audio",
        }


async def finish(database: Database, storage: Storage, upload: StoredFile) -> StoredFile:
    """Make a file of an upload that is all here. Raises `Invalid` for a picture that is none, `NotFound` when it was cancelled."""
    with ExitStack() as held:
        # Entered and left on threads, as all that a storage does blocks.
        path = await asyncio.to_thread(held.enter_context, storage.whole(upload.id))
        try:
            looked = await asyncio.to_thread(_look_at, path)
            whole = await database.write(lambda transaction: _reserve(transaction, upload, looked), rooms=())
            if whole is None:
                await asyncio.to_thread(_keep, storage, upload.id, looked)
                whole = await database.write(lambda transaction: _complete(transaction, upload, looked), rooms=())
        finally:
            await asyncio.to_thread(held.close)
    if whole is None:
        raise NotFound("There is no such upload: it was cancelled.")
    await asyncio.to_thread(storage.forget, upload.id)
    return whole


def _look_at(path: Path) -> Looked:
    sniffed = _sniff(path)
    if not is_picture(sniffed.type):
        if sniffed.kind == "image":
            sniffed = Sniffed(UNKNOWN)  # nothing can look into it here, so nobody is shown it in place
        return Looked(sniffed, path, path.stat().st_size, _digest(path), None, None)
    made = make_picture(path, sniffed.type)
    size, digest = made.path.stat().st_size, _digest(made.path)
    return Looked(sniffed, made.path, size, digest, made.width, made.height, made.thumbnail, _digest(made.thumbnail))


def _sniff(path: Path) -> Sniffed:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(path.stat().st_size - TAIL_BYTES, 0))
        return sniff(head, file.read(TAIL_BYTES))


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _reserve(transaction: Transaction, upload: StoredFile, looked: Looked) -> StoredFile | None:
    """Say where the bytes will be; or, where the same bytes are kept already, have them be these too, and be whole."""
    connection = transaction.connection
    now = store.file(connection, upload.id)
    if now is None:
        raise NotFound("There is no such upload: it was cancelled.")
    if now.is_whole:
        return now
    same = store.same_bytes(connection, looked.digest)
    if same is None:
        store.change(connection, upload.id, **looked.addresses(upload.id))
        return None
    there = {"digest": same.digest, "content": same.content, "thumbnail": same.thumbnail}
    store.change(connection, upload.id, **there, **looked.facts(upload), finished_at=transaction.now)
    return store.file(connection, upload.id)


def _keep(storage: Storage, id: str, looked: Looked) -> None:
    addresses = looked.addresses(id)
    storage.keep(looked.path, addresses["content"])
    if looked.thumbnail:
        storage.keep(looked.thumbnail, addresses["thumbnail"])


def _complete(transaction: Transaction, upload: StoredFile, looked: Looked) -> StoredFile | None:
    """The bytes are there: from now on it is a file. When it was cancelled meanwhile, they are to be removed."""
    connection = transaction.connection
    store.change(connection, upload.id, **looked.facts(upload), finished_at=transaction.now)
    whole = store.file(connection, upload.id)
    if whole is None:
        addresses = looked.addresses(upload.id)
        kept = filter(None, (addresses["content"], addresses["thumbnail"]))
        store.note_remains(connection, [store.Remains(upload.id, True), *(store.Remains(address, False) for address in kept)])
    return whole
