"""Behind the log, in its own time: decides who is to be told of what, and tells them. Of several nodes one does it."""

import asyncio
import contextlib
import logging

from hubbub.database import Database, Transaction
from hubbub.notifications import store
from hubbub.notifications.deciding import PAUSE_SECONDS, Deciding
from hubbub.notifications.letters.sending import Sending
from hubbub.notifications.pushing import Pushing
from hubbub.notifications.vapid import VapidKey, can_push

LEASE = "notifications"
LOOK_SECONDS = 1.0
"""Where others write too, nobody tells of their news, and nobody that the lease has become free."""
TRY_AGAIN_SECONDS = 2.0

log = logging.getLogger("hubbub.notifications")


class Telling:
    """The one task that tells people of what they do not see."""

    def __init__(self, database: Database, pushing: Pushing, letters: Sending) -> None:
        self._database = database
        self._deciding = Deciding(database)
        self._pushing = pushing
        self._letters = letters
        self._writing: asyncio.Task[None] | None = None
        self._news: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._has_ended_logins = False
        self._has_lease = False
        self._turn = asyncio.Lock()

    @property
    def public_key(self) -> str | None:
        """What browsers subscribe with; None where pushes cannot be sent."""
        return self._pushing.key.public if self._pushing.key else None

    async def start(self) -> None:
        """Begin with what was said since the last time. The chat's own key is made at the first start."""
        if can_push():
            self._pushing.key = await self._database.write(_own_key, rooms=())
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._news.set()
        self._task = asyncio.create_task(self._follow(self._news), name="hubbub-notifications")

    async def stop(self) -> None:
        """Stop at once: what was decided is kept, and what was under way is tried again after the next start."""
        tasks = [task for task in (self._task, self._writing) if task is not None]
        self._task = self._writing = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something was committed."""
        if self._news is not None:
            self._news.set()

    def logins_ended(self) -> None:
        """Somebody was signed out somewhere: what was kept for that browser is to go."""
        self._has_ended_logins = True
        self.wake()

    async def catch_up(self) -> None:
        """Decide and tell everything that is due now."""
        await self._decide_and_push()
        await self._letters.send_due()

    async def _decide_and_push(self) -> None:
        async with self._turn:
            if self._has_ended_logins:
                self._has_ended_logins = False
                await self._database.write(lambda transaction: store.forget_signed_out(transaction.connection), rooms=())
            await self._deciding.catch_up()
            await self._pushing.send_due()

    async def _follow(self, news: asyncio.Event) -> None:
        while True:
            try:
                await self._wait_for(news)
                news.clear()
                self._has_lease = await self._database.leases.take(LEASE) is not None
                if self._has_lease:
                    await self._decide_and_push()
                    self._begin_to_write()
                await asyncio.sleep(PAUSE_SECONDS)  # one batch for what comes in one moment
            except Exception:
                log.exception("Notifications could not be sent, and will be again")
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                news.set()

    def _begin_to_write(self) -> None:
        """Beside the pushes: a mail server may take its time."""
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="hubbub-letters")

    async def _write(self) -> None:
        try:
            await self._letters.send_due()
        except Exception:
            log.exception("Letters could not be written, and will be again")

    async def _wait_for(self, news: asyncio.Event) -> None:
        """Wait for news, or until something is due."""
        seconds = await self._seconds_to_wait() if self._has_lease else LOOK_SECONDS
        if self._database.is_shared:
            seconds = LOOK_SECONDS if seconds is None else min(seconds, LOOK_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await news.wait()

    async def _seconds_to_wait(self) -> float | None:
        push = await self._database.read(store.next_due) if self._pushing.key else None
        due = [at for at in (push, await self._letters.next_look()) if at is not None]
        return max(0.0, (min(due) - self._database.now()) / 1000) if due else None


def _own_key(transaction: Transaction) -> VapidKey:
    if store.vapid_key(transaction.connection) is None:
        store.keep_vapid_key(transaction.connection, VapidKey.made().secret())
    kept = store.vapid_key(transaction.connection)
    assert kept is not None
    return VapidKey.kept(kept)
