"""A message as it stands, and how later events change it: whoever notes something of it does so here, and it is part of it from then on."""

from typing import Any, NamedTuple

from pydantic_core import from_json

from hubbub.accounts.model import User
from hubbub.database import Connection, Transaction
from hubbub.errors import NotFound
from hubbub.journal.writing import Journal
from hubbub.messages import store
from hubbub.rooms.access import Right, enter


class Noted(NamedTuple):
    """A message whose words still stand, and what is noted of it."""

    event: dict[str, Any]
    notes: dict[str, Any]


def message_now(connection: Connection, room_id: str, seq: int, first_seq: int = 1) -> bytes:
    """A message as it stands now, as JSON, deleted or not. Raises `NotFound` for what is none, or is before `first_seq`."""
    message = store.message(connection, room_id, seq) if seq >= first_seq else None
    if message is None:
        raise NotFound("There is no such message in this room.")
    return message.now()


def find_message(connection: Connection, user: User, room_id: str, seq: int, right: Right) -> Noted:
    """The message that something is to be done to. Raises as the door does, and `NotFound` for what is none or was deleted."""
    place = enter(connection, user, room_id, right)
    message = store.message(connection, room_id, seq) if seq >= place.first_seq else None
    event: dict[str, Any] | None = from_json(message.body) if message else None
    if event is None or event.get("redacted"):
        raise NotFound("There is no such message in this room" + (": it was deleted." if event else "."))
    return Noted(event, message.changes.notes if message and message.changes else {})


def message_to_change(transaction: Transaction, journal: Journal, user: User, room_id: str, seq: int, right: Right) -> Noted:
    """The same, held until the transaction ends, so that two who change it at once change it one after the other."""
    enter(transaction.connection, user, room_id, right)
    journal.head(transaction, room_id)
    return find_message(transaction.connection, user, room_id, seq, right)


def note(transaction: Transaction, room_id: str, seq: int, notes: dict[str, Any], name: str, value: Any) -> None:
    """Keep one field of a message beside the others; an empty one is taken away."""
    kept = {other: there for other, there in notes.items() if other != name}
    store.set_notes(transaction.connection, room_id, seq, kept | ({name: value} if value else {}))
