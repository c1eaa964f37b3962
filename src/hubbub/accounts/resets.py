"""A new password by a one-time link, which the operator makes for whoever has lost theirs."""

from hubbub.accounts import store
from hubbub.accounts.credentials import could_be_secret, hash_of, new_secret
from hubbub.accounts.foundation import DAY, Ended
from hubbub.accounts.logins import Logins
from hubbub.accounts.model import NewLogin, User, checked_password
from hubbub.database import Transaction
from hubbub.errors import Forbidden
from hubbub.protocol.ids import is_id

# One answer for a wrong token, a used one, an old one and that of somebody who was deactivated.
_CLOSED = "This link is not open: it was used, is older than a day, or another one was made. Ask for a new one."


class Resets(Logins):
    """Each user has one link at most. It is open for a day, and closed by its use and by a password changed otherwise."""

    async def reset_token(self, user: User) -> str:
        """A fresh token for the user's link. The one before ends: only a hash is kept."""
        secret, until = new_secret(), self._now() + DAY
        await self._database.write(lambda transaction: store.set_reset(transaction.connection, user.id, hash_of(secret), until))
        return f"{user.id}.{secret}"

    async def reset_password(self, token: str, password: str, *, address: str | None, client: str = "") -> NewLogin:
        """Set a password by a link and sign in; every other login ends. Raises `Forbidden` when the link is not open."""
        self._limits.take("reset", address=address)
        user_id, _, secret = token.partition(".")
        if not is_id(user_id) or not could_be_secret(secret):
            raise Forbidden(_CLOSED)
        kept = hash_of(secret)
        if not await self._database.read(lambda connection: store.is_reset(connection, user_id, kept, self._now())):
            raise Forbidden(_CLOSED)
        password_hash = await self._passwords.hashed(checked_password(password))
        opened: list[NewLogin] = []

        def unit(transaction: Transaction) -> list[Ended]:
            # Asked again in the writer: of two at once one sets the password.
            user = store.user_by_id(transaction.connection, user_id)
            if not store.is_reset(transaction.connection, user_id, kept, self._now()) or user is None or not user.is_active:
                raise Forbidden(_CLOSED)
            store.set_password(transaction.connection, user_id, password_hash)
            ended = self._end_logins(transaction, user_id)
            opened[:] = [self._open_login(transaction, user, client)]
            return ended

        await self._end(unit)
        self._limits.give_back("reset", address=address)
        return opened[0]
