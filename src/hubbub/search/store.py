"""How the index is kept and asked: one table on both databases, and each one's own index of the words beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, text, update

from hubbub.database.schema import events, memberships, rooms, search_documents, search_places, users
from hubbub.search.query import Query, Term


class Document(NamedTuple):
    """A message as search knows it."""

    id: int
    room_id: str
    seq: int
    author_id: str
    at: int
    words: str
    has_link: bool
    has_file: bool


class Logged(NamedTuple):
    """An event of a room's log, as the index follows it."""

    id: int
    seq: int
    type: str
    author_id: str
    at: int
    target: int | None
    body: bytes


class Found(NamedTuple):
    """Where a message that was found stands."""

    room_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Where one user looks: their rooms, the public ones where they may, and what narrows it."""

    user_id: str
    sees_public_rooms: bool
    room_ids: list[str] | None = None
    author_ids: list[str] | None = None
    before_id: int | None = None


# Following the log


def rooms_behind(connection: Connection, limit: int) -> list[tuple[str, int]]:
    """Rooms whose log goes on after their place in the index, with that place."""
    rows = connection.execute(_BEHIND, {"limit": limit})
    return [(row.id, row.seq) for row in rows]


def log_after(connection: Connection, room_id: str, seq: int, limit: int) -> list[Logged]:
    """The next events of a room's log."""
    rows = connection.execute(_LOG_AFTER, {"room": room_id, "seq": seq, "limit": limit})
    return [Logged(*row) for row in rows]


def move_place(connection: Connection, room_id: str, old: int, new: int) -> bool:
    """Move a room's place in the index; False when somebody else has moved it meanwhile."""
    if old == 0:
        added = connection.execute(_ADD_PLACE, {"room": room_id, "seq": new})
        return added.rowcount > 0
    mine = (search_places.c.room_id == room_id) & (search_places.c.seq == old)
    return connection.execute(update(search_places).where(mine).values(seq=new)).rowcount > 0


def keep(connection: Connection, documents: Iterable[Document]) -> None:
    """Add messages to the index."""
    rows = [document._asdict() for document in documents]
    if rows:
        connection.execute(insert(search_documents), rows)


