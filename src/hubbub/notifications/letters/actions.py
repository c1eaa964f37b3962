"""What one can do about letters: say where they go, show that the address is one's own, and have no more of them."""

import secrets
from collections.abc import Callable
from typing import NamedTuple

from hubbub.accounts import store as accounts
from hubbub.accounts.credentials import hash_of
from hubbub.accounts.model import User, merged_preferences
from hubbub.accounts.rate_limits import RateLimits
from hubbub.database import Database, Transaction
from hubbub.errors import Conflict, Invalid, NotFound, Unavailable
from hubbub.mailing import Mailer, Undelivered
from hubbub.mailing.letter import is_address
from hubbub.notifications.letters import store
from hubbub.notifications.letters.writing import confirmation

CODE_LIFE = 2 * 24 * 60 * 60 * 1000
CODE_LENGTH = 200
_OFF = "This chat writes no letters. Whoever runs it can let it, with HUBBUB_SMTP_URL."
_ENDED = "This link has been used, is too old, or was followed by a newer one. Ask for another letter in your account."


class Mailbox(NamedTuple):
    """Where somebody wants letters, as they see it."""

    is_available: bool
    address: str | None
    is_verified: bool


class Letters:
    """The addresses of one chat."""

    def __init__(
        self, database: Database, mailer: Mailer | None, clock: Callable[[], float], *, chat: str, base: str, has_rate_limits: bool
    ) -> None:
        self._database = database
        self._mailer = mailer
        self._chat = chat
        self._base = base
        self._limits = RateLimits(clock, is_on=has_rate_limits)

    async def look(self, user: User) -> Mailbox:
        """Where the user wants letters."""
        kept = await self._database.read(lambda connection: store.kept_of(connection, user.id))
        return Mailbox(self._mailer is not None, kept.address if kept else None, kept is not None and kept.is_verified)

    async def keep(self, user: User, address: str) -> None:
        """Ask at an address whether it is the user's; from then on it counts instead of the one before.

        Raises `Invalid` for what is no address, `Conflict` where no letters are written, `Unavailable` when the mail server
        did not take this one.
        """
        if self._mailer is None:
            raise Conflict(_OFF)
        if not is_address(address.strip()):
            raise Invalid("An e-mail address looks like ada@example.org.", field="address")
        self._limits.take("email", account=user.id)
        to, code, stop_code = address.strip(), secrets.token_urlsafe(24), secrets.token_urlsafe(24)

        def unit(transaction: Transaction) -> None:
            store.keep_address(transaction.connection, user.id, to, hash_of(code), stop_code, transaction.now)

        await self._database.write(unit, rooms=())
        try:
            await self._mailer.send(confirmation(self._chat, self._base, to, user.name, code))
        except Undelivered as error:
            raise Unavailable(f"The letter could not be sent, so the address is not confirmed. {error}", retry_after=60) from error

    async def forget(self, user: User) -> None:
        """Write no more letters to the user, and forget the address."""
        await self._database.write(lambda transaction: store.forget_address(transaction.connection, user.id), rooms=())

    async def confirm(self, code: str) -> None:
        """The address where this code arrived is its user's. Raises `NotFound`."""

        def unit(transaction: Transaction) -> None:
            is_known = len(code) <= CODE_LENGTH and store.confirm(
                transaction.connection, hash_of(code), transaction.now - CODE_LIFE, transaction.now
            )
            if not is_known:
                raise NotFound(_ENDED)

        await self._database.write(unit, rooms=())

    async def stop(self, stop_code: str) -> None:
        """No more letters to whoever has letters with this code. Raises `NotFound`."""

        def unit(transaction: Transaction) -> None:
            connection = transaction.connection
            user_id = store.user_to_stop(connection, stop_code) if len(stop_code) <= CODE_LENGTH else None
            if user_id is None:
                raise NotFound("No letters have this link any more.")
            kept = accounts.preferences_of(connection, user_id)
            chosen = kept.get("notifications")
            changed = {**(chosen if isinstance(chosen, dict) else {}), "email": False}
            accounts.set_preferences(connection, user_id, merged_preferences(kept, {"notifications": changed}))
            store.forget_all_missed(connection, user_id)

        await self._database.write(unit, rooms=())
