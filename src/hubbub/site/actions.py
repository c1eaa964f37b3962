"""What those who run a chat decide for all of it. It is kept in the database, so every node goes by it at once."""

from hubbub.accounts.model import User
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Forbidden
from hubbub.site import store

_PREVIEWS = "previews"


class Site:
    """The settings of one chat that are changed while it runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def has_previews(self) -> bool:
        """Whether links are previewed."""
        return await self._database.read(has_previews)

    async def change(self, user: User, *, previews: bool) -> None:
        """Have links previewed from now on, or no more. Raises `Forbidden` for who does not run this chat."""
        if user.role not in ("owner", "admin"):
            raise Forbidden("Only the owner and the admins of this chat change what holds for all of it.")

        def unit(transaction: Transaction) -> None:
            store.set_setting(transaction.connection, _PREVIEWS, "on" if previews else "off")

        await self._database.write(unit)


def has_previews(connection: Connection) -> bool:
    """Whether links are previewed: not before somebody in charge has said so."""
    return store.setting(connection, _PREVIEWS) == "on"
