"""How pins are kept: which messages of a room, in the order they were pinned. No rules and no commits here."""

from sqlalchemy import Connection, delete, func, insert, select

from hubbub.database.schema import pins


def insert_pin(connection: Connection, room_id: str, seq: int, pinned_seq: int) -> None:
    """Keep that a message is pinned, by the event `pinned_seq`."""
    connection.execute(insert(pins).values(room_id=room_id, seq=seq, pinned_seq=pinned_seq))


def delete_pin(connection: Connection, room_id: str, seq: int) -> None:
    """Forget that a message is pinned."""
    connection.execute(delete(pins).where(pins.c.room_id == room_id, pins.c.seq == seq))


def count(connection: Connection, room_id: str) -> int:
    """How many messages of a room are pinned."""
    return connection.execute(select(func.count()).where(pins.c.room_id == room_id)).scalar_one()


def pinned(connection: Connection, room_id: str) -> list[int]:
    """The seqs of a room's pinned messages, the last one pinned first."""
    query = select(pins.c.seq).where(pins.c.room_id == room_id).order_by(pins.c.pinned_seq.desc())
    return list(connection.execute(query).scalars())
