"""The locks of ours on PostgreSQL that stand for no row, and who holds them."""

from sqlalchemy import Connection, bindparam, text

# Numbers that are ours alone in a database: "hubbub" in ASCII, and one more.
SCHEMA_LOCK = int.from_bytes(b"hubbub\0\0")
"""Held by whoever changes the schema."""
WRITING_LOCK = SCHEMA_LOCK + 1
"""Held by every transaction that writes from its beginning to its end: shared, or alone."""

_HOLDERS = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND classid::bigint = :high AND objid::bigint = :low"
).bindparams(bindparam("high", WRITING_LOCK >> 32), bindparam("low", WRITING_LOCK & 0xFFFF_FFFF))


def transactions_under_way(connection: Connection) -> frozenset[str]:
    """The names of all transactions that are writing now. One that is not there has not begun, or is there for all to see."""
    return frozenset(connection.execute(_HOLDERS).scalars())
