"""Replies: what a message may refer to, and what the first message of a thread says of its replies."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from hubbub.database import Connection
from hubbub.errors import Invalid
from hubbub.messages import store
from hubbub.messages.model import MessageDraft
from hubbub.messages.store import StoredMessage
from hubbub.protocol.events import Recorded
from hubbub.rooms.access import enter

REPLIERS_SHOWN = 3


def check_references(connection: Connection, draft: MessageDraft) -> None:
    """Hold that the messages that a draft refers to are there, for its author's eyes. Raises `Invalid`, or as the door does."""
    first_seq = enter(connection, draft.user, draft.room_id).first_seq
    if draft.also_to_room and draft.thread is None:
        raise Invalid("`also_to_room` is for replies in a thread; give `thread` too, or leave it out.", field="also_to_room")
    if draft.reply_to is not None and _seen(connection, draft.room_id, draft.reply_to, first_seq) is None:
        raise Invalid(f"There is no message {draft.reply_to} in this room to reply to.", field="reply_to")
    if draft.thread is not None:
        first = _seen(connection, draft.room_id, draft.thread, first_seq)
        if first is None:
            raise Invalid(f"There is no message {draft.thread} in this room to begin a thread with.", field="thread")
        begun = from_json(first.body).get("thread")
        if begun is not None:
            raise Invalid(f"Message {draft.thread} is a reply itself; its thread is {begun}.", field="thread")


def _seen(connection: Connection, room_id: str, seq: int, first_seq: int) -> StoredMessage | None:
    return store.message(connection, room_id, seq) if seq >= first_seq else None


def count_reply(connection: Connection, event: Recorded) -> None:
    """Note a reply on the first message of its thread."""
    thread = event.fields["thread"]
    noted = store.notes(connection, event.room, thread)
    replies = with_reply(noted.get("replies"), {"seq": event.seq, "at": event.at, "by": event.by})
    store.set_notes(connection, event.room, thread, noted | {"replies": replies})


def discount_reply(connection: Connection, room_id: str, thread: int, seq: int) -> None:
    """Note on the first message of a thread that one of the replies was deleted, by the event `seq`."""
    noted = store.notes(connection, room_id, thread)
    replies = without_reply(noted.pop("replies"), seq)
    store.set_notes(connection, room_id, thread, noted | ({"replies": replies} if replies else {}))


def with_reply(replies: Mapping[str, Any] | None, reply: Mapping[str, Any]) -> dict[str, Any]:
    """What the first message says of its replies when one more has come: how many, the last one, and who wrote last."""
    before = replies or {"count": 0, "by": []}
    others = [person for person in before["by"] if person["id"] != reply["by"]["id"]]
    people = [dict(reply["by"]), *others][:REPLIERS_SHOWN]
    return {"count": before["count"] + 1, "last_seq": reply["seq"], "last_at": reply["at"], "by": people, "as_of": reply["seq"]}


def without_reply(replies: Mapping[str, Any], seq: int) -> dict[str, Any] | None:
    """The same when the event `seq` deleted one. Who wrote last stays; None when nothing is left."""
    count = replies["count"] - 1
    return {**replies, "count": count, "as_of": seq} if count else None
