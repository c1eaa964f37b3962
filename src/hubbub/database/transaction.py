"""What a unit of work is given: a connection, the time, and a way to say what to announce once it is committed."""

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from hubbub.database.kind import Ends

log = logging.getLogger("hubbub.database")


class Transaction:
    """One database transaction, shared by the units of work that the writer commits together.

    A unit sees what the units before it wrote. One that raises leaves no trace: neither rows, nor
    announcements, nor notes.
    """

    __slots__ = ("_after_commit", "_before_commit", "announcements", "connection", "ends", "is_second_try", "is_shared", "notes", "now")

    def __init__(self, connection: Connection, now: int, *, is_shared: bool = False) -> None:
        self.connection = connection
        self.now = now
        """The time of the whole transaction, in milliseconds since 1970."""
        self.is_shared = is_shared
        """Whether other processes write to this database too, so that nothing may be remembered from transactions before."""
        self.ends: Ends = {}
        """Where the rooms end that this transaction holds. On SQLite it holds everything, and none is named here."""
        self.is_second_try = False
        """Whether a draft is tried by itself, because the crowd that it came in raised: time to ask what is wrong."""
        self.announcements: list[Any] = []
        self.notes: dict[str, dict[Any, Any]] = {}
        self._before_commit: dict[str, Callable[[Transaction], None]] = {}
        self._after_commit: dict[str, Callable[[Transaction], None]] = {}

    def announce(self, news: Any) -> None:
        """Have `news` handed to the database's announcer, in order, after the commit and never without it."""
        self.announcements.append(news)

    def note(self, name: str) -> dict[Any, Any]:
        """A dictionary that lives as long as the transaction, for what its units must know of one another."""
        return self.notes.setdefault(name, {})

    def before_commit(self, name: str, callback: "Callable[[Transaction], None]") -> None:
        """Run `callback` once, as the last thing before the commit, however many units ask for it by this name."""
        self._before_commit[name] = callback

    def after_commit(self, name: str, callback: "Callable[[Transaction], None]") -> None:
        """Run `callback` once on the writer's thread, right after the commit."""
        self._after_commit[name] = callback

    def finish(self) -> None:
        """Run what was to run before the commit. For the writer."""
        for callback in self._before_commit.values():
            callback(self)

    def committed(self) -> None:
        """Run what was to run after the commit, whatever comes of it: what is stored is stored. For the writer."""
        for name, callback in self._after_commit.items():
            try:
                callback(self)
            except Exception:
                log.exception("What follows a commit failed (%s). What was committed stands, and is announced and acknowledged", name)
