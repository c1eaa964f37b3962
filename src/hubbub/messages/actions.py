"""What one can do with messages. Each is an event of the room's journal, and nothing is told before its commit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import from_json

from hubbub.accounts.model import User
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Forbidden, HubbubError, Invalid, NotFound
from hubbub.journal.reading import read_after
from hubbub.journal.writing import Draft, Journal, redact
from hubbub.messages import store
from hubbub.messages.attachments import Attachments
from hubbub.messages.mentioning import WhoIsOnline, mentioned, once_online, online_now
from hubbub.messages.model import (
    MessageDraft,
    Page,
    Posted,
    check_poll,
    checked_files,
    checked_key,
    checked_text,
)
from hubbub.messages.noting import message_now
from hubbub.messages.threads import check_references, count_reply, discount_reply
from hubbub.protocol.events import Recorded
from hubbub.protocol.frames import MAX_SEQ
from hubbub.protocol.polls import NewPoll
from hubbub.rooms.access import enter, may_moderate, may_post


class Messages:
    """The messages of one chat."""

    def __init__(self, database: Database, journal: Journal, *, text_limit: int) -> None:
        self._database = database
        self._journal = journal
        self._text_limit = text_limit
        self.who_is_online: WhoIsOnline = lambda _room: ()
        """Whom `@here` means in a room, set by whoever knows of presence."""
        self.attachments: Attachments
        """Whoever knows of files, set before the first message that has some."""
        self.when_replied: list[Callable[[Transaction, Recorded], None]] = []
        """Called for every reply in a thread, in the transaction that keeps it."""
        self.when_posted: list[Callable[[Transaction, Recorded], None]] = []
        """Called for every message posted, in the transaction that keeps it."""
        self.when_edited: list[Callable[[Transaction, Recorded, str], None]] = []
        """Called for every edit, with what the message said before, in the transaction that keeps it."""
        self.when_deleted: list[Callable[[Transaction, str, int], None]] = []
        """Called for every message deleted, with its room and seq, in the transaction that takes its words."""

    async def post_message(
        self,
        user: User,
        room_id: str,
        *,
        key: str,
        text: str,
        thread: int | None = None,
        also_to_room: bool = False,
        reply_to: int | None = None,
        poll: NewPoll | None = None,
        files: Sequence[str] = (),
    ) -> Posted:
        """Post a message. One repeated with the same key by the same user in the same room makes no second one.

        `thread` is the first message of the thread that it is a reply in, `reply_to` one that it quotes, `poll` what its
        readers may choose from; `files` are ids of uploads. Raises `NotFound` for a room that is not for these eyes,
        `Forbidden` where the user may not post, `Invalid` for what is no message, `Conflict` for files of another one.
        """
        draft = self.draft(
            user, room_id, key=key, text=text, thread=thread, also_to_room=also_to_room, reply_to=reply_to, poll=poll, files=files
        )
        return await self._database.write_together(self.post_all, draft, rooms=(room_id,))

    def draft(
        self,
        user: User,
        room_id: str,
        *,
        key: str,
        text: str,
        thread: int | None = None,
        also_to_room: bool = False,
        reply_to: int | None = None,
        poll: NewPoll | None = None,
        files: Sequence[str] = (),
    ) -> MessageDraft:
        """A message fit to be posted. Raises `Invalid` or `TooLarge`."""
        words = checked_text(text, self._text_limit, has_files=bool(files))
        uploads = checked_files(files) if files else ()
        online = online_now(text, room_id, self.who_is_online)
        return MessageDraft(user, room_id, checked_key(key), words, thread, also_to_room, reply_to, poll, uploads, online=online)

    def post_all(self, transaction: Transaction, drafts: list[MessageDraft]) -> list[Posted]:
        """Post many messages as one unit of work, sent through as they are.

        Raises when one of them repeats a key, or may not be posted: then each is tried by itself, and looked up first.
        """
        if transaction.is_second_try:
            return [self.post(transaction, draft) for draft in drafts]
        return [_posted(event) for event in self._append(transaction, drafts)]

    def post(self, transaction: Transaction, draft: MessageDraft) -> Posted:
        """Post one message within a unit of work, unless it was posted before. Raises as `post_message` does."""
        connection = transaction.connection
        enter(connection, draft.user, draft.room_id, may_post)
        first = store.posted_before(connection, draft.room_id, draft.user.id, draft.key)
        if first is None:
            return _posted(self._append(transaction, [draft])[0])
        body = message_now(connection, draft.room_id, first)
        return Posted(draft.room_id, first, from_json(body)["at"], True, body)

    async def edit_message(self, user: User, room_id: str, seq: int, text: str) -> bytes:
        """Change what one's own message says; the message as it stands, as JSON. The same text again changes nothing."""
        online = online_now(text, room_id, self.who_is_online)

        def unit(transaction: Transaction) -> None:
            old = _own_message(transaction.connection, user, room_id, seq)
            if old.get("redacted"):
                raise NotFound("There is no such message in this room: it was deleted.")
            checked_text(text, self._text_limit, has_files="files" in old)
            before = _text_now(transaction.connection, room_id, seq)
            if before != text:
                event = self._edit(transaction, user, room_id, seq, text, online)
                for hear in self.when_edited:
                    hear(transaction, event, before or "")

        await self._database.write(unit, rooms=(room_id,))
        return await self._database.read(lambda connection: message_now(connection, room_id, seq))

    async def delete_message(self, user: User, room_id: str, seq: int) -> None:
        """Delete one's own message, or as one who moderates anybody's. Its words leave the log, its number stays."""

        def unit(transaction: Transaction) -> None:
            event = _own_message(transaction.connection, user, room_id, seq, or_moderate=True)
            if not event.get("redacted"):
                self._delete(transaction, user, event)

        await self._database.write(unit, rooms=(room_id,))

    async def message(self, user: User, room_id: str, seq: int) -> bytes:
        """One message as it stands now, as JSON."""

        def query(connection: Connection) -> bytes:
            return message_now(connection, room_id, seq, enter(connection, user, room_id).first_seq)

        return await self._database.read(query)

    async def versions(self, user: User, room_id: str, seq: int) -> list[dict[str, Any]]:
        """What a message said and since when, the first words first. One that was deleted says nothing."""

        def query(connection: Connection) -> list[dict[str, Any]]:
            message_now(connection, room_id, seq, enter(connection, user, room_id).first_seq)
            events = [from_json(body) for body in store.versions(connection, room_id, seq)]
            return [{"seq": event["seq"], "at": event["at"], "text": event["text"]} for event in events if not event.get("redacted")]

        return await self._database.read(query)

    async def page(
        self,
        user: User,
        room_id: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int,
        thread: int | None = None,
    ) -> Page:
        """A page of messages as they stand now, oldest first; without a cursor the newest page.

        All messages, with `thread` the replies in that one, with `thread` 0 what stands in the room itself.
        """
        if sum(cursor is not None for cursor in (before, after, around)) > 1:
            raise Invalid("Give one of `before`, `after` and `around`, not several.")
        if before is after is around is None:
            return await self._database.read_together(_newest_pages, (user, room_id, limit, thread))

        def query(connection: Connection) -> Page:
            first_seq = enter(connection, user, room_id).first_seq
            if around is not None:
                return _around(connection, room_id, around, limit, thread, first_seq)
            if after is not None:
                return _after(connection, room_id, after, limit, thread, first_seq)
            assert before is not None
            return _before(connection, room_id, before, limit, thread, first_seq)

        return await self._database.read(query)

    async def events(self, user: User, room_id: str, *, after: int, limit: int) -> list[tuple[int, bytes]]:
        """The room's log after a seq: one event more than `limit` when there is more."""

        def query(connection: Connection) -> list[tuple[int, bytes]]:
            place = enter(connection, user, room_id)
            return read_after(connection, room_id, max(after, place.first_seq - 1), place.room.last_seq, limit + 1)

        return await self._database.read(query)

    def _append(self, transaction: Transaction, drafts: list[MessageDraft]) -> list[Recorded]:
        for draft in drafts:
            if draft.thread or draft.reply_to or draft.also_to_room:
                check_references(transaction.connection, draft)
            if draft.poll is not None:
                check_poll(draft.poll, transaction.now)
        meant = [mentioned(transaction.connection, draft.room_id, draft.text, draft.online, draft.user.id) for draft in drafts]
        files = [self.attachments.claim(transaction, draft.user, draft.files) if draft.files else None for draft in drafts]
        appended = self._journal.append_all(
            transaction,
            [
                Draft(draft.room_id, "message.created", draft.user.person(), draft.fields(ids, attached), draft.key, draft.target)
                for draft, ids, attached in zip(drafts, meant, files, strict=True)
            ],
        )
        marks = {(event.by["id"], event.room): store.Mark(event.seq, event.message_count, event.by["id"], event.room) for event in appended}
        if store.mark_posted(transaction.connection, list(marks.values())) != len(marks):
            raise Forbidden("You may not post in this room.")
        for event, ids in zip(appended, meant, strict=True):
            if ids:
                store.insert_mentions(transaction.connection, event.room, event.seq, ids)
            if "thread" in event.fields:
                self._replied(transaction, event)
            if "files" in event.fields:
                self.attachments.attach(transaction, [file["id"] for file in event.fields["files"]], event.room, event.seq)
            for hear in self.when_posted:
                hear(transaction, event)
        return appended

    def _replied(self, transaction: Transaction, event: Recorded) -> None:
        count_reply(transaction.connection, event)
        for note in self.when_replied:
            note(transaction, event)

    def _delete(self, transaction: Transaction, user: User, event: Mapping[str, Any]) -> None:
        connection, room_id, seq, thread = transaction.connection, event["room"], event["seq"], event.get("thread")
        fields = {"target": seq} | ({"thread": thread} if thread else {})
        deletion = self._journal.append(transaction, Draft(room_id, "message.deleted", user.person(), fields, target=seq))
        redact(transaction, room_id, seq)
        store.forget_words(connection, room_id, seq)
        store.delete_mentions(connection, room_id, seq)
        noted = store.notes(connection, room_id, seq)
        if noted:
            # Its thread goes on, whatever else there was.
            store.set_notes(connection, room_id, seq, {name: noted[name] for name in ("replies",) if name in noted})
        if thread:
            discount_reply(connection, room_id, thread, deletion.seq)
        for forget in self.when_deleted:
            forget(transaction, room_id, seq)

    def _edit(self, transaction: Transaction, user: User, room_id: str, seq: int, text: str, online: Sequence[str]) -> Recorded:
        before = once_online(from_json(message_now(transaction.connection, room_id, seq)).get("mentions", []))
        meant = mentioned(transaction.connection, room_id, text, online if before is None else before, user.id)
        fields: dict[str, Any] = {"target": seq, "text": text} | ({"mentions": meant} if meant else {})
        event = self._journal.append(transaction, Draft(room_id, "message.edited", user.person(), fields, target=seq))
        store.set_edit(transaction.connection, room_id, seq, text, meant, transaction.now)
        store.delete_mentions(transaction.connection, room_id, seq)
        store.insert_mentions(transaction.connection, room_id, seq, meant)
        return event


