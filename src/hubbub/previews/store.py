"""How it is kept which links wait for a look. No rules and no commits here."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from hubbub.database.schema import preview_jobs

CANDIDATES = 10


class Job(NamedTuple):
    """Links of a message that wait for a look."""

    room_id: str
    seq: int
    author_id: str
    links: list[str]


def waiting(connection: Connection) -> int:
    """How many messages wait."""
    return connection.execute(select(func.count()).select_from(preview_jobs)).scalar_one()


def keep(connection: Connection, job: Job, at: int) -> None:
    """Have a message's links looked at, instead of those that waited before."""
    forget(connection, job.room_id, job.seq)
    row = {"room_id": job.room_id, "seq": job.seq, "author_id": job.author_id, "links": to_json(job.links).decode(), "created_at": at}
    connection.execute(insert(preview_jobs).values(row))


def links_waiting(connection: Connection, room_id: str, seq: int) -> list[str]:
    """The links of one message that wait."""
    found = connection.execute(select(preview_jobs.c.links).where(_of(room_id, seq))).scalar()
    return from_json(found) if found else []


def forget(connection: Connection, room_id: str, seq: int) -> bool:
    """Take a message out of those that wait; whether it was there."""
    return connection.execute(delete(preview_jobs).where(_of(room_id, seq))).rowcount == 1


def forget_all(connection: Connection) -> None:
    """Let nothing wait any more."""
    connection.execute(delete(preview_jobs))


def take(connection: Connection) -> Job | None:
    """Take the first one that waits and that nobody else takes at the same time."""
    while candidates := _candidates(connection):
        for job in candidates:
            if forget(connection, job.room_id, job.seq):
                return job
    return None


def _candidates(connection: Connection) -> Sequence[Job]:
    columns = preview_jobs.c
    query = select(columns.room_id, columns.seq, columns.author_id, columns.links).order_by(columns.created_at, columns.seq)
    rows = connection.execute(query.limit(CANDIDATES)).all()
    return [Job(row.room_id, row.seq, row.author_id, from_json(row.links)) for row in rows]


def _of(room_id: str, seq: int) -> ColumnElement[bool]:
    return (preview_jobs.c.room_id == room_id) & (preview_jobs.c.seq == seq)
