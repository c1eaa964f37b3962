"""What the operator may do with a chat from outside: plain arguments in, plain values out, the same near and far."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal

from pydantic import ValidationError, validate_call

from hubbub.accounts.actions import Accounts
from hubbub.accounts.model import Role, User
from hubbub.errors import Invalid, NotFound, UnknownType
from hubbub.rooms.actions import Rooms
from hubbub.rooms.model import Room


class Operator:
    """Carries out the command line's commands. Whoever can reach it is trusted: no rights are asked."""

    def __init__(self, accounts: Accounts, rooms: Rooms) -> None:
        self._accounts = accounts
        self._rooms = rooms

    async def carry_out(self, command: str, arguments: Mapping[str, Any]) -> Any:
        """Do one command; its result is fit for JSON. Raises one of `hubbub.errors` when it is refused."""
        if command not in COMMANDS:
            raise UnknownType(f"This Hubbub does not know the command {command!r}. It may be another version; restart it after an update.")
        try:
            return await COMMANDS[command](self, **arguments)
        except ValidationError as error:
            # What came is not repeated: it may be a password.
            wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise Invalid(f"The arguments of {command} are not what was expected. {wrong}") from None

    @validate_call
    async def add_user(self, name: str, role: Role = "member", password: str | None = None) -> dict[str, Any]:
        """Add somebody, with a password or without."""
        return _user(await self._accounts.add_user(name, role=role, password=password))

    @validate_call
    async def list_users(self) -> list[dict[str, Any]]:
        """Everybody, deactivated ones too, the first one first."""
        return [_user(user) for user in await self._accounts.users()]

    @validate_call
    async def change_role(self, name: str, role: Role) -> dict[str, Any]:
        """Give somebody another role."""
        return _user(await self._accounts.change_role((await self._user_named(name)).id, role))

    @validate_call
    async def reset_password(self, name: str) -> dict[str, Any]:
        """Make a one-time link for a new password; its token is in the answer and nowhere else."""
        user = await self._user_named(name)
        return _user(user) | {"token": await self._accounts.reset_token(user)}

    @validate_call
    async def deactivate_user(self, name: str) -> dict[str, Any]:
        """Close an account; what is signed in by it ends at once."""
        return _user(await self._accounts.deactivate((await self._user_named(name)).id))

    @validate_call
    async def create_token(self, user: str, name: str) -> dict[str, Any]:
        """Make a bearer token for the user of this name."""
        created = await self._accounts.create_token(await self._user_named(user), name)
        return {"id": created.token.id, "token": created.secret}

    @validate_call
    async def add_room(self, name: str, kind: Literal["public", "private"] = "public", members: Sequence[str] = ()) -> dict[str, Any]:
        """Make a room with the users of these names in it. When one is unknown, nothing is made."""
        ids = [(await self._user_named(member)).id for member in members]
        return _room((await self._rooms.create(None, kind, name, members=ids)).room)

    @validate_call
    async def list_rooms(self) -> list[dict[str, Any]]:
        """Every room, archived ones too, the oldest first."""
        return [_room(room) for room in await self._rooms.all_rooms()]

    async def _user_named(self, name: str) -> User:
        user = await self._accounts.user_by_name(name)
        if user is None:
            raise NotFound(f"There is no user named {name!r}. Nothing was done; `hubbub user list` shows who there is.")
        if not user.is_active:
            raise NotFound(f"{user.name} is deactivated. Nothing was done.")
        return user


COMMANDS: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "user.add": Operator.add_user,
    "user.list": Operator.list_users,
    "user.role": Operator.change_role,
    "user.reset_password": Operator.reset_password,
    "user.deactivate": Operator.deactivate_user,
    "token.create": Operator.create_token,
    "room.add": Operator.add_room,
    "room.list": Operator.list_rooms,
}
QUESTIONS = frozenset({"user.list", "room.list"})
"""Those that change nothing, so that no other node need hear of them."""


def _user(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.name, "role": user.role, "kind": user.kind, "is_active": user.is_active}


def _room(room: Room) -> dict[str, Any]:
    last_seq, is_archived = room.last_seq, room.is_archived
    return {"id": room.id, "name": room.name, "kind": room.kind, "last_seq": last_seq, "is_archived": is_archived}
