"""What one can do with messages. Each is an event of the room's journal, and nothing is told before its commit."""

from typing import Any

from pydantic_core import from_json

from hubbub.accounts.model import User
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Forbidden, HubbubError, Invalid, NotFound
from hubbub.journal.reading import read_after
from hubbub.journal.writing import Draft, Journal, redact
from hubbub.messages import store
from hubbub.messages.model import (
    MessageDraft,
    Page,
    Posted,
    as_it_stands,
    checked_key,
    checked_text,
    names_that_may_be_meant,
    who_is_meant,
)
from hubbub.protocol.events import Recorded
from hubbub.protocol.frames import MAX_SEQ
from hubbub.rooms.access import enter, may_moderate, may_post


class Messages:
    """The messages of one chat."""

    def __init__(self, database: Database, journal: Journal, *, text_limit: int) -> None:
        self._database = database
        self._journal = journal
        self._text_limit = text_limit

    async def post_message(self, user: User, room_id: str, *, key: str, text: str) -> Posted:
        """Post a message. One repeated with the same key by the same user in the same room makes no second one.

        Raises `NotFound` for a room that is not for these eyes, `Forbidden` where the user may not post.
        """
        return await self._database.write_together(self.post_all, self.draft(user, room_id, key=key, text=text))

    def draft(self, user: User, room_id: str, *, key: str, text: str) -> MessageDraft:
        """A message fit to be posted. Raises `Invalid` or `TooLarge`."""
        return MessageDraft(user, room_id, checked_key(key), checked_text(text, self._text_limit))

    def post_all(self, transaction: Transaction, drafts: list[MessageDraft]) -> list[Posted]:
        """Post many messages as one unit of work. A lone one is looked up first; a crowd is sent through as it is.

        Raises when one of the crowd repeats a key, or may not post: then each is tried by itself.
        """
        if len(drafts) == 1:
            return [self._post_one(transaction, drafts[0])]
        return [_posted(event) for event in self._append(transaction, drafts)]

    async def edit_message(self, user: User, room_id: str, seq: int, text: str) -> bytes:
        """Change what one's own message says; the message as it stands, as JSON. The same text again changes nothing."""
        checked_text(text, self._text_limit)

        def unit(transaction: Transaction) -> None:
            old = _own_message(transaction.connection, user, room_id, seq)
            if old.get("redacted"):
                raise NotFound("There is no such message in this room: it was deleted.")
            if _text_now(transaction.connection, room_id, seq) != text:
                self._edit(transaction, user, room_id, seq, text)

        await self._database.write(unit)
        return await self._database.read(lambda connection: _message_now(connection, room_id, seq))

    async def delete_message(self, user: User, room_id: str, seq: int) -> None:
        """Delete one's own message, or as one who moderates anybody's. Its words leave the log, its number stays."""

        def unit(transaction: Transaction) -> None:
            if not _own_message(transaction.connection, user, room_id, seq, or_moderate=True).get("redacted"):
                self._journal.append(transaction, Draft(room_id, "message.deleted", user.person(), {"target": seq}, target=seq))
                redact(transaction, room_id, seq)
                store.forget_edit(transaction.connection, room_id, seq)
                store.delete_mentions(transaction.connection, room_id, seq)

        await self._database.write(unit)

    async def page(
        self, user: User, room_id: str, *, before: int | None = None, after: int | None = None, around: int | None = None, limit: int
    ) -> Page:
        """A page of messages as they stand now, oldest first; without a cursor the newest page."""
        if sum(cursor is not None for cursor in (before, after, around)) > 1:
            raise Invalid("Give one of `before`, `after` and `around`, not several.")
        if before is after is around is None:
            return await self._database.read_together(_newest_pages, (user, room_id, limit))

        def query(connection: Connection) -> Page:
            enter(connection, user, room_id)
            if around is not None:
                return _around(connection, room_id, around, limit)
            if after is not None:
                return _after(connection, room_id, after, limit)
            assert before is not None
            return _before(connection, room_id, before, limit)

        return await self._database.read(query)

    async def events(self, user: User, room_id: str, *, after: int, limit: int) -> list[tuple[int, bytes]]:
        """The room's log after a seq: one event more than `limit` when there is more."""

        def query(connection: Connection) -> list[tuple[int, bytes]]:
            place = enter(connection, user, room_id)
            return read_after(connection, room_id, after, place.room.last_seq, limit + 1)

        return await self._database.read(query)

    def _post_one(self, transaction: Transaction, draft: MessageDraft) -> Posted:
        connection = transaction.connection
        enter(connection, draft.user, draft.room_id, may_post)
        first = store.posted_before(connection, draft.room_id, draft.user.id, draft.key)
        if first is None:
            return _posted(self._append(transaction, [draft])[0])
        body = _message_now(connection, draft.room_id, first)
        return Posted(draft.room_id, first, from_json(body)["at"], True, body)

    def _append(self, transaction: Transaction, drafts: list[MessageDraft]) -> list[Recorded]:
        mentioned = [self._mentioned(transaction.connection, draft.room_id, draft.text) for draft in drafts]
        appended = self._journal.append_all(
            transaction,
            [
                Draft(draft.room_id, "message.created", draft.user.person(), _fields(draft, ids), draft.key)
                for draft, ids in zip(drafts, mentioned, strict=True)
            ],
        )
        marks = {(event.by["id"], event.room): store.Mark(event.seq, event.message_count, event.by["id"], event.room) for event in appended}
        if store.mark_posted(transaction.connection, list(marks.values())) != len(marks):
            raise Forbidden("You may not post in this room.")
        for event, ids in zip(appended, mentioned, strict=True):
            if ids:
                store.insert_mentions(transaction.connection, event.room, event.seq, ids)
        return appended

    def _edit(self, transaction: Transaction, user: User, room_id: str, seq: int, text: str) -> None:
        mentioned = self._mentioned(transaction.connection, room_id, text)
        fields: dict[str, Any] = {"target": seq, "text": text} | ({"mentions": mentioned} if mentioned else {})
        self._journal.append(transaction, Draft(room_id, "message.edited", user.person(), fields, target=seq))
        store.set_edit(transaction.connection, room_id, seq, text, mentioned, transaction.now)
        store.delete_mentions(transaction.connection, room_id, seq)
        store.insert_mentions(transaction.connection, room_id, seq, mentioned)

    def _mentioned(self, connection: Connection, room_id: str, text: str) -> list[str]:
        keys = names_that_may_be_meant(text) if "@" in text else []
        return who_is_meant(text, store.members_named(connection, room_id, keys)) if keys else []


