"""The index follows the log: a task of its own, in small batches, so that nobody who posts waits for it."""

import asyncio
import re
from functools import partial
from typing import Any

from pydantic_core import from_json

from hubbub.database import Connection, Database, Transaction
from hubbub.journal.trailing import Trailing
from hubbub.search import store
from hubbub.search.store import Document, Logged
from hubbub.search.words import words_of

EVENTS_AT_ONCE = 200
EVENTS_WHILE_OTHERS_POST = 32  # some milliseconds of the writer's time, by which a message is late that comes meanwhile
ROOMS_AT_ONCE = 50
PAUSE_SECONDS = 0.05
QUIET_WITHIN_SECONDS = 0.05
ALONE_SECONDS = 1.0
LEAST_PAGES_MERGED = 4

_LINK = re.compile(r"https?://\S", re.IGNORECASE)

Batch = tuple[str, int, list[Logged]]
"""A room, its place in the index, and the events that follow."""


class Indexing(Trailing):
    """Brings the index up to the log, whenever something was committed."""

    def __init__(self, database: Database) -> None:
        super().__init__("search index", self.catch_up)
        self._database = database

    async def catch_up(self) -> None:
        """Index everything that is in the log now."""
        while batches := await self._database.read(partial(_next_batches, most=self._events_at_once)):
            for batch in batches:
                await self._database.write(lambda transaction, batch=batch: _index(transaction, *batch), rooms=())  # type: ignore[misc]
                if self._database.writer.is_busy:
                    await asyncio.sleep(PAUSE_SECONDS)  # those who post come first
            if not self.is_quiet_for(ALONE_SECONDS):
                await asyncio.sleep(PAUSE_SECONDS)  # and those who are about to
                await self.quiet_moment(QUIET_WITHIN_SECONDS)

    @property
    def _events_at_once(self) -> int:
        return EVENTS_AT_ONCE if self.is_quiet_for(ALONE_SECONDS) else EVENTS_WHILE_OTHERS_POST


def _next_batches(connection: Connection, most: int) -> list[Batch]:
    batches: list[Batch] = []
    events = 0
    for room_id, place in store.rooms_behind(connection, ROOMS_AT_ONCE):
        found = store.log_after(connection, room_id, place, most)
        batches.append((room_id, place, found))
        events += len(found)
        if events >= most:
            break
    return [batch for batch in batches if batch[2]]


def _index(transaction: Transaction, room_id: str, place: int, events: list[Logged]) -> None:
    """Index a batch, unless another node did meanwhile."""
    connection = transaction.connection
    if not store.move_place(connection, room_id, place, events[-1].seq):
        return
    documents: dict[int, Document] = {}
    names: dict[int, str] = {}
    changed: dict[int, str] = {}
    gone: set[int] = set()
    for event in events:
        if event.type == "message.created":
            _add(documents, names, room_id, event)
        elif event.type == "message.edited" and event.target is not None:
            _change(documents, names, changed, event.target, from_json(event.body))
        elif event.type == "message.deleted" and event.target is not None:
            documents.pop(event.target, None)
            gone.add(event.target)
    store.keep(connection, documents.values())
    still = {seq: text for seq, text in changed.items() if seq not in gone}
    names |= {seq: _names(from_json(body)) for seq, body in store.with_files(connection, room_id, list(still))}
    store.change_words(connection, room_id, {seq: _words(text, names.get(seq, "")) for seq, text in still.items()})
    store.forget(connection, room_id, gone)
    store.merge(connection, max(LEAST_PAGES_MERGED, len(events) // 2))


def _add(documents: dict[int, Document], names: dict[int, str], room_id: str, event: Logged) -> None:
    message = from_json(event.body)
    if not message.get("redacted"):
        names[event.seq] = _names(message)
        words, has_link = _words(message.get("text", ""), names[event.seq])
        has_file = bool(message.get("files"))
        documents[event.seq] = Document(event.id, room_id, event.seq, event.author_id, event.at, words, has_link, has_file)


def _change(documents: dict[int, Document], names: dict[int, str], changed: dict[int, str], seq: int, edit: dict[str, Any]) -> None:
    if edit.get("redacted"):
        return
    if seq in documents:
        words, has_link = _words(edit.get("text", ""), names[seq])
        documents[seq] = documents[seq]._replace(words=words, has_link=has_link)
    else:
        changed[seq] = edit.get("text", "")


def _names(message: dict[str, Any]) -> str:
    """The names of a message's files, which are found like its words."""
    return " ".join(file["name"] for file in message.get("files", ()))


def _words(text: str, names: str) -> tuple[str, bool]:
    return " ".join(words_of(f"{text} {names}")), _LINK.search(text) is not None
