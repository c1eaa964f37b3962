"""What people do with messages: each feature is built and wired here, so that `app.py` need not know them one by one.

A feature that adds routes adds a line to `routers`; one that follows the log in its own time is one of `behind`.
"""

from collections.abc import Callable
from typing import Protocol

from fastapi import APIRouter

from hubbub.accounts.identity import Somebody
from hubbub.bookmarks.actions import Bookmarks
from hubbub.bookmarks.api import bookmarks_router
from hubbub.database import Database
from hubbub.journal.writing import Journal
from hubbub.messages.actions import Messages
from hubbub.messages.pace import Pace
from hubbub.pins.actions import Pins
from hubbub.pins.api import pins_router
from hubbub.reactions.actions import Reacting
from hubbub.reactions.api import reactions_router
from hubbub.realtime.hub import Hub
from hubbub.search.actions import Search
from hubbub.search.api import search_router
from hubbub.search.indexing import Indexing
from hubbub.settings import Settings
from hubbub.threads.actions import Threads
from hubbub.threads.api import threads_router


class Behind(Protocol):
    """What is done behind the log, in its own time: nobody who posts waits for it."""

    async def start(self) -> None:
        """Begin with what was logged since the last time."""

    async def stop(self) -> None:
        """Stop at once, and go on from the same place with the next start."""

    def wake(self) -> None:
        """Something was committed."""


class Features:
    """Everything that sees messages, and that messages know nothing of."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        journal: Journal,
        *,
        messages: Messages,
        hub: Hub,
        pace: Pace,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._database = database
        self._journal = journal
        self._messages = messages
        self._hub = hub
        self._pace = pace
        self._clock = clock
        self.pins = Pins(database, journal)
        self.threads = Threads(database)
        self.search_index = Indexing(database)
        self.behind: list[Behind] = [self.search_index]
        messages.when_deleted.append(self.pins.forget)
        messages.when_replied.append(self.threads.replied)

    def routers(self, somebody: Somebody) -> list[APIRouter]:
        """The REST side of every feature, for whoever `somebody` finds to be asking."""
        reacting = Reacting(self._database, self._journal)
        return [
            reactions_router(reacting, self._messages, somebody, self._pace, self._clock),
            pins_router(self.pins, self._messages, somebody, self._pace, self._clock),
            threads_router(self.threads, somebody),
            bookmarks_router(Bookmarks(self._database), somebody),
            search_router(Search(self._database), somebody),
        ]

    async def start(self) -> None:
        """Begin all that is done behind the log."""
        for part in self.behind:
            await part.start()

    async def stop(self) -> None:
        """Stop it, the last begun first."""
        for part in reversed(self.behind):
            await part.stop()

    def wake(self) -> None:
        """Something was committed."""
        for part in self.behind:
            part.wake()
