"""Signing in and out, the devices one is signed in on, and changing one's password."""

from hubbub.accounts import store
from hubbub.accounts.foundation import Ended, Foundation
from hubbub.accounts.model import Credential, Login, NewLogin, User, checked_password, name_key
from hubbub.database import Transaction
from hubbub.errors import Conflict, Forbidden, NotFound, Unauthenticated
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.ids import is_id

# One sentence for every reason, so that it tells nobody which names exist.
_REFUSED = "The name or the password is not right. Check both and try again."


class Logins(Foundation):
    """A login is a browser's signed-in cookie; it ends when signed out or when not used for `login_days`."""

    async def sign_in(self, name: str, password: str, *, address: str | None, client: str = "") -> NewLogin:
        """Open a login. Raises `Unauthenticated`, in the same words and time, for whatever is not right.

        Raises `RateLimited` after too many failures for this name or from this address.
        """
        key = name_key(name)
        self._limits.take("sign_in", account=key, address=address)
        user, password_hash = await self._database.read(lambda connection: store.account_by_key(connection, key))
        if not await self._passwords.verify(password, password_hash) or user is None or password_hash is None:
            raise Unauthenticated(_REFUSED)
        fresh_hash = await self._passwords.hashed(password) if self._passwords.is_outdated(password_hash) else password_hash

        def unit(transaction: Transaction) -> NewLogin:
            # Asked again in the writer: a password changed or an account closed meanwhile lets nobody in.
            if store.password_of(transaction.connection, user.id) != password_hash:
                raise Unauthenticated(_REFUSED)
            if fresh_hash != password_hash:
                store.set_password(transaction.connection, user.id, fresh_hash)
            return self._open_login(transaction, user, client)

        opened = await self._database.write(unit, rooms=())
        self._limits.give_back("sign_in", account=key, address=address)
        return opened

    async def sign_out(self, user: User, credential: Credential) -> None:
        """End the login that this request came by. Raises `Conflict` when it came by something else."""
        if credential.kind != "login":
            raise Conflict("Only a login can be signed out. A token ends with DELETE tokens/{id}.")
        await self.end_login(user, credential.id)

    async def sign_out_everywhere(self, user: User) -> None:
        """End all of the user's logins, this one too. Tokens stay."""
        await self._end(lambda transaction: self._end_logins(transaction, user.id))

    async def logins_of(self, user: User) -> list[Login]:
        """Where the user is signed in, the latest first."""
        since = self._now() - self._login_life
        return await self._database.read(lambda connection: store.logins_of(connection, user.id, since))

    async def end_login(self, user: User, login_id: str) -> None:
        """End one of the user's own logins. Raises `NotFound` when they have none of that id."""

        def unit(transaction: Transaction) -> list[Ended]:
            if not is_id(login_id) or not store.delete_login(transaction.connection, user.id, login_id):
                raise NotFound("You have no login of this id. It may have ended already.")
            return [Ended(user.id, login_id, CloseCode.SIGNED_OUT)]

        await self._end(unit)

    async def change_password(self, user: User, credential: Credential, old: str, new: str, *, address: str | None) -> None:
        """Change one's own password; every other login ends. Raises `Forbidden` when `old` is not right."""
        checked_password(new, field="new")
        self._limits.take("password", account=user.id, address=address)
        old_hash = await self._database.read(lambda connection: store.password_of(connection, user.id))
        if not await self._passwords.verify(old, old_hash):
            raise Forbidden("The old password is not right. Nothing was changed.", field="old")
        new_hash = await self._passwords.hashed(new)
        mine = credential.id if credential.kind == "login" else None

        def unit(transaction: Transaction) -> list[Ended]:
            if store.password_of(transaction.connection, user.id) != old_hash:
                raise Conflict("The password was changed meanwhile. Sign in with the new one.")
            store.set_password(transaction.connection, user.id, new_hash)
            return self._end_logins(transaction, user.id, but=mine)

        await self._end(unit)
        self._limits.give_back("password", account=user.id, address=address)

    def _end_logins(self, transaction: Transaction, user_id: str, *, but: str | None = None) -> list[Ended]:
        ids = store.delete_logins(transaction.connection, user_id, but=but)
        return [Ended(user_id, login_id, CloseCode.SIGNED_OUT) for login_id in ids]
