"""What a check reads: each room's log in its order, and the questions to which a sound database has no answer."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.exc import DBAPIError

from hubbub.checking.file_fate import KeptFile
from hubbub.checking.message_fate import KeptState, LaterEvent
from hubbub.checking.model import Promise
from hubbub.checking.room_log import KeptRoom, LoggedEvent
from hubbub.database.schema import events, files, memberships, metadata, rooms, users
from hubbub.files.model import StoredFile


class Question(NamedTuple):
    """A query that finds what should not be there, and the sentence that each row of it makes."""

    promise: Promise
    sql: str
    sentence: str


QUESTIONS = (
    Question(
        Promise.ONCE,
        "SELECT room_id, key, author_id, count(*) AS times FROM events WHERE key IS NOT NULL "
        "GROUP BY key, author_id, room_id HAVING count(*) > 1",
        "room {room_id}: the key {key!r} of {author_id} is there {times} times",
    ),
    Question(
        Promise.TARGETS,
        "SELECT e.room_id, e.seq, e.target FROM events e LEFT JOIN events t ON t.room_id = e.room_id AND t.seq = abs(e.target) "
        "WHERE e.target IS NOT NULL AND (t.seq IS NULL OR t.type <> 'message.created' OR t.seq >= e.seq)",
        "room {room_id}: {seq} points at {target}, which is no message before it",
    ),
    Question(
        Promise.GAP_FREE,
        "SELECT e.room_id, count(*) AS number FROM events e LEFT JOIN rooms r ON r.id = e.room_id WHERE r.id IS NULL GROUP BY e.room_id",
        "room {room_id} is not there, and has {number} events",
    ),
    Question(
        Promise.REFERENCES,
        "SELECT e.author_id, count(*) AS number FROM events e LEFT JOIN users u ON u.id = e.author_id WHERE u.id IS NULL "
        "GROUP BY e.author_id",
        "user {author_id} is not there, and is the author of {number} events",
    ),
    Question(
        Promise.COUNTS,
        "SELECT m.user_id, m.room_id, m.read_seq, r.last_seq FROM memberships m JOIN rooms r ON r.id = m.room_id "
        "WHERE m.read_seq > r.last_seq OR m.read_seq < 0",
        "room {room_id}: {user_id} has read up to {read_seq}, and it ends at {last_seq}",
    ),
    Question(
        Promise.COUNTS,
        "SELECT m.user_id, m.room_id, m.read_seq, m.read_count, coalesce(e.message_count, 0) AS number FROM memberships m "
        "LEFT JOIN events e ON e.room_id = m.room_id AND e.seq = m.read_seq WHERE m.read_count <> coalesce(e.message_count, 0)",
        "room {room_id}: {user_id} has read {read_count} messages up to {read_seq}, and there are {number}",
    ),
    Question(
        Promise.EDITED,
        "SELECT s.room_id, s.seq FROM message_states s LEFT JOIN events e ON e.room_id = s.room_id AND e.seq = s.seq "
        "AND e.type = 'message.created' WHERE e.seq IS NULL OR (s.edited_at IS NOT NULL AND EXISTS (SELECT 1 FROM events x "
        "WHERE x.room_id = s.room_id AND x.target = s.seq AND x.type = 'message.deleted'))",
        "room {room_id}: what {seq} says now is kept, and it is no message, or deleted",
    ),
    Question(
        Promise.EDITED,
        "SELECT DISTINCT e.room_id, e.target FROM events e LEFT JOIN message_states s ON s.room_id = e.room_id AND s.seq = e.target "
        "WHERE e.type = 'message.edited' AND s.edited_at IS NULL AND NOT EXISTS (SELECT 1 FROM events x WHERE x.room_id = e.room_id "
        "AND x.target = e.target AND x.type = 'message.deleted')",
        "room {room_id}: {target} was edited, and what it says now is not kept",
    ),
    Question(
        Promise.NOTED,
        "SELECT p.room_id, p.seq FROM pins p LEFT JOIN message_states s ON s.room_id = p.room_id AND s.seq = p.seq WHERE s.seq IS NULL",
        "room {room_id}: {seq} is among the pinned, and does not know it",
    ),
    Question(
        Promise.MENTIONS,
        "SELECT n.user_id, n.room_id, n.seq FROM mentions n LEFT JOIN memberships m ON m.user_id = n.user_id AND m.room_id = n.room_id "
        "WHERE m.user_id IS NULL",
        "room {room_id}: {seq} counts as a mention of {user_id}, who is no member",
    ),
)

# Whether the message that an event made or edited was deleted later.
_IS_DELETED = (
    "EXISTS (SELECT 1 FROM events d WHERE d.room_id = e.room_id AND d.type = 'message.deleted' "
    "AND d.target = CASE e.type WHEN 'message.created' THEN e.seq WHEN 'message.edited' THEN e.target "
    "WHEN 'message.previewed' THEN e.target END)"
)
_LOG = text(
    f"SELECT e.id, e.seq, e.type, e.author_id, e.at, e.key, e.target, e.message_count, e.body, {_IS_DELETED} AS is_deleted "  # noqa: S608 - constants
    "FROM events e WHERE e.room_id = :room ORDER BY e.seq"
)
_EDITS = text(
    "SELECT s.room_id, s.seq, s.text, s.mentions, s.edited_at, e.at, e.body FROM message_states s "
    "LEFT JOIN events e ON e.room_id = s.room_id AND e.seq = "
    "(SELECT max(x.seq) FROM events x WHERE x.room_id = s.room_id AND x.target = s.seq AND x.type = 'message.edited') "
    "WHERE s.edited_at IS NOT NULL"
)
_MENTIONED = text(
    "SELECT n.user_id, n.room_id, n.seq, e.type, e.body, CASE WHEN s.edited_at IS NOT NULL THEN s.mentions END FROM mentions n "
    "LEFT JOIN events e ON e.room_id = n.room_id AND e.seq = n.seq "
    "LEFT JOIN message_states s ON s.room_id = n.room_id AND s.seq = n.seq"
)


_LATER = text(
    f"SELECT e.room_id, abs(e.target) AS address, e.seq, e.type, e.body, {_IS_DELETED} AS is_deleted "  # noqa: S608 - constants
    "FROM events e WHERE e.target IS NOT NULL ORDER BY e.room_id, abs(e.target), e.seq"
)
_STATES = text(
    "SELECT s.room_id, s.seq, s.notes, p.pinned_seq FROM message_states s "
    "LEFT JOIN pins p ON p.room_id = s.room_id AND p.seq = s.seq ORDER BY s.room_id, s.seq"
)


class LastEdit(NamedTuple):
    """What an edited message says now, and the event that edited it last, if there is one."""

    room_id: str
    seq: int
    text: str
    mentions: str
    edited_at: int
    at: int | None
    body: bytes | None


class Mentioned(NamedTuple):
    """A mention, and the message that it is by, with what it was edited to."""

    user_id: str
    room_id: str
    seq: int
    type: str | None
    body: bytes | None
    edited_mentions: str | None


def every_room(connection: Connection) -> Iterator[KeptRoom]:
    """The rooms in the order of their ids."""
    columns = (rooms.c.id, rooms.c.name, rooms.c.topic, rooms.c.people_key, rooms.c.last_seq, rooms.c.message_count)
    for row in connection.execute(select(*columns).order_by(rooms.c.id)):
        yield KeptRoom(*row)


def log_of(connection: Connection, room_id: str) -> Iterator[LoggedEvent]:
    """A room's events in their order."""
    for row in connection.execute(_LOG, {"room": room_id}):
        yield LoggedEvent(*row)