def _posted(event: Recorded) -> Posted:
    return Posted(event.room, event.seq, event.at, False, event.body)


def _own_message(connection: Connection, user: User, room_id: str, seq: int, *, or_moderate: bool = False) -> dict[str, Any]:
    """The event of a message that the user may change. Raises as the door does, and `Forbidden` for another's message."""
    place = enter(connection, user, room_id, may_post)
    message = store.message(connection, room_id, seq) if seq >= place.first_seq else None
    if message is None:
        raise NotFound("There is no such message in this room.")
    event: dict[str, Any] = from_json(message.body)
    if event["by"]["id"] != user.id and not (or_moderate and may_moderate(user, place)):
        raise Forbidden("This message is somebody else's.")
    return event


def _text_now(connection: Connection, room_id: str, seq: int) -> str | None:
    text: str | None = from_json(message_now(connection, room_id, seq)).get("text")
    return text


def _newest_pages(connection: Connection, asked: list[tuple[User, str, int, int | None]]) -> list[Any]:
    """The newest page for each who asks, or the refusal: what most clients read, so many are answered together."""
    return [_newest_page(connection, *question) for question in asked]


def _newest_page(connection: Connection, user: User, room_id: str, limit: int, thread: int | None) -> Page | HubbubError:
    try:
        place = enter(connection, user, room_id)
    except HubbubError as refusal:
        return refusal
    found = store.messages_before(connection, room_id, MAX_SEQ, limit + 1, thread, place.first_seq)
    return _page(found[-limit:], has_older=len(found) > limit, has_newer=False)


