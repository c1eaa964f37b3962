"""The owner's one-time link: how a new chat gets its first person, and nobody else a second one."""

from hubbub.accounts import store
from hubbub.accounts.credentials import could_be_secret, hash_of, new_secret
from hubbub.accounts.model import NewLogin, User, checked_name, checked_password
from hubbub.accounts.people import People
from hubbub.database import Transaction
from hubbub.errors import Forbidden
from hubbub.protocol.ids import new_id

# One answer for a wrong token, a used one and a chat that has its owner.
_CLOSED = "This setup link is not open: it was used, or the server was started anew and printed another one."


class Setup(People):
    """Open while there is no owner; closed for ever by the first one, however they came."""

    _is_claimed = False

    async def needs_owner(self) -> bool:
        """Whether the chat still waits for its owner."""
        if not self._is_claimed:
            self._is_claimed = await self._database.read(store.has_owner)
        return not self._is_claimed

    async def setup_token(self) -> str | None:
        """A fresh token for the owner's link, None once there is an owner. The one before ends: only a hash is kept."""
        token = new_secret()

        def unit(transaction: Transaction) -> str | None:
            if store.has_owner(transaction.connection):
                return None
            store.set_setup_hash(transaction.connection, hash_of(token).hex())
            return token

        return await self._database.write(unit)

    async def set_up_owner(self, token: str, name: str, password: str, *, address: str | None, client: str = "") -> NewLogin:
        """Make the owner and sign them in. Raises `Forbidden` when the token is wrong or used; of two at once one wins."""
        self._limits.take("setup", address=address)
        token_hash = hash_of(token).hex() if could_be_secret(token) else ""
        if not await self._database.read(lambda connection: store.is_setup_hash(connection, token_hash)):
            raise Forbidden(_CLOSED)
        user = User(new_id(), "human", "owner", checked_name(name))
        password_hash = await self._passwords.hashed(checked_password(password))

        def unit(transaction: Transaction) -> NewLogin:
            # Both are asked: the row that is taken settles two at once, the owner settles a token left behind.
            if not store.take_setup_hash(transaction.connection, token_hash) or store.has_owner(transaction.connection):
                raise Forbidden(_CLOSED)
            self._create_user(transaction, user, password_hash)
            return self._open_login(transaction, user, client)

        opened = await self._database.write(unit)
        self._limits.give_back("setup", address=address)
        return opened
