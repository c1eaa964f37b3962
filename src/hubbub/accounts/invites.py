"""Invites: links by which somebody new makes an account, or somebody here joins a room."""

import secrets

from hubbub.accounts import store
from hubbub.accounts.credentials import could_be_secret, hash_of
from hubbub.accounts.foundation import DAY
from hubbub.accounts.model import Invite, NewInvite, NewLogin, User, checked_name, checked_password, may_invite, may_manage
from hubbub.accounts.people import People
from hubbub.database import Transaction
from hubbub.errors import Forbidden, Invalid, NotFound
from hubbub.protocol.ids import is_id, new_id

USES_LIMIT = 10_000
DAYS_LIMIT = 365

# One answer for what never was, has expired, is used up or was taken back.
_NO_INVITE = "This invite is not open: it has expired, is used up or was taken back. Ask for a new one."


class Invites(People):
    """An invite is open until it expires, its uses are counted out, or its maker is deactivated."""

    async def create_invite(self, user: User, *, uses: int | None = None, days: int = 7, room_id: str | None = None) -> NewInvite:
        """Make an invite, to the chat or to one room of it. Its code is in the answer and nowhere else."""
        if not may_invite(user):
            raise Forbidden("Guests cannot invite. Ask a member to do it.")
        _check_bounds(uses, days)
        if room_id is not None and not is_id(room_id):
            raise NotFound("There is no room of this id.")
        code = secrets.token_urlsafe(18)
        now = self._now()
        invite = Invite(new_id(), user.id, user.name, room_id, None, now, now + days * DAY, uses)

        def unit(transaction: Transaction) -> None:
            if room_id is not None:
                self._callbacks.check_may_invite(transaction, user, room_id)
            store.insert_invite(transaction.connection, invite, hash_of(code))

        await self._database.write(unit)
        return NewInvite(invite, code)

    async def invites_seen_by(self, user: User) -> list[Invite]:
        """Open invites, the newest first: one's own, or for owners and admins all of them."""
        now, inviter_id = self._now(), None if may_manage(user) else user.id
        return await self._database.read(lambda connection: store.open_invites(connection, now, inviter_id, user.id))

    async def revoke_invite(self, user: User, invite_id: str) -> None:
        """Take an invite back: one's own, or for owners and admins any. Raises `NotFound` otherwise."""
        inviter_id = None if may_manage(user) else user.id

        def unit(transaction: Transaction) -> None:
            if not is_id(invite_id) or not store.delete_invite(transaction.connection, invite_id, inviter_id):
                raise NotFound("You have no invite of this id. It may have been taken back already.")

        await self._database.write(unit)

    async def look_up_invite(self, code: str, *, address: str | None) -> Invite:
        """Who invites, and where to. Raises `NotFound` when the invite is not open."""
        self._limits.take("invite", address=address)
        invite = await self._open_invite(code)
        self._limits.give_back("invite", address=address)
        return invite

    async def accept_invite(self, code: str, name: str, password: str, *, address: str | None, client: str = "") -> NewLogin:
        """Make an account by an invite and sign in. Raises `NotFound` when it is not open, `Conflict` for a taken name."""
        # Never given back: each one accepted is a new account, and an invite may be for as many as like.
        self._limits.take("invite", address=address)
        invite = await self._open_invite(code)
        user = User(new_id(), "human", "member", checked_name(name))
        password_hash = await self._passwords.hashed(checked_password(password))

        def unit(transaction: Transaction) -> NewLogin:
            self._create_user(transaction, user, password_hash)
            if invite.room_id is not None:
                self._callbacks.join_room(transaction, user, invite.room_id)
            self._use_up(transaction, code)
            return self._open_login(transaction, user, client)

        return await self._database.write(unit)

    async def accept_invite_as(self, user: User, code: str, *, address: str | None) -> None:
        """Join the invite's room as who one is already. Counts as a use only when it changed something."""
        invite = await self.look_up_invite(code, address=address)

        def unit(transaction: Transaction) -> None:
            if invite.room_id is not None and self._callbacks.join_room(transaction, user, invite.room_id):
                self._use_up(transaction, code)

        await self._database.write(unit)

    async def _open_invite(self, code: str) -> Invite:
        now = self._now()
        code_hash = hash_of(code) if could_be_secret(code) else b""
        invite = await self._database.read(lambda connection: store.open_invite(connection, code_hash, now))
        if invite is None:
            raise NotFound(_NO_INVITE)
        return invite

    def _use_up(self, transaction: Transaction, code: str) -> None:
        # Asked again and counted in the writer: of two at once on the last use the second is undone.
        invite = store.open_invite(transaction.connection, hash_of(code), self._now())
        if invite is None or not store.take_use(transaction.connection, invite.id):
            raise NotFound(_NO_INVITE)


def _check_bounds(uses: int | None, days: int) -> None:
    if uses is not None and not 1 <= uses <= USES_LIMIT:
        raise Invalid(f"An invite has 1 to {USES_LIMIT} uses, or null for as many as like; this says {uses}.", field="uses")
    if not 1 <= days <= DAYS_LIMIT:
        raise Invalid(f"An invite lasts 1 to {DAYS_LIMIT} days; this says {days}.", field="days")