def _fields(draft: MessageDraft, mentioned: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {"text": draft.text, "key": draft.key}
    return fields | {"mentions": mentioned} if mentioned else fields


def _posted(event: Recorded) -> Posted:
    return Posted(event.room, event.seq, event.at, False, event.body)


def _own_message(connection: Connection, user: User, room_id: str, seq: int, *, or_moderate: bool = False) -> dict[str, Any]:
    """The event of a message that the user may change. Raises as the door does, and `Forbidden` for another's message."""
    place = enter(connection, user, room_id, may_post)
    message = store.message(connection, room_id, seq)
    if message is None:
        raise NotFound("There is no such message in this room.")
    event: dict[str, Any] = from_json(message.body)
    if event["by"]["id"] != user.id and not (or_moderate and may_moderate(user, place)):
        raise Forbidden("This message is somebody else's.")
    return event


def _text_now(connection: Connection, room_id: str, seq: int) -> str | None:
    text: str | None = from_json(_message_now(connection, room_id, seq)).get("text")
    return text


def _message_now(connection: Connection, room_id: str, seq: int) -> bytes:
    message = store.message(connection, room_id, seq)
    if message is None:
        raise NotFound("There is no such message in this room.")
    return as_it_stands(message.body, message.edit)


def _newest_pages(connection: Connection, asked: list[tuple[User, str, int]]) -> list[Any]:
    """The newest page for each who asks, or the refusal: what most clients read, so many are answered together."""
    return [_newest_page(connection, *question) for question in asked]


def _newest_page(connection: Connection, user: User, room_id: str, limit: int) -> Page | HubbubError:
    try:
        enter(connection, user, room_id)
    except HubbubError as refusal:
        return refusal
    found = store.messages_before(connection, room_id, MAX_SEQ, limit + 1)
    return _page(found[-limit:], has_older=len(found) > limit, has_newer=False)


def _before(connection: Connection, room_id: str, seq: int, limit: int) -> Page:
    found = store.messages_before(connection, room_id, seq, limit + 1)
    has_newer = bool(store.messages_after(connection, room_id, seq - 1, 1))
    return _page(found[-limit:], has_older=len(found) > limit, has_newer=has_newer)


def _after(connection: Connection, room_id: str, seq: int, limit: int) -> Page:
    found = store.messages_after(connection, room_id, seq, limit + 1)
    has_older = bool(store.messages_before(connection, room_id, seq + 1, 1))
    return _page(found[:limit], has_older=has_older, has_newer=len(found) > limit)


def _around(connection: Connection, room_id: str, seq: int, limit: int) -> Page:
    """About half before and half after; what one side lacks, the other gives."""
    newer = store.messages_after(connection, room_id, seq - 1, limit + 1)
    older = store.messages_before(connection, room_id, seq, limit + 1)
    from_newer = min(len(newer), max(limit - limit // 2, limit - len(older)))
    from_older = min(len(older), limit - from_newer)
    kept = older[len(older) - from_older :] + newer[:from_newer]
    return _page(kept, has_older=len(older) > from_older, has_newer=len(newer) > from_newer)


def _page(found: list[store.StoredMessage], *, has_older: bool, has_newer: bool) -> Page:
    items = [as_it_stands(message.body, message.edit) for message in found]
    before = found[0].seq if found and has_older else None
    return Page(items, before, found[-1].seq if found and has_newer else None)
