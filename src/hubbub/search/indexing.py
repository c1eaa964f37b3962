"""The index follows the log: a task of its own, in small batches, so that nobody who posts waits for it."""

import asyncio
import contextlib
import logging
import re
from typing import Any

from pydantic_core import from_json

from hubbub.database import Connection, Database, Transaction
from hubbub.search import store
from hubbub.search.store import Document, Logged
from hubbub.search.words import words_of

EVENTS_AT_ONCE = 200
ROOMS_AT_ONCE = 50
PAUSE_SECONDS = 0.25
TRY_AGAIN_SECONDS = 2.0

_LINK = re.compile(r"https?://\S", re.IGNORECASE)

log = logging.getLogger("hubbub.search")

Batch = tuple[str, int, list[Logged]]
"""A room, its place in the index, and the events that follow."""


class Indexing:
    """Brings the index up to the log, whenever something was committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._news: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with what was logged since the last time."""
        self._news = asyncio.Event()
        self._news.set()
        self._task = asyncio.create_task(self._follow(self._news), name="hubbub-search")

    async def stop(self) -> None:
        """Stop at once: the index goes on from its place with the next start."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def wake(self) -> None:
        """Something was committed."""
        if self._news is not None:
            self._news.set()

    async def catch_up(self) -> None:
        """Index everything that is in the log now."""
        while batches := await self._database.read(_next_batches):
            for batch in batches:
                await self._database.write(lambda transaction, batch=batch: _index(transaction, *batch), rooms=())  # type: ignore[misc]
                if self._database.writer.is_busy:
                    await asyncio.sleep(PAUSE_SECONDS)  # those who post come first

    async def _follow(self, news: asyncio.Event) -> None:
        while True:
            await news.wait()
            news.clear()
            try:
                await self.catch_up()
                await asyncio.sleep(PAUSE_SECONDS)  # one batch for what comes in one moment
            except Exception:
                log.exception("The search index could not follow the log, and will try again")
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                news.set()


def _next_batches(connection: Connection) -> list[Batch]:
    batches: list[Batch] = []
    events = 0
    for room_id, place in store.rooms_behind(connection, ROOMS_AT_ONCE):
        found = store.log_after(connection, room_id, place, EVENTS_AT_ONCE)
        batches.append((room_id, place, found))
        events += len(found)
        if events >= EVENTS_AT_ONCE:
            break
    return [batch for batch in batches if batch[2]]


def _index(transaction: Transaction, room_id: str, place: int, events: list[Logged]) -> None:
    """Index a batch, unless another node did meanwhile."""
    connection = transaction.connection
    if not store.move_place(connection, room_id, place, events[-1].seq):
        return
    documents: dict[int, Document] = {}
    changed: dict[int, tuple[str, bool]] = {}
    gone: set[int] = set()
    for event in events:
        if event.type == "message.created":
            _add(documents, room_id, event)
        elif event.type == "message.edited" and event.target is not None:
            _change(documents, changed, event.target, from_json(event.body))
        elif event.type == "message.deleted" and event.target is not None:
            documents.pop(event.target, None)
            gone.add(event.target)
    store.keep(connection, documents.values())
    store.change_words(connection, room_id, {seq: text for seq, text in changed.items() if seq not in gone})
    store.forget(connection, room_id, gone)


def _add(documents: dict[int, Document], room_id: str, event: Logged) -> None:
    message = from_json(event.body)
    if not message.get("redacted"):
        words, has_link = _words(message.get("text", ""))
        has_file = bool(message.get("files"))
        documents[event.seq] = Document(event.id, room_id, event.seq, event.author_id, event.at, words, has_link, has_file)


def _change(documents: dict[int, Document], changed: dict[int, tuple[str, bool]], seq: int, edit: dict[str, Any]) -> None:
    if edit.get("redacted"):
        return
    words, has_link = _words(edit.get("text", ""))
    if seq in documents:
        documents[seq] = documents[seq]._replace(words=words, has_link=has_link)
    else:
        changed[seq] = words, has_link


def _words(text: str) -> tuple[str, bool]:
    return " ".join(words_of(text)), _LINK.search(text) is not None
