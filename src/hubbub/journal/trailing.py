"""Work that trails the log: a task of its own, in moments in which nobody posts, so that nobody who posts waits for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

QUIET_SECONDS = 0.03
LONGEST_WAIT_SECONDS = 1.0
TRY_AGAIN_SECONDS = 2.0

log = logging.getLogger("hubbub.journal")


class Trailing:
    """Calls `catch_up` after something was committed: in the next quiet moment, or after a second where there is none.

    Its commits and its Python would otherwise stand in the way of the very messages that it follows.
    """

    def __init__(self, name: str, catch_up: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._catch_up = catch_up
        self._news: asyncio.Event | None = None
        self._last_news = 0.0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with what was logged since the last time."""
        self._news = asyncio.Event()
        self._news.set()
        self._task = asyncio.create_task(self._follow(self._news), name=f"hubbub-{self._name}")

    async def stop(self) -> None:
        """Stop at once: what is left is caught up with after the next start."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def wake(self) -> None:
        """Something was committed."""
        if self._news is not None:
            self._last_news = asyncio.get_running_loop().time()
            self._news.set()

    def is_quiet_for(self, seconds: float) -> bool:
        """Whether nothing was committed for so long that hardly anybody will wait for what is done now."""
        return asyncio.get_running_loop().time() - self._last_news >= seconds

    async def quiet_moment(self, longest: float) -> None:
        """Wait until nothing was committed for a moment: until what was is delivered. At most so many seconds."""
        clock = asyncio.get_running_loop().time
        until = clock() + longest
        while (wait := min(self._last_news + QUIET_SECONDS, until) - clock()) > 0:  # noqa: ASYNC110 - not one thing more for each commit
            await asyncio.sleep(wait)

    async def _follow(self, news: asyncio.Event) -> None:
        while True:
            await news.wait()
            try:
                await self.quiet_moment(LONGEST_WAIT_SECONDS)
                news.clear()
                await self._catch_up()
            except Exception:
                log.exception("The %s could not follow the log, and will try again", self._name)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                news.set()
