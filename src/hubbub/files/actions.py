"""What one can do with files: read them as the door says, put them into a message, and have them go with it."""

from collections.abc import Sequence
from typing import Any

from hubbub.accounts.model import User
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Conflict, Invalid, NotFound
from hubbub.files import store
from hubbub.files.clearing import Clearing
from hubbub.files.model import StoredFile
from hubbub.protocol.ids import is_id
from hubbub.rooms.access import enter


class Files:
    """The files of one chat."""

    def __init__(self, database: Database, clearing: Clearing) -> None:
        self._database = database
        self._clearing = clearing

    async def file(self, user: User, id: str) -> StoredFile:
        """A file that this user may read: whoever may read its message, and before there is one its uploader alone.

        Raises `NotFound`, the same for what is not there and for what is not for these eyes.
        """

        def query(connection: Connection) -> StoredFile:
            file = store.file(connection, id) if is_id(id) else None
            if file is None or not file.is_whole or not _may_read(connection, user, file):
                raise NotFound("There is no such file.")
            return file

        return await self._database.read(query)

    def claim(self, transaction: Transaction, user: User, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The files that a message of this user's is to have, as everybody sees them.

        Raises `Invalid` for what is no upload of theirs, `Conflict` for one that is not whole yet, or in a message already.
        """
        mine = store.files_of(transaction.connection, user.id, ids)
        for id in ids:
            file = mine.get(id)
            if file is None:
                raise Invalid(f"{id} is no upload of yours. It may have been removed, or was begun more than a day ago.", field="files")
            if not file.is_whole:
                raise Conflict(f"{file.name} is not all here yet. Upload the rest of it first.", field="files")
            if file.room_id is not None:
                raise Conflict(f"{file.name} is in another message already. Upload it again for this one.", field="files")
        return [mine[id].as_json() for id in ids]

    def attach(self, transaction: Transaction, ids: Sequence[str], room_id: str, seq: int) -> None:
        """The files are in this message now. Raises `Conflict` when another message has taken one of them meanwhile."""
        if store.put_into_message(transaction.connection, ids, room_id, seq) != len(ids):
            raise Conflict("One of these files is in another message already. Upload it again for this one.", field="files")

    def forget(self, transaction: Transaction, room_id: str, seq: int) -> None:
        """The message was deleted: its files go with it, from the disk too once this is committed."""
        ids = store.in_message(transaction.connection, room_id, seq)
        if ids and store.delete_files(transaction.connection, ids):
            self._clearing.has_work = True


def _may_read(connection: Connection, user: User, file: StoredFile) -> bool:
    if file.room_id is None or file.seq is None:
        return file.user_id == user.id
    try:
        return file.seq >= enter(connection, user, file.room_id).first_seq
    except NotFound:
        return False