def merge(connection: Connection, pages: int) -> None:
    """Put some of the index's many small parts together, about so many pages (4 KB) of it. PostgreSQL does that by itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_words (search_words, rank) VALUES ('merge', ?)", (pages,))


def change_words(connection: Connection, room_id: str, texts: Mapping[int, tuple[str, bool]]) -> None:
    """Give messages of a room, by seq, other words, and say whether there is a link among them."""
    for seq, (words, has_link) in texts.items():
        of_message = search_documents.c.id == _id_of(room_id, seq)
        connection.execute(update(search_documents).where(of_message).values(words=words, has_link=has_link))


def with_files(connection: Connection, room_id: str, seqs: list[int]) -> list[tuple[int, bytes]]:
    """Those of these messages that have files: their seqs and events."""
    if not seqs:
        return []
    found = events.join(search_documents, search_documents.c.id == events.c.id)
    query = select(events.c.seq, events.c.body).select_from(found).where(search_documents.c.has_file)
    return [(row.seq, row.body) for row in connection.execute(query.where(events.c.room_id == room_id, events.c.seq.in_(seqs)))]


def forget(connection: Connection, room_id: str, seqs: Iterable[int]) -> None:
    """Take messages of a room out of the index."""
    for seq in seqs:
        connection.execute(delete(search_documents).where(search_documents.c.id == _id_of(room_id, seq)))


def _id_of(room_id: str, seq: int) -> Any:
    return select(events.c.id).where(events.c.room_id == room_id, events.c.seq == seq).scalar_subquery()


_BEHIND = text(
    "SELECT r.id, coalesce(p.seq, 0) AS seq FROM rooms r LEFT JOIN search_places p ON p.room_id = r.id "
    "WHERE r.last_seq > coalesce(p.seq, 0) LIMIT :limit"
)
_LOG_AFTER = text(
    "SELECT id, seq, type, author_id, at, target, body FROM events WHERE room_id = :room AND seq > :seq ORDER BY seq LIMIT :limit"
)
_ADD_PLACE = text("INSERT INTO search_places (room_id, seq) VALUES (:room, :seq) ON CONFLICT DO NOTHING")


# Asking


def position(connection: Connection, room_id: str, seq: int) -> int | None:
    """Where a message stands among all messages of all rooms."""
    found: int | None = connection.execute(select(events.c.id).where(events.c.room_id == room_id, events.c.seq == seq)).scalar()
    return found


def users_named(connection: Connection, keys: list[str]) -> list[str]:
    """The ids of those who have one of these names, as names are compared."""
    return list(connection.execute(select(users.c.id).where(users.c.name_key.in_(keys))).scalars())


def rooms_to_look_in(connection: Connection, user_id: str) -> list[tuple[str, str]]:
    """The ids and names of the user's rooms and of the public ones, direct rooms by each of their people's names."""
    mine = select(memberships.c.room_id).where(memberships.c.user_id == user_id)
    named = select(rooms.c.id, rooms.c.name).where(rooms.c.id.in_(mine) | (rooms.c.kind == "public"), rooms.c.kind != "direct")
    others = memberships.join(users, users.c.id == memberships.c.user_id).join(rooms, rooms.c.id == memberships.c.room_id)
    direct = (
        select(rooms.c.id, users.c.name).select_from(others).where(rooms.c.kind == "direct", rooms.c.id.in_(mine), users.c.id != user_id)
    )
    return [(row.id, row.name) for query in (named, direct) for row in connection.execute(query)]


def find(connection: Connection, query: Query, scope: Scope, limit: int) -> list[Found]:
    """What the user may read and searches for, the newest first."""
    if scope.room_ids == [] or scope.author_ids == []:
        return []
    is_sqlite = connection.dialect.name == "sqlite"
    conditions, values = _narrowed(query, scope)
    if query.terms:
        conditions.append(_MATCHES_FTS5 if is_sqlite else _MATCHES_TSVECTOR)
        values["words"] = (_fts5 if is_sqlite else _tsquery)(query.terms)
    # The index of words leads, from its end: SQLite reads it backwards without sorting.
    source, id = (_FTS5, "f.rowid") if is_sqlite and query.terms else ("search_documents d", "d.id")
    if scope.before_id is not None:
        conditions.append(f"{id} < :before_id")
    conditions.append(_MAY_READ)
    # Put together of our own words only; what people wrote is in the values.
    statement = f"SELECT d.room_id, d.seq FROM {source} {_STANDING} WHERE {' AND '.join(conditions)} ORDER BY {id} DESC LIMIT :limit"  # noqa: S608
    rows = connection.execute(text(statement), values | {"limit": limit})
    return [Found(*row) for row in rows]


def _narrowed(query: Query, scope: Scope) -> tuple[list[str], dict[str, Any]]:
    values: dict[str, Any] = {"user": scope.user_id, "public": scope.sees_public_rooms}
    conditions = [f"d.has_{thing}" for thing in sorted(query.has)]
    for name, condition, value in (
        ("before", "d.at < :before", query.before),
        ("after", "d.at >= :after", query.after),
        ("before_id", "", scope.before_id),
    ):
        if value is not None:
            values[name] = value
            conditions += [condition] if condition else []
    for column, ids in (("room_id", scope.room_ids), ("author_id", scope.author_ids)):
        if ids is not None:
            names = [f"{column}{n}" for n in range(len(ids))]
            conditions.append(f"d.{column} IN ({', '.join(f':{name}' for name in names)})")
            values |= dict(zip(names, ids, strict=True))
    return conditions, values


def mentions_of(connection: Connection, user_id: str, before_id: int | None, limit: int) -> list[Found]:
    """The messages that name the user, in rooms that they are in, the newest first."""
    rows = connection.execute(
        _MENTIONS if before_id is None else _OLDER_MENTIONS, {"user": user_id, "before_id": before_id, "limit": limit}
    )
    return [Found(*row) for row in rows]


_NAMING = (
    "SELECT n.room_id, n.seq FROM mentions n JOIN memberships m ON m.user_id = n.user_id AND m.room_id = n.room_id "
    "JOIN events e ON e.room_id = n.room_id AND e.seq = n.seq WHERE n.user_id = :user AND n.seq >= m.first_seq "
)
_MENTIONS = text(f"{_NAMING} ORDER BY e.id DESC LIMIT :limit")
_OLDER_MENTIONS = text(f"{_NAMING} AND e.id < :before_id ORDER BY e.id DESC LIMIT :limit")

_FTS5 = "search_words f CROSS JOIN search_documents d ON d.id = f.rowid"
_MATCHES_FTS5 = "f.words MATCH :words"
_MATCHES_TSVECTOR = "to_tsvector('simple', d.words) @@ to_tsquery('simple', :words)"
_STANDING = "JOIN rooms r ON r.id = d.room_id LEFT JOIN memberships m ON m.room_id = d.room_id AND m.user_id = :user"
_MAY_READ = "(m.user_id IS NOT NULL AND d.seq >= m.first_seq OR :public AND r.kind = 'public' AND r.archived_at IS NULL)"


def _fts5(terms: list[Term]) -> str:
    return " AND ".join(f'"{" ".join(term.words)}"{"*" if term.is_open else ""}' for term in terms)


def _tsquery(terms: list[Term]) -> str:
    return " & ".join(f"({' <-> '.join(_lexemes(term))})" for term in terms)


def _lexemes(term: Term) -> list[str]:
    # Words have no quotes and no backslashes in them.
    *first, last = term.words
    return [*(f"'{word}'" for word in first), f"'{last}'{':*' if term.is_open else ''}"]
