"""How files are kept in the database: everything about them but their bytes. No rules and no commits here."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, select, text, update

from hubbub.database.schema import file_remains, files
from hubbub.files.model import StoredFile

_NOTE_REMAINS = text("INSERT INTO file_remains (address, is_upload) VALUES (:address, :is_upload) ON CONFLICT DO NOTHING")


class Remains(NamedTuple):
    """What nothing refers to any more: kept bytes, or an upload."""

    address: str
    is_upload: bool


def insert_upload(connection: Connection, values: dict[str, Any]) -> None:
    """Keep that an upload has begun."""
    connection.execute(insert(files).values(values))


def file(connection: Connection, id: str) -> StoredFile | None:
    """One file, or upload."""
    return _first(connection, files.c.id == id)


def upload_by_key(connection: Connection, user_id: str, key: str) -> StoredFile | None:
    """What a user began to upload by this key."""
    return _first(connection, and_(files.c.user_id == user_id, files.c.key == key))


def files_of(connection: Connection, user_id: str, ids: Sequence[str]) -> dict[str, StoredFile]:
    """Those of these files that are the user's, by id."""
    rows = connection.execute(select(*files.c).where(files.c.id.in_(ids), files.c.user_id == user_id))
    return {row.id: StoredFile(*row) for row in rows}


def bytes_of(connection: Connection, user_id: str) -> int:
    """How many bytes a user has here, uploads on their way as announced."""
    return int(connection.execute(select(func.coalesce(func.sum(files.c.size), 0)).where(files.c.user_id == user_id)).scalar_one())


def unsent_by(connection: Connection, user_id: str) -> int:
    """How many uploads of a user are in no message."""
    unsent = and_(files.c.user_id == user_id, files.c.room_id.is_(None))
    return int(connection.execute(select(func.count()).select_from(files).where(unsent)).scalar_one())


def same_bytes(connection: Connection, digest: str) -> StoredFile | None:
    """A whole file with these bytes; it stays as long as this transaction lasts."""
    return _first(connection, and_(files.c.digest == digest, files.c.finished_at.is_not(None)), is_held=True)


def change(connection: Connection, id: str, **values: Any) -> None:
    """Change what is known of a file that is not whole yet."""
    connection.execute(update(files).where(files.c.id == id, files.c.finished_at.is_(None)).values(values))


def put_into_message(connection: Connection, ids: Sequence[str], room_id: str, seq: int) -> int:
    """Say which message files are in; how many of them were in none until now."""
    free = and_(files.c.id.in_(ids), files.c.room_id.is_(None))
    return connection.execute(update(files).where(free).values(room_id=room_id, seq=seq)).rowcount


def in_message(connection: Connection, room_id: str, seq: int) -> list[str]:
    """The ids of a message's files."""
    return list(connection.execute(select(files.c.id).where(files.c.room_id == room_id, files.c.seq == seq)).scalars())


def unsent_since(connection: Connection, before: int, limit: int) -> list[str]:
    """The ids of uploads that were begun before a time, and are in no message."""
    old = and_(files.c.room_id.is_(None), files.c.created_at < before)
    return list(connection.execute(select(files.c.id).where(old).limit(limit)).scalars())


def delete_files(connection: Connection, ids: Sequence[str], *, unsent_only: bool = False) -> bool:
    """Forget files, and note what nothing refers to any more, to be removed after the commit; whether there is any."""
    gone, alike = _held(connection, ids)
    if unsent_only:
        gone = [file for file in gone if file.room_id is None]
    leaving = {file.id for file in gone}
    used = {address for file in alike if file.id not in leaving for address in (file.content, file.thumbnail)}
    addresses = {address for file in gone for address in (file.content, file.thumbnail) if address}
    connection.execute(delete(files).where(files.c.id.in_(leaving)))
    note_remains(connection, {Remains(id, True) for id in leaving} | {Remains(address, False) for address in addresses - used})
    return bool(leaving)


def _held(connection: Connection, ids: Sequence[str]) -> tuple[list[StoredFile], list[StoredFile]]:
    """These files, and all that have the same bytes as one of them, held until the transaction ends.

    Everybody holds them in one order, so nobody waits in a circle, and of two who delete the last two files with the same
    bytes one sees that nothing is left.
    """
    among = files.c.id.in_(ids)
    digests = set(connection.execute(select(files.c.digest).where(among, files.c.digest.is_not(None))).scalars())
    while True:
        query = select(*files.c).where(among | files.c.digest.in_(digests)).order_by(files.c.id)
        alike = [StoredFile(*row) for row in connection.execute(query.with_for_update())]
        wanted = [file for file in alike if file.id in ids]
        unheld = {file.digest for file in wanted if file.digest} - digests
        if not unheld:
            return wanted, alike
        digests |= unheld


def note_remains(connection: Connection, remains: Iterable[Remains]) -> None:
    """Note what is to be removed."""
    rows = [each._asdict() for each in remains]
    if rows:
        connection.execute(_NOTE_REMAINS, rows)


def some_remains(connection: Connection, limit: int) -> list[Remains]:
    """What is to be removed."""
    return [Remains(*row) for row in connection.execute(select(*file_remains.c).limit(limit))]


def forget_remains(connection: Connection, addresses: Sequence[str]) -> None:
    """They are gone."""
    connection.execute(delete(file_remains).where(file_remains.c.address.in_(addresses)))


def every_whole_file(connection: Connection) -> Iterator[StoredFile]:
    """All files whose bytes are kept."""
    for row in connection.execute(select(*files.c).where(files.c.finished_at.is_not(None)).order_by(files.c.id)):
        yield StoredFile(*row)


def _first(connection: Connection, condition: Any, *, is_held: bool = False) -> StoredFile | None:
    query = select(*files.c).where(condition).limit(1)
    row = connection.execute(query.with_for_update() if is_held else query).first()
    return StoredFile(*row) if row else None
