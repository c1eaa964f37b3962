"""Asks the host app again, every few minutes, whether those who are connected are still allowed."""

import asyncio
import logging
from collections.abc import Iterable

from hubbub.accounts.host import Host
from hubbub.errors import Forbidden, HubbubError, Unauthenticated
from hubbub.protocol.codes import CloseCode
from hubbub.realtime.hub import Hub
from hubbub.realtime.session import Session

ASKED_AT_ONCE = 4

log = logging.getLogger("hubbub.accounts")


class Rechecking:
    """Closes with 4403 the sessions of those whom the host no longer lets in, or who are somebody else by now."""

    def __init__(self, host: Host, hub: Hub, *, seconds: float) -> None:
        self._host = host
        self._hub = hub
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask, every few minutes."""
        self._task = asyncio.create_task(self._ask_for_ever(), name="hubbub-recheck")

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def check(self, sessions: Iterable[Session]) -> None:
        """Ask about these sessions now, a few at a time, and close those that are no longer allowed."""
        few = asyncio.Semaphore(ASKED_AT_ONCE)

        async def check_one(session: Session) -> None:
            async with few:
                if not await self._is_allowed(session):
                    self._hub.close(session)
                    session.connection.close(CloseCode.FORBIDDEN, "no longer allowed")

        await asyncio.gather(*(check_one(session) for session in sessions if session.visit is not None))

    async def _is_allowed(self, session: Session) -> bool:
        try:
            found = await self._host.ask(session.visit)
        except (Unauthenticated, Forbidden):
            return False
        except HubbubError:
            return True  # the host cannot say just now; it is asked again
        return found.user is not None and found.user.id == session.user.id

    async def _ask_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self.check(self._hub.sessions())
            except Exception:
                log.exception("Asking the host about those who are connected failed; it is done again in %s s", self._seconds)
