"""Everything one can do with accounts, in one object that the app builds."""

import time
from collections.abc import Awaitable, Callable

from hubbub.accounts.foundation import Callbacks
from hubbub.accounts.invites import Invites
from hubbub.accounts.model import User
from hubbub.accounts.passwords import Passwords
from hubbub.accounts.resets import Resets
from hubbub.accounts.setup import Setup
from hubbub.accounts.tokens import Tokens
from hubbub.database import Database, Transaction
from hubbub.protocol.codes import CloseCode
from hubbub.settings import Settings


class Accounts(Setup, Invites, Resets, Tokens):
    """The accounts of one chat. Each action is one unit of work; each raises one of `hubbub.errors` when it refuses."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        on_user_created: Callable[[Transaction, User], None],
        on_credentials_ended: Callable[[str, str | None, CloseCode], None],
        on_user_changed: Callable[[User], None],
        on_user_renamed: Callable[[User], Awaitable[None]],
        check_may_invite: Callable[[Transaction, User, str], None],
        join_room: Callable[[Transaction, User, str], bool],
        passwords: Passwords | None = None,
    ) -> None:
        """The callables are described where they are kept, in `foundation.Callbacks`."""
        callbacks = Callbacks(on_user_created, on_credentials_ended, on_user_changed, on_user_renamed, check_may_invite, join_room)
        super().__init__(database, settings, callbacks, clock=clock, passwords=passwords or Passwords())
