"""Who lets others see how far they have read: everybody who does not keep it to themselves, and only such people see it."""

import json
from typing import NamedTuple

from hubbub.database import Connection
from hubbub.rooms import store
from hubbub.rooms.model import Place


class Reader(NamedTuple):
    """A member who lets others see how far they have read."""

    person: dict[str, str]
    read_seq: int
    first_seq: int
    """The first event that they may see."""


def readers(connection: Connection, room_id: str) -> list[Reader]:
    """The members of a room who let others see it, by name."""
    found = [Reader(person, read, first) for person, read, first, kept in store.how_far(connection, room_id) if _shares(kept)]
    return sorted(found, key=lambda reader: reader.person["name"].casefold())


def shown_to(connection: Connection, place: Place, user_id: str) -> tuple[str, ...]:
    """Who is to see at once how far a user has read: the others of a direct room, where all of this is small."""
    if place.room.kind != "direct":
        return ()
    ids = [reader.person["id"] for reader in readers(connection, place.room.id)]
    return tuple(id for id in ids if id != user_id) if user_id in ids else ()


def _shares(preferences: str) -> bool:
    return json.loads(preferences).get("seen") is not False