def members_of(connection: Connection, room_id: str) -> dict[str, str]:
    """The roles of a room's members, by user id."""
    query = select(memberships.c.user_id, memberships.c.role).where(memberships.c.room_id == room_id)
    return {row.user_id: row.role for row in connection.execute(query)}


def last_edits(connection: Connection) -> Iterator[LastEdit]:
    """Every edited message."""
    for row in connection.execute(_EDITS):
        yield LastEdit(*row)


def every_mention(connection: Connection) -> Iterator[Mentioned]:
    """Every mention."""
    for row in connection.execute(_MENTIONED):
        yield Mentioned(*row)


def later_events(connection: Connection) -> Iterator[LaterEvent]:
    """Every event that points back at a message, by room, message and order."""
    for row in connection.execute(_LATER):
        yield LaterEvent(*row)


def kept_states(connection: Connection) -> Iterator[KeptState]:
    """What is kept of messages beside their events, by room and message."""
    for row in connection.execute(_STATES):
        yield KeptState(*row)


def every_file(connection: Connection) -> Iterator[KeptFile]:
    """Every whole file, with the event of its message."""
    event = files.outerjoin(events, (events.c.room_id == files.c.room_id) & (events.c.seq == files.c.seq))
    query = select(*files.c, events.c.type, events.c.body).select_from(event).where(files.c.finished_at.is_not(None))
    for *file, kind, body in connection.execute(query.order_by(files.c.id)):
        yield KeptFile(StoredFile(*file), kind, body)


def number_of_files(connection: Connection, room_id: str) -> int:
    """How many files are in a room's messages."""
    return int(connection.execute(select(func.count()).select_from(files).where(files.c.room_id == room_id)).scalar_one())


def still_there(connection: Connection, ids: list[str]) -> Iterator[str]:
    """Those of these files that are there."""
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        yield from connection.execute(select(files.c.id).where(files.c.id.in_(some)).order_by(files.c.id)).scalars()


def answers(connection: Connection, question: Question) -> Iterator[str]:
    """What a question finds, in sentences."""
    for row in connection.execute(text(question.sql)):
        yield question.sentence.format(**row._mapping)


def dangling(connection: Connection) -> Iterator[str]:
    """The references between tables that lead nowhere, in sentences."""
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            there: Table = key.column.table.alias()  # type: ignore[assignment]
            beside = table.outerjoin(there, there.c[key.column.name] == key.parent)
            lost = select(func.count()).select_from(beside).where(key.parent.is_not(None), there.c[key.column.name].is_(None))
            if number := connection.execute(lost).scalar_one():
                yield f"{table.name}.{key.parent.name}: {number} rows refer to {key.column.table.name} that are not there"


def complaints(connection: Connection) -> Iterator[str]:
    """What the database's own check of its files says, where it has one."""
    if connection.dialect.name == "sqlite":
        try:
            yield from (row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok")
        except DBAPIError as error:
            yield f"{error.orig}"


def number_of_users(connection: Connection) -> int:
    """How many users there are."""
    return int(connection.execute(select(func.count()).select_from(users)).scalar_one())


def number_of_events(connection: Connection) -> int:
    """How many events there should be, by what the rooms say."""
    return int(connection.execute(select(func.coalesce(func.sum(rooms.c.last_seq), 0))).scalar_one())


def has_epoch(connection: Connection) -> bool:
    """Whether the journal has its epoch."""
    return connection.execute(text("SELECT 1 FROM meta WHERE key = 'epoch'")).first() is not None
