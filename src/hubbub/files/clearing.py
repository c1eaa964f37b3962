"""Clearing away: what nothing refers to any more leaves the disk, and uploads that nobody sent do too."""

import asyncio
import contextlib
import logging

from hubbub.database import Database, Transaction
from hubbub.files import store
from hubbub.files.model import UNSENT_HOURS
from hubbub.files.storage import Storage

AT_ONCE = 100
LOOK_SECONDS = 15 * 60.0
TRY_AGAIN_SECONDS = 30.0

log = logging.getLogger("hubbub.files")


class Clearing:
    """Removes what was noted in the database as done with. Whoever does it twice, on two nodes too, does no harm."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage
        self._news: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self.has_work = False
        """Set in a transaction that leaves something to be removed; heard by `wake`, after its commit."""

    async def start(self) -> None:
        """Begin with what is left from the last time."""
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._watch(self._news), name="hubbub-files")

    async def stop(self) -> None:
        """Stop at once: what is noted stays noted."""
        task, self._task, self._news = self._task, None, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def wake(self) -> None:
        """Something was committed."""
        if self.has_work:
            self.hurry()

    def hurry(self) -> None:
        """There is something to be removed."""
        if self._news is not None:
            self._news.set()

    async def clear(self) -> None:
        """Remove everything that is done with now."""
        self.has_work = False
        before = self._database.now() - UNSENT_HOURS * 60 * 60 * 1000
        while ids := await self._database.read(lambda connection: store.unsent_since(connection, before, AT_ONCE)):
            await self._database.write(lambda transaction, ids=ids: _give_up(transaction, ids), rooms=())  # type: ignore[misc]
        while remains := await self._database.read(lambda connection: store.some_remains(connection, AT_ONCE)):
            await asyncio.to_thread(self._remove, remains)
            addresses = [each.address for each in remains]
            await self._database.write(
                lambda transaction, addresses=addresses: store.forget_remains(transaction.connection, addresses),  # type: ignore[misc]
                rooms=(),
            )

    async def _watch(self, news: asyncio.Event) -> None:
        while True:
            pause = LOOK_SECONDS
            try:
                await self.clear()
            except Exception:
                log.exception("Files that are done with could not be removed; this will be tried again")
                pause = TRY_AGAIN_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await news.wait()
            news.clear()

    def _remove(self, remains: list[store.Remains]) -> None:
        for address, is_upload in remains:
            if is_upload:
                self._storage.forget(address)
            else:
                self._storage.remove(address)


def _give_up(transaction: Transaction, ids: list[str]) -> None:
    """Forget uploads, but for those that were sent since they were looked for."""
    store.delete_files(transaction.connection, ids, unsent_only=True)
