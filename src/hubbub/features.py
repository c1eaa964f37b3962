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
from hubbub.files.api import files_routers
from hubbub.files.cabinet import Cabinet
from hubbub.journal.writing import Journal
from hubbub.messages.actions import Messages
from hubbub.messages.pace import Pace
from hubbub.notifications.api import notifications_router
from hubbub.notifications.letters.api import letters_router
from hubbub.notifications.wiring import Notifications
from hubbub.outgoing import Outgoing
from hubbub.pins.actions import Pins
from hubbub.pins.api import pins_router
from hubbub.polls.actions import Polls
from hubbub.polls.api import polls_router
from hubbub.previews.actions import Previews
from hubbub.previews.api import previews_router
from hubbub.previews.fetching import Fetching
from hubbub.reactions.actions import Reacting
from hubbub.reactions.api import reactions_router
from hubbub.realtime.hub import Hub
from hubbub.scheduling.actions import Scheduling
from hubbub.scheduling.api import scheduling_router
from hubbub.search.actions import Search
from hubbub.search.api import search_router
from hubbub.search.indexing import Indexing
from hubbub.seen.actions import Seen
from hubbub.seen.api import seen_router
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
        self.threads = Threads(database, hub.tell_user)
        self.search_index = Indexing(database)
        self.scheduling = Scheduling(database, messages, hub.tell_user, text_limit=settings.text_limit)
        self.bookmarks = Bookmarks(database, hub.tell_user)
        self.behind: list[Behind] = [self.search_index, self.scheduling.alarm, self.bookmarks.alarm]
        self.outgoing = Outgoing(reachable=settings.outgoing_networks)
        self.notifications = Notifications(settings, database, hub, self.outgoing, clock)
        self.behind.append(self.notifications.telling)
        self.files = Cabinet(settings, database, messages, clock=clock)
        self.behind.append(self.files.clearing)
        self.previews = Previews(database, journal, own_url=settings.public_url)
        self.previewing = Fetching(self.previews, self.outgoing)
        self.behind.append(self.previewing)
        messages.when_posted.append(self.previews.posted)
        messages.when_edited.append(self.previews.edited)
        messages.when_deleted += [self.pins.forget, self.previews.deleted]
        messages.when_replied.append(self.threads.replied)

    def routers(self, somebody: Somebody) -> list[APIRouter]:
        """The REST side of every feature, for whoever `somebody` finds to be asking."""
        reacting = Reacting(self._database, self._journal)
        return [
            reactions_router(reacting, self._messages, somebody, self._pace, self._clock),
            seen_router(Seen(self._database), somebody),
            polls_router(Polls(self._database, self._journal), self._messages, somebody, self._pace, self._clock),
            previews_router(self.previews, somebody, self._pace, self._clock),
            pins_router(self.pins, self._messages, somebody, self._pace, self._clock),
            threads_router(self.threads, somebody),
            bookmarks_router(self.bookmarks, somebody),
            scheduling_router(self.scheduling, somebody, self._pace, self._clock),
            search_router(Search(self._database), somebody),
            *files_routers(self.files, somebody),
            notifications_router(self.notifications.browsers, somebody),
            letters_router(self.notifications.letters, somebody),
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
