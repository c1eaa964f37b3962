"""API tokens: bearer secrets for programs, each shown once."""

from hubbub.accounts import store
from hubbub.accounts.credentials import TOKEN_PREFIX, hash_of, new_secret
from hubbub.accounts.foundation import Ended, Foundation
from hubbub.accounts.model import NewToken, Token, User, checked_label
from hubbub.database import Transaction
from hubbub.errors import Forbidden, NotFound
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.ids import is_id, new_id


class Tokens(Foundation):
    """A token lets a program in as its user, until it is revoked."""

    async def create_token(self, user: User, name: str) -> NewToken:
        """Make a token. Its secret is in the answer and nowhere else."""
        secret = TOKEN_PREFIX + new_secret()
        token = Token(new_id(), user.id, checked_label(name), self._now())

        def unit(transaction: Transaction) -> None:
            current = store.user_by_id(transaction.connection, user.id)
            if current is None or not current.is_active:
                raise Forbidden(f"{user.name} is deactivated and gets no tokens.")
            store.insert_token(transaction.connection, token, hash_of(secret))

        await self._database.write(unit)
        return NewToken(token, secret)

    async def tokens_of(self, user: User) -> list[Token]:
        """The user's tokens, the newest first, without their secrets."""
        return await self._database.read(lambda connection: store.tokens_of(connection, user.id))

    async def revoke_token(self, user: User, token_id: str) -> None:
        """End one of the user's own tokens, and what lives by it. Raises `NotFound` when they have none of that id."""

        def unit(transaction: Transaction) -> list[Ended]:
            if not is_id(token_id) or not store.delete_token(transaction.connection, user.id, token_id):
                raise NotFound("You have no token of this id. It may have been revoked already.")
            return [Ended(user.id, token_id, CloseCode.SIGNED_OUT)]

        await self._end(unit)
