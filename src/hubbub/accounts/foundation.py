"""What every action on accounts stands on: the parts, the time, and how a credential ends for good."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from hubbub.accounts import store
from hubbub.accounts.credentials import Key, Known, KnownCredentials, could_be_secret, hash_of, new_secret
from hubbub.accounts.model import Credential, CredentialKind, Login, NewLogin, User, client_name
from hubbub.accounts.passwords import Passwords
from hubbub.accounts.rate_limits import RateLimits
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Unavailable
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.ids import new_id
from hubbub.settings import Settings

T = TypeVar("T")

DAY = 24 * 60 * 60 * 1000
HOUR = 60 * 60 * 1000
LOOK_AGAIN_AFTER = 60 * 1000
# What another node ended is known here after this long at the latest, even when no news of it arrives.
LOOK_AGAIN_WITH_OTHERS_AFTER = 8 * 1000


class Ended(NamedTuple):
    """Credentials that are no more: one, or with None all of the user's; and how to close what lived by them."""

    user_id: str
    credential_id: str | None
    code: CloseCode


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What the rest of Hubbub does when something happens to an account. All come from where the parts are wired."""

    on_user_created: Callable[[Transaction, User], None]
    """In the unit that made the user, so that both are kept or neither."""
    on_credentials_ended: Callable[[str, str | None, CloseCode], None]
    """On the event loop, after the commit: close what lives by the user's credential, or by any of theirs."""
    on_user_changed: Callable[[User], None]
    """On the event loop, after the commit: the user may have another name."""
    on_user_renamed: Callable[[User], Awaitable[None]]
    """The same, where others see another name from now on."""
    check_may_invite: Callable[[Transaction, User, str], None]
    """Raises `NotFound` or `Forbidden` when the user may not invite to the room of this id."""
    join_room: Callable[[Transaction, User, str], bool]
    """Make the user a member of the room; False when they are already, or nobody can join it any more."""


class Foundation:
    """The parts that the actions share, and the one way from a secret to a user."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        callbacks: Callbacks,
        *,
        clock: Callable[[], float],
        passwords: Passwords,
    ) -> None:
        self._database = database
        self._callbacks = callbacks
        self._clock = clock
        self._login_life = settings.login_days * DAY
        self._look_again_after = LOOK_AGAIN_WITH_OTHERS_AFTER if database.is_shared else LOOK_AGAIN_AFTER
        self._known = KnownCredentials()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._passwords = passwords
        self._limits = RateLimits(clock, is_on=settings.has_rate_limits)

    async def authenticate_login(self, secret: str) -> tuple[User, Credential] | None:
        """Whose cookie this is; None when it is nobody's, has ended, or was not used for `login_days`."""
        return await self._authenticate("login", secret)

    async def authenticate_token(self, secret: str) -> tuple[User, Credential] | None:
        """Whose bearer token this is; None when it is nobody's or was revoked."""
        return await self._authenticate("token", secret)

    def forget(self, user_id: str, credential_id: str | None = None) -> None:
        """Look up again what was remembered of a user's credentials. For news from another node."""
        self._known.forget(user_id, credential_id)

    def close(self) -> None:
        """Let go of the threads that hash passwords."""
        self._passwords.close()

    async def _authenticate(self, kind: CredentialKind, secret: str) -> tuple[User, Credential] | None:
        if not could_be_secret(secret):
            return None
        key = (kind, hash_of(secret))
        known = self._known.get(key)
        if known is None or self._may_be_outdated(known.read_at):
            known = await self._look_up(key)
        if known is None or (kind == "login" and not await self._is_in_use(known)):
            return None
        return known.user, known.credential

    async def _look_up(self, key: Key) -> Known | None:
        while True:
            generation = self._known.generation
            found = await self._database.read_together(_credentials, key)
            if found is None:
                return None
            known = Known(*found, read_at=self._now())
            if self._known.remember(key, known, generation):
                return known

    async def _is_in_use(self, known: Known) -> bool:
        """Whether a login was used lately enough; that it is used now is written down at most once an hour."""
        now = self._now()
        if now - known.last_seen_at > self._login_life:
            return False
        if now - known.last_seen_at >= HOUR:
            known.last_seen_at = now
            # Noting the time may wait for a database that is busy; the person need not.
            with suppress(Unavailable):
                await self._database.write(
                    lambda transaction: store.touch_login(transaction.connection, known.credential.id, now), rooms=()
                )
        return True

    async def _end(self, unit: Callable[[Transaction], Sequence[Ended]]) -> None:
        """Commit what ends credentials, forget them and close what lives by them."""

        async def end() -> None:
            for user_id, credential_id, code in await self._database.write(unit):
                self._known.forget(user_id, credential_id)
                self._callbacks.on_credentials_ended(user_id, credential_id, code)

        await self._to_the_last(end())

    async def _to_the_last(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry out all of it, even if whoever asked goes away: a commit is never left without what follows from it."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    def _open_login(self, transaction: Transaction, user: User, client: str) -> NewLogin:
        """A fresh login with a secret of its own, never one that the browser came with."""
        now = self._now()
        secret = new_secret()
        login = Login(new_id(), user.id, client_name(client), now, now)
        store.delete_unused_logins(transaction.connection, user.id, now - self._login_life)
        store.insert_login(transaction.connection, login, hash_of(secret))
        return NewLogin(user, login, secret)

    def _may_be_outdated(self, read_at: int) -> bool:
        return not 0 <= self._now() - read_at < self._look_again_after

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _credentials(connection: Connection, keys: list[Key]) -> list[tuple[User, Credential, int] | None]:
    """Whose secrets these are: after a restart everybody comes back at once, and nobody is remembered."""
    return [store.credential_by_hash(connection, *key) for key in keys]
