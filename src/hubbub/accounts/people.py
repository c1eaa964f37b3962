"""The people themselves: adding, finding, renaming and deactivating them."""

from dataclasses import replace
from typing import Any

from hubbub.accounts import store
from hubbub.accounts.foundation import Ended, Foundation
from hubbub.accounts.model import (
    Identity,
    Kind,
    Role,
    User,
    checked_avatar,
    checked_name,
    checked_password,
    may_deactivate,
    may_see_users,
    merged_preferences,
    name_key,
)
from hubbub.database import Transaction
from hubbub.errors import Conflict, Forbidden, NotFound
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.ids import is_id, new_id

FOUND_LIMIT = 50


class People(Foundation):
    """Users are added, change and are deactivated; they are never deleted, because the logs name them."""

    async def add_user(self, name: str, *, role: Role = "member", password: str | None = None, kind: Kind | None = None) -> User:
        """Add somebody, as the operator may. Raises `Conflict` when the name is taken.

        Without a password they can be let in by a token only. Without a kind, a guest's is guest and any other's human.
        """
        user = User(new_id(), kind or ("guest" if role == "guest" else "human"), role, checked_name(name))
        password_hash = await self._passwords.hashed(checked_password(password)) if password is not None else None
        await self._database.write(lambda transaction: self._create_user(transaction, user, password_hash))
        return user

    async def follow(self, identity: Identity, name: str) -> User:
        """The user for somebody whom the host app knows: made at their first visit, and changed as the host changes them."""

        def unit(transaction: Transaction) -> User:
            connection = transaction.connection
            old = store.user_by_external_id(connection, identity.id)
            user = _as_the_host_says(identity, name, old)
            namesake = store.user_by_key(connection, name_key(name))
            # The host's names may repeat. The first one is mentioned by it; the others' keys are made their own.
            key = name_key(name) if namesake is None or namesake.id == user.id else f"{name_key(name)}\n{identity.id}"
            if old is None:
                store.insert_user(connection, user, key, None, self._now(), external_id=identity.id)
                self._callbacks.on_user_created(transaction, user)
            elif old != user:
                store.follow_host(connection, user, key)
            return user

        # After a restart everybody comes at once, and hardly anybody has changed.
        user = await self._database.read(lambda connection: store.user_by_external_id(connection, identity.id))
        known = user
        if user is None or user != _as_the_host_says(identity, name, user):
            user = await self._database.write(unit)
        self._callbacks.on_user_changed(user)
        if known is not None and known.person() != user.person():
            await self._callbacks.on_user_renamed(user)
        return user

    async def users(self) -> list[User]:
        """Everybody, deactivated ones too, the first one first."""
        return await self._database.read(store.all_users)

    async def find_users(self, user: User, text: str) -> list[User]:
        """Active users with `text` in their name, at most 50, those that begin with it first. Not for guests."""
        if not may_see_users(user):
            raise Forbidden("Guests see only the people of their own rooms.")
        return await self._database.read(lambda connection: store.find_users(connection, name_key(text), FOUND_LIMIT))

    async def user_by_id(self, user_id: str) -> User | None:
        """The user of this id, deactivated or not."""
        if not is_id(user_id):
            return None
        return await self._database.read(lambda connection: store.user_by_id(connection, user_id))

    async def user_as_of(self, read_at: int, user: User) -> tuple[User, int]:
        """A user read at that time, and when: read again where another node may have changed them since."""
        if self._database.is_shared and self._may_be_outdated(read_at):
            return await self.user_by_id(user.id) or user, self._now()
        return user, read_at

    async def user_by_name(self, name: str) -> User | None:
        """The user of this name, however it is written, deactivated or not."""
        return await self._database.read(lambda connection: store.user_by_key(connection, name_key(name)))

    async def preferences_of(self, user: User) -> dict[str, Any]:
        """What the user's clients keep here."""
        return await self._database.read(lambda connection: store.preferences_of(connection, user.id))

    async def change_me(
        self, user: User, *, name: str | None = None, avatar: str | None = None, preferences: dict[str, Any] | None = None
    ) -> User:
        """Change one's own name, avatar (an empty one takes it away), or preferences key by key (null takes a key out).

        Raises `RateLimited` for names that change too often, because everybody in one's rooms is told.
        """
        new_name = checked_name(name) if name is not None else None
        new_avatar = checked_avatar(avatar) if avatar is not None else user.avatar
        if new_name not in (None, user.name):
            self._limits.take("rename", account=user.id)

        def unit(transaction: Transaction) -> User:
            if new_name is not None:
                store.rename_user(transaction.connection, user.id, new_name, name_key(new_name))
            if avatar is not None:
                store.set_avatar(transaction.connection, user.id, new_avatar)
            if preferences:
                old = store.preferences_of(transaction.connection, user.id)
                store.set_preferences(transaction.connection, user.id, merged_preferences(old, preferences))
            return _found(store.user_by_id(transaction.connection, user.id))

        async def change() -> User:
            changed = await self._database.write(unit)
            if changed != user:
                self._known.forget(user.id)
                self._callbacks.on_user_changed(changed)
            if changed.person() != user.person():
                await self._callbacks.on_user_renamed(changed)
            return changed

        return await self._to_the_last(change())

    async def change_role(self, user_id: str, role: Role) -> User:
        """Give somebody another role here, as the operator may. Raises `Conflict` for the last active owner.

        Guests are marked as such wherever their name stands, so they change their kind too.
        """

        def unit(transaction: Transaction) -> tuple[User, User]:
            user = _found(store.user_by_id(transaction.connection, user_id))
            is_last = user.role == "owner" and user.is_active and store.count_active_owners(transaction.connection) == 1
            if is_last and role != "owner":
                raise Conflict(f"{user.name} is the last owner. Make somebody else an owner first.")
            kind: Kind = "guest" if role == "guest" else "human" if user.kind == "guest" else user.kind
            changed = replace(user, role=role, kind=kind)
            store.change_role(transaction.connection, changed)
            return user, changed

        async def change() -> User:
            before, changed = await self._database.write(unit)
            self._known.forget(user_id)
            self._callbacks.on_user_changed(changed)
            if changed.person() != before.person():
                await self._callbacks.on_user_renamed(changed)
            return changed

        return await self._to_the_last(change())

    async def deactivate(self, user_id: str, *, by: User | None = None) -> User:
        """Close an account: every credential ends and live connections close. By the operator, or by an owner or admin.

        Raises `Conflict` for the last active owner, because then nobody could look after the chat.
        """

        def unit(transaction: Transaction) -> list[Ended]:
            user = _found(store.user_by_id(transaction.connection, user_id))
            if by is not None and not may_deactivate(by, user):
                raise Forbidden(f"As {by.role} you may not deactivate {user.name}, who is {user.role}. Ask an owner.")
            if not user.is_active:
                return []
            if user.role == "owner" and store.count_active_owners(transaction.connection) == 1:
                raise Conflict(f"{user.name} is the last owner. Add another owner first.")
            store.deactivate_user(transaction.connection, user_id, self._now())
            return [Ended(user_id, None, CloseCode.FORBIDDEN)]

        await self._end(unit)
        return _found(await self.user_by_id(user_id))

    def _create_user(self, transaction: Transaction, user: User, password_hash: str | None) -> None:
        store.insert_user(transaction.connection, user, name_key(user.name), password_hash, self._now())
        self._callbacks.on_user_created(transaction, user)


def _as_the_host_says(identity: Identity, name: str, old: User | None) -> User:
    return User(old.id if old else new_id(), identity.kind, identity.role, name, identity.avatar, old.is_active if old else True)


def _found(user: User | None) -> User:
    if user is None:
        raise NotFound("There is no user of this id.")
    return user
