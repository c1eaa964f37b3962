"""Behind the commits: fetches the pages that messages link to, a few at a time, and never one twice."""

import asyncio
import contextlib
import logging

from hubbub.outgoing import Outgoing, Unreachable
from hubbub.previews.actions import Previews
from hubbub.previews.model import Found
from hubbub.previews.page import ACCEPT, PAGE_BYTES, found_on
from hubbub.previews.store import Job

AT_ONCE = 4
PAGE_SECONDS = 10.0
TRY_AGAIN_SECONDS = 2.0

log = logging.getLogger("hubbub.previews")


class Fetching:
    """The tasks that look at links. What is under way when they stop has no preview; what waits is gone on with."""

    def __init__(self, previews: Previews, outgoing: Outgoing) -> None:
        self._previews = previews
        self._outgoing = outgoing
        self._news: asyncio.Event | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin with what waits from the last time."""
        self._news = asyncio.Event()
        self._news.set()
        self._tasks = [asyncio.create_task(self._work(self._news), name=f"hubbub-previews-{number}") for number in range(AT_ONCE)]

    async def stop(self) -> None:
        """Stop at once."""
        tasks, self._tasks, self._news = self._tasks, [], None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something was committed."""
        if self._previews.has_work and self._news is not None:
            self._news.set()

    async def catch_up(self) -> None:
        """Look at everything that waits now."""
        while job := await self._previews.take():
            await self._look_at(job)

    async def _work(self, news: asyncio.Event) -> None:
        while True:
            await news.wait()
            news.clear()
            try:
                await self.catch_up()
            except Exception:
                log.exception("Links could not be looked at; this goes on with the next one")
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                news.set()

    async def _look_at(self, job: Job) -> None:
        found: dict[str, Found] = {}
        for link in job.links:
            # One broken page costs the others nothing.
            with contextlib.suppress(Unreachable):
                answer = await self._outgoing.get(link, accept=ACCEPT, most_bytes=PAGE_BYTES, seconds=PAGE_SECONDS)
                page = await asyncio.to_thread(found_on, answer)
                if page is not None:
                    found[link] = page
        if found:
            await self._previews.keep(job, found)
