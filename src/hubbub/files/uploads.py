"""Uploads: bytes on their way here, piece by piece, from whoever will put them into a message."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple, TypeVar
from weakref import WeakValueDictionary

from hubbub.accounts.model import User
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from hubbub.files import store
from hubbub.files.finishing import finish
from hubbub.files.model import UPLOADS_AT_ONCE, Claims, StoredFile, checked_claims, checked_key
from hubbub.files.storage import Storage
from hubbub.messages.pace import Pace
from hubbub.protocol.ids import is_id, new_id

T = TypeVar("T")

SPARE_BYTES = 256 * 1024 * 1024
"""So much of the disk is left to the database, which is often on the same one."""
TRY_AGAIN_SECONDS = 30.0


class WrongOffset(Conflict):
    """The piece does not begin where the upload ends."""

    def __init__(self, arrived: int) -> None:
        super().__init__(f"This upload goes on at {arrived:,}. Send what comes from there on.", field="Upload-Offset")
        self.arrived = arrived


class Progress(NamedTuple):
    """An upload, and how much of it is here. A whole file is all here."""

    file: StoredFile
    arrived: int


class Uploads:
    """What is on its way. It survives whatever happens to the server, up to the last piece that was written."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        *,
        limit: int,
        quota: int,
        pace: Pace,
        clock: Callable[[], float],
        on_remains: Callable[[], None],
    ) -> None:
        """`limit` and `quota` are bytes: of one file, and of all files of one person. `on_remains` hears of what is to be removed."""
        self.limit = limit
        self._database = database
        self._storage = storage
        self._quota = quota
        self._pace = pace
        self._clock = clock
        self._on_remains = on_remains
        self._finishing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, user: User, claims: Claims, *, key: str | None = None) -> Progress:
        """Announce a file. One begun before by the same user with the same key goes on where it was.

        Raises `TooLarge` over the limit or the quota, `RateLimited`, `Unavailable` when the disk is nearly full.
        """
        claims, key = checked_claims(claims, limit=self.limit), checked_key(key)
        self._pace.take(user.id, self._clock())
        left = await self._on_disk(self._storage.room_left)
        if left is not None and left - claims.size < SPARE_BYTES:
            raise Unavailable("The disk for files is nearly full. Whoever runs this chat can make room.", retry_after=TRY_AGAIN_SECONDS)
        file = await self._database.write(lambda transaction: self._begin(transaction, user, claims, key), rooms=())
        return await self._progress(file)

    async def progress(self, user: User, id: str) -> Progress:
        """How far an upload of the user's has come. Raises `NotFound`."""
        return await self._progress(await self._own(user, id))

    async def take(self, user: User, id: str, offset: int, pieces: AsyncIterator[bytes]) -> Progress:
        """Take the bytes from an offset on, until they end; with the last one the upload becomes a file.

        What came before the line broke is kept. Raises `NotFound`, `WrongOffset`, `TooLarge` for more than was announced,
        `Invalid` for a picture that is none, which ends the upload.
        """
        upload, arrived = await self.progress(user, id)
        if upload.is_whole:
            return Progress(upload, arrived)
        if offset != arrived:
            raise WrongOffset(arrived)
        end = await self.write(upload, offset, pieces, upload.size)
        return await self.finish(upload) if end == upload.size else Progress(await self._still(upload), end)

    async def write(self, upload: StoredFile, offset: int, pieces: AsyncIterator[bytes], most: int) -> int:
        """Put bytes at their place as they come, without holding more than a piece of them; where they end."""
        waiting = bytearray()
        try:
            async for some in pieces:
                if offset + len(waiting) + len(some) > most:
                    raise TooLarge(f"More comes than the {most:,} bytes that there should be.", field="size")
                waiting += some
                if len(waiting) >= self._storage.piece:
                    offset = await self._add(upload.id, offset, waiting)
        finally:
            # A line that breaks, or a server that stops, takes nothing away of what came.
            if waiting:
                offset = await self._add(upload.id, offset, waiting)
        return offset

    async def finish(self, upload: StoredFile) -> Progress:
        """Make a file of an upload that is all here, once, however many ask for it."""
        lock = self._finishing.setdefault(upload.id, asyncio.Lock())
        async with lock:
            now = await self._still(upload)
            if not now.is_whole:
                now = await self._finish(now)
        return Progress(now, now.size)

    async def cancel(self, user: User, id: str) -> None:
        """Give an upload up, or a file that was sent in no message. Raises `NotFound`, `Conflict` for one that was sent."""
        file = await self._own(user, id)
        if file.room_id is not None:
            raise Conflict("This file is in a message. Delete the message.")
        await self.drop(file)

    async def drop(self, file: StoredFile) -> None:
        """Have a file that is in no message gone."""

        def unit(transaction: Transaction) -> None:
            store.delete_files(transaction.connection, [file.id], unsent_only=True)

        await self._database.write(unit, rooms=())
        self._on_remains()

    async def correct(self, upload: StoredFile, *, size: int, is_voice: bool) -> StoredFile:
        """Say what was known only at the end."""

        def unit(transaction: Transaction) -> StoredFile:
            store.change(transaction.connection, upload.id, size=size, is_voice=is_voice)
            return _there(store.file(transaction.connection, upload.id))

        return await self._database.write(unit, rooms=())

    async def _still(self, upload: StoredFile) -> StoredFile:
        """The upload as it stands now. What was written of one that is over is nobody's. Raises `NotFound`."""
        now = await self._database.read(lambda connection: store.file(connection, upload.id))
        if now is None or now.is_whole:
            await self._on_disk(lambda: self._storage.forget(upload.id))
        return _there(now)

    async def _finish(self, upload: StoredFile) -> StoredFile:
        try:
            return await finish(self._database, self._storage, upload)
        except Invalid:
            await self.drop(upload)
            raise
        except OSError as error:
            now = await self._database.read(lambda connection: store.file(connection, upload.id))
            if now is None or not now.is_whole:
                raise _full(error) from error
            return now  # another node was quicker, and took away what we were reading

    def _begin(self, transaction: Transaction, user: User, claims: Claims, key: str | None) -> StoredFile:
        connection = transaction.connection
        before = store.upload_by_key(connection, user.id, key) if key else None
        if before is not None:
            if not before.is_whole and (before.name, before.size) != (claims.name, claims.size):
                raise Conflict("Another file was begun with this key. Use a new key for each file.", field="key")
            return before
        if store.unsent_by(connection, user.id) >= UPLOADS_AT_ONCE:
            raise Conflict(f"You have {UPLOADS_AT_ONCE} files in no message. Send some of them, or remove them.")
        used = store.bytes_of(connection, user.id)
        if used + claims.size > self._quota:
            raise TooLarge(
                f"Your files have {used:,} bytes, and may have {self._quota:,}. Delete messages with files that nobody needs any more."
            )
        id = new_id()
        said = {"name": claims.name, "size": claims.size, "is_voice": claims.is_voice}
        measures = {"width": claims.width, "height": claims.height, "duration": claims.duration}
        store.insert_upload(connection, {"id": id, "user_id": user.id, "key": key, "created_at": transaction.now, **said, **measures})
        return _there(store.file(connection, id))

    async def _own(self, user: User, id: str) -> StoredFile:
        def query(connection: Connection) -> StoredFile | None:
            return store.file(connection, id) if is_id(id) else None

        file = await self._database.read(query)
        if file is None or file.user_id != user.id:
            raise NotFound("There is no such upload. It may have been sent or cancelled, or it was begun more than a day ago.")
        return file

    async def _progress(self, file: StoredFile) -> Progress:
        if file.is_whole:
            return Progress(file, file.size)
        return Progress(file, min(await self._on_disk(lambda: self._storage.arrived(file.id)), file.size))

    async def _add(self, id: str, offset: int, waiting: bytearray) -> int:
        piece = bytes(waiting)
        waiting.clear()
        await self._on_disk(lambda: self._storage.add(id, offset, piece))
        return offset + len(piece)

    async def _on_disk(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            raise _full(error) from error


def _there(file: StoredFile | None) -> StoredFile:
    if file is None:
        raise NotFound("There is no such upload: it was cancelled.")
    return file


def _full(error: OSError) -> Unavailable:
    return Unavailable(f"The place for files does not take this now: {error.strerror or error}.", retry_after=TRY_AGAIN_SECONDS)