def _before(connection: Connection, room_id: str, seq: int, limit: int, thread: int | None, first_seq: int) -> Page:
    found = store.messages_before(connection, room_id, seq, limit + 1, thread, first_seq)
    has_newer = bool(store.messages_after(connection, room_id, seq - 1, 1, thread, first_seq))
    return _page(found[-limit:], has_older=len(found) > limit, has_newer=has_newer, beyond=(seq, max(seq - 1, 0)))


def _after(connection: Connection, room_id: str, seq: int, limit: int, thread: int | None, first_seq: int) -> Page:
    found = store.messages_after(connection, room_id, seq, limit + 1, thread, first_seq)
    has_older = bool(store.messages_before(connection, room_id, seq + 1, 1, thread, first_seq))
    return _page(found[:limit], has_older=has_older, has_newer=len(found) > limit, beyond=(min(seq + 1, MAX_SEQ), seq))


def _around(connection: Connection, room_id: str, seq: int, limit: int, thread: int | None, first_seq: int) -> Page:
    """About half before and half after; what one side lacks, the other gives."""
    newer = store.messages_after(connection, room_id, seq - 1, limit + 1, thread, first_seq)
    older = store.messages_before(connection, room_id, seq, limit + 1, thread, first_seq)
    from_newer = min(len(newer), max(limit - limit // 2, limit - len(older)))
    from_older = min(len(older), limit - from_newer)
    kept = older[len(older) - from_older :] + newer[:from_newer]
    return _page(kept, has_older=len(older) > from_older, has_newer=len(newer) > from_newer)


def _page(found: list[store.StoredMessage], *, has_older: bool, has_newer: bool, beyond: tuple[int, int] = (0, 0)) -> Page:
    """A page with the cursors that go on from it; those of an empty one are `beyond` its end."""
    older, newer = (found[0].seq, found[-1].seq) if found else beyond
    return Page([message.now() for message in found], older if has_older else None, newer if has_newer else None)
