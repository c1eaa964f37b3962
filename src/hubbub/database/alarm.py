"""Alarms: what is to be done at its time, by one node of several."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection

from hubbub.database.engine import Database

LOOK_SECONDS = 1.0
TRY_AGAIN_SECONDS = 2.0

log = logging.getLogger("hubbub.database")


class Alarm:
    """Rings when something is due, within a second or two.

    Of several nodes the one that has the alarm's lease rings. When a node dies another may ring for the same again, so
    what is done by the ring must take itself out of what is due, in one transaction.
    """

    def __init__(
        self, database: Database, name: str, *, next_due: Callable[[Connection], int | None], ring: Callable[[], Awaitable[None]]
    ) -> None:
        """`next_due` says when something is due next, in milliseconds since 1970; `ring` does all that is due."""
        self._database = database
        self._name = name
        self._next_due = next_due
        self._ring = ring
        self._next: int | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to watch the time. What became due meanwhile is done first."""
        self._next = await self._database.read(self._next_due)
        self._task = asyncio.create_task(self._watch(), name=f"hubbub-{self._name}")

    async def stop(self) -> None:
        """Stop at once; what is due then is done after the next start."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def wake(self) -> None:
        """A commit moves no clock."""

    def set_to(self, at: int) -> None:
        """Something is due then, too."""
        self._next = at if self._next is None else min(at, self._next)

    async def _watch(self) -> None:
        while True:
            try:
                if self._may_be_due() and await self._database.leases.take(self._name) is not None:
                    await self._ring_now()
            except Exception:
                log.exception("The alarm of %s rang in vain, and rings again", self._name)
                self.set_to(0)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    def _may_be_due(self) -> bool:
        # Where others write too, nobody tells of what they set.
        return self._database.is_shared or (self._next is not None and self._next <= self._database.now())

    async def _ring_now(self) -> None:
        self._next = None
        await self._ring()
        following = await self._database.read(self._next_due)
        if following is not None:
            self.set_to(following)
