"""What one can find: messages that one may read, by their words and where they stand."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hubbub.accounts.model import User, name_key
from hubbub.database import Connection, Database
from hubbub.errors import Invalid
from hubbub.messages import store as messages_store
from hubbub.protocol.ids import is_id
from hubbub.rooms import store as rooms_store
from hubbub.rooms.access import enter, may_read
from hubbub.rooms.model import room_name_key
from hubbub.search import store
from hubbub.search.query import Query, read_query
from hubbub.search.store import Found, Scope


@dataclass(frozen=True, slots=True)
class Results:
    """Messages as JSON, the newest first, and the cursor that goes on."""

    items: list[bytes]
    next: str | None

    def as_json(self) -> bytes:
        """The results as REST gives them."""
        next_cursor = b'"%s"' % self.next.encode() if self.next else b"null"
        return b'{"items":[' + b",".join(self.items) + b'],"next":' + next_cursor + b"}"


class Search:
    """Finds messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, user: User, text: str, *, room_id: str | None = None, author: str | None = None, before: str | None = None, limit: int
    ) -> Results:
        """Messages that this user may read, the newest first, a moment behind the log.

        `author` is an id or a name, `before` the `next` of the page before, a date or a time (RFC 3339).
        Raises `NotFound` for a room that is not for these eyes, `Invalid` for a cursor that was never given.
        """
        query = read_query(text)
        moment = _moment(before) if before is not None else None
        if moment is not None:
            before, query.before = None, min(moment, moment if query.before is None else query.before)
        if query.is_empty and author is None:
            return Results([], None)

        def find(connection: Connection) -> Results:
            scope = _scope(connection, user, query, room_id, author, before)
            return _results(connection, user, store.find(connection, query, scope, limit + 1), limit)

        return await self._database.read(find)

    async def mentions(self, user: User, *, before: str | None, limit: int) -> Results:
        """The messages that name the user, in their rooms, the newest first."""

        def find(connection: Connection) -> Results:
            found = store.mentions_of(connection, user.id, _position(connection, user, before), limit + 1)
            return _results(connection, user, found, limit)

        return await self._database.read(find)


def _scope(connection: Connection, user: User, query: Query, room_id: str | None, author: str | None, before: str | None) -> Scope:
    rooms = None if room_id is None else [enter(connection, user, room_id).room.id]
    if query.rooms:
        wanted = {room_name_key(name) for name in query.rooms}
        named = [id for id, name in store.rooms_to_look_in(connection, user.id) if room_name_key(name) in wanted]
        rooms = [id for id in dict.fromkeys(named) if rooms is None or id in rooms]
    authors = None if author is None else [author] if is_id(author) else store.users_named(connection, [name_key(author)])
    if query.authors:
        keys = [user.name if name.casefold() == "me" else name for name in query.authors]
        named = store.users_named(connection, [name_key(key) for key in keys])
        authors = [id for id in named if authors is None or id in authors]
    return Scope(user.id, user.role != "guest", rooms, authors, _position(connection, user, before))


def _moment(text: str) -> int | None:
    """A date, or a time of RFC 3339, as milliseconds since 1970; days are those of UTC. None for what is neither."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _position(connection: Connection, user: User, cursor: str | None) -> int | None:
    if cursor is None:
        return None
    room_id, _, seq = cursor.partition(":")
    if not is_id(room_id) or not (seq.isascii() and seq.isdigit() and len(seq) < 10):
        raise Invalid("`before` is the `next` of the page before, a date, or a time such as 2030-01-31T12:00:00Z.", field="before")
    enter(connection, user, room_id)
    found = store.position(connection, room_id, int(seq))
    if found is None:
        raise Invalid("`before` is the `next` of the page before, a date, or a time such as 2030-01-31T12:00:00Z.", field="before")
    return found


def _results(connection: Connection, user: User, found: list[Found], limit: int) -> Results:
    following = f"{found[limit - 1].room_id}:{found[limit - 1].seq}" if len(found) > limit else None
    return Results(_messages(connection, user, found[:limit]), following)


def _messages(connection: Connection, user: User, found: list[Found]) -> list[bytes]:
    """The messages as they stand. The door is asked for each room, whatever the index thought."""
    places = {room_id: rooms_store.place(connection, user.id, room_id) for room_id in {each.room_id for each in found}}
    items = []
    for room_id, seq in found:
        place = places[room_id]
        message = messages_store.message(connection, room_id, seq)
        if message is None or place is None or not may_read(user, place) or seq < place.first_seq:
            continue
        item = message.now()
        if b'"deleted":true' not in item:
            items.append(item)
    return items
