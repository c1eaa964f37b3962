"""What happens to accounts, for whatever lives by them: the sessions of this node, what is remembered here, the other nodes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from hubbub.accounts.actions import Accounts
from hubbub.accounts.host import Host
from hubbub.accounts.model import User
from hubbub.accounts.rechecking import Rechecking
from hubbub.errors import HubbubError
from hubbub.protocol import signals
from hubbub.protocol.codes import CloseCode
from hubbub.realtime.hub import Hub

FAREWELLS = {CloseCode.FORBIDDEN: "this account was deactivated", CloseCode.SIGNED_OUT: "signed out, or the token was revoked"}

log = logging.getLogger("hubbub.accounts")


class AccountNews:
    """Ends, renames and asks again here, and has the other nodes do the same."""

    def __init__(
        self,
        hub: Hub,
        accounts: Accounts,
        host: Host | None,
        rechecking: Rechecking | None,
        rooms_of: Callable[[str], Awaitable[Sequence[str]]],
    ) -> None:
        self._hub = hub
        self._rooms_of = rooms_of
        self._accounts = accounts
        self._host = host
        self._rechecking = rechecking
        self._under_way: set[asyncio.Task[None]] = set()
        self.tell_everybody: Callable[[Any], None] = _nobody
        """How the other nodes are told, where there are some."""

    def credentials_ended(self, user_id: str, credential_id: str | None, code: CloseCode) -> None:
        """Close what lives by a credential that has ended, or by any of the user's, on every node."""
        self.end_here(user_id, credential_id, code)
        self.tell_everybody({"ended": [user_id, credential_id, int(code)]})

    def user_changed(self, user: User) -> None:
        """Somebody has another name, on every node."""
        self.change_here(user)
        self.tell_everybody({"changed": user.id})

    async def user_renamed(self, user: User) -> None:
        """Tell everybody who shares a room with somebody how they are called now, on every node."""
        self.tell_everybody({"renamed": user.id})
        await self._tell_of(user)

    async def recheck(self, user_id: str) -> None:
        """Ask the host app about somebody, on every node on which they are connected."""
        self.tell_everybody({"recheck": user_id})
        await self._recheck_here(user_id)

    def take(self, news: Any) -> None:
        """What another node tells."""
        if "ended" in news:
            user_id, credential_id, code = news["ended"]
            self.end_here(user_id, credential_id, CloseCode(code))
        elif "changed" in news:
            self._forget(news["changed"], None)
            self._begin(self._read_again(news["changed"]))
        elif "renamed" in news:
            self._begin(self._read_and_tell(news["renamed"]))
        elif "recheck" in news:
            self._begin(self._recheck_here(news["recheck"]))

    def end_here(self, user_id: str, credential_id: str | None, code: CloseCode) -> None:
        """Close on this node what lives by a credential, or by any of the user's."""
        self._forget(user_id, credential_id)
        self._hub.end_sessions(user_id, credential_id, code, FAREWELLS.get(code, ""))

    def change_here(self, user: User) -> None:
        """Somebody has another name, as far as this node is concerned."""
        self._forget(user.id, None)
        for session in self._hub.sessions_of(user.id):
            session.user = user

    def _forget(self, user_id: str, credential_id: str | None) -> None:
        self._accounts.forget(user_id, credential_id)
        if self._host:
            self._host.forget(user_id)

    async def _read_again(self, user_id: str) -> None:
        if self._hub.sessions_of(user_id) and (user := await self._accounts.user_by_id(user_id)):
            self.change_here(user)

    async def _read_and_tell(self, user_id: str) -> None:
        if user := await self._accounts.user_by_id(user_id):
            await self._tell_of(user)

    async def _tell_of(self, user: User) -> None:
        try:
            rooms = await self._rooms_of(user.id)
        except HubbubError as error:
            log.warning("Who shares a room with %s was not told of the new name: %s", user.id, error)
        else:
            self._hub.tell_those_in(rooms, signals.user_changed(user.person()), about=user.id)

    async def _recheck_here(self, user_id: str) -> None:
        if self._host and self._rechecking:
            self._host.forget(user_id)
            await self._rechecking.check(self._hub.sessions_of(user_id))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        async def carry_out() -> None:
            try:
                await work
            except HubbubError as error:
                log.warning("News of an account could not be followed, and how it stands will be asked: %s", error)

        task = asyncio.create_task(carry_out())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _nobody(_news: Any) -> None:
    """There are no other nodes."""
