"""The room routes: rooms, their members, and how far one has read."""

from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.answers import PageRoute
from hubbub.errors import Invalid
from hubbub.protocol.events import Person
from hubbub.protocol.frames import Seq
from hubbub.protocol.ids import is_id
from hubbub.rooms.actions import MEMBERS_AT_ONCE, Rooms
from hubbub.rooms.direct import DirectRooms
from hubbub.rooms.model import DIRECT_SIZE, History, Mark, Place, Posting, RoomRole
from hubbub.rooms.personal import Personal

Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]


class Devices(Protocol):
    """A user's devices, to be told what was done on another."""

    def tell_devices(self, user_id: str, mark: Mark) -> None:
        """Something was read."""

    def tell_unread(self, user_id: str, mark: Mark) -> None:
        """Something is unread again."""

    def tell_hidden(self, user_id: str, room_id: str, seq: int) -> None:
        """A direct room was put away, or with 0 is back."""

    def tell_folder(self, user_id: str, room_id: str, folder: str) -> None:
        """A room stands in this folder."""


class RoomOut(BaseModel):
    """A room as one user stands to it. `role` is null for a public room that one is no member of."""

    id: str
    kind: Literal["public", "private", "direct"]
    name: str
    topic: str
    role: RoomRole | None
    last_seq: int
    read_seq: int
    unread: int
    mentions: int
    description: str | None = None
    posting: Literal["moderators"] | None = None
    history: Literal["joined"] | None = None
    archived: bool | None = None
    hidden: bool | None = None
    folder: str | None = None
    first_seq: int | None = None
    members: list[Person] | None = None


class RoomList(BaseModel):
    """Rooms: one's own first, then the public ones that one could join."""

    items: list[RoomOut]
    next: str | None = None


class FoundRoom(RoomOut):
    """A public room, and how many people are in it."""

    people: int


class Directory(BaseModel):
    """A page of public rooms; `next` goes into `after`."""

    items: list[FoundRoom]
    next: str | None


class NewRoom(BaseModel):
    """A room to make."""

    kind: Literal["public", "private"]
    name: Text
    topic: Text = ""
    description: Text = ""
    posting: Posting = "everyone"
    history: History = "all"
    members: Annotated[list[str], Field(max_length=MEMBERS_AT_ONCE)] = []


class RoomChange(BaseModel):
    """What to change of a room; what is left out stays."""

    kind: Literal["public", "private"] | None = None
    name: Text | None = None
    topic: Text | None = None
    description: Text | None = None
    posting: Posting | None = None
    history: History | None = None
    archived: bool | None = None


class People(BaseModel):
    """Who is to be in a direct room, beside oneself."""

    users: Annotated[list[str], Field(max_length=DIRECT_SIZE)]


class MemberOut(BaseModel):
    """Somebody in a room."""

    user: Person
    role: RoomRole


class MemberList(BaseModel):
    """A page of members; `next` goes into `after`."""

    items: list[MemberOut]
    next: str | None = None


class RoleIn(BaseModel):
    """The role to give."""

    role: RoomRole = "member"


class ReadUpTo(BaseModel):
    """The last seq that was read."""

    seq: Seq


class UnreadFrom(BaseModel):
    """The first seq that is unread again."""

    seq: Seq


class FolderIn(BaseModel):
    """The name of a folder of one's own; empty for none."""

    folder: Text


class MarkOut(BaseModel):
    """How far one has read, and what is left."""

    room: str
    seq: int
    unread: int
    mentions: int


def rooms_router(
    rooms: Rooms,
    direct: DirectRooms,
    signed_in: Somebody,
    *,
    personal: Personal,
    devices: Devices,
) -> APIRouter:
    """All routes of rooms, to be included under `{prefix}/api`; `devices` are told what one does on another of them."""
    router = APIRouter(route_class=PageRoute, tags=["rooms"])
    somebody = Depends(signed_in)
    _add_rooms(router, rooms, somebody)
    _add_directory(router, rooms, somebody)
    _add_direct(router, direct, somebody, devices)
    _add_reading(router, rooms, somebody, devices)
    _add_personal(router, personal, somebody, devices)
    _add_members(router, rooms, somebody)
    _add_leaving(router, rooms, somebody, devices)
    return router


def _add_rooms(router: APIRouter, rooms: Rooms, somebody: Any) -> None:
    @router.get("/rooms", operation_id="list_rooms", summary="My rooms, and the public ones", response_model_exclude_unset=True)
    async def list_rooms(me: SignedIn = somebody) -> RoomList:
        return RoomList.model_validate({"items": [place.as_json() for place in await rooms.all_places(me.user)], "next": None})

    @router.post("/rooms", status_code=201, operation_id="create_room", summary="Make a room", response_model_exclude_unset=True)
    async def create_room(body: NewRoom, me: SignedIn = somebody) -> RoomOut:
        return _room(await rooms.create(me.user, **body.model_dump()))

    @router.get("/rooms/{room}", operation_id="get_room", summary="One room", response_model_exclude_unset=True)
    async def get_room(room: str, me: SignedIn = somebody) -> RoomOut:
        return _room(await rooms.place(me.user, room))

    @router.patch("/rooms/{room}", operation_id="change_room", summary="Change a room, or archive it", response_model_exclude_unset=True)
    async def change_room(room: str, body: RoomChange, me: SignedIn = somebody) -> RoomOut:
        return _room(await rooms.change(me.user, room, **body.model_dump()))

    @router.delete("/rooms/{room}", status_code=204, operation_id="archive_room", summary="Archive a room")
    async def archive_room(room: str, me: SignedIn = somebody) -> None:
        await rooms.change(me.user, room, archived=True)


def _add_directory(router: APIRouter, rooms: Rooms, somebody: Any) -> None:
    @router.get("/directory", operation_id="find_rooms", summary="Find public rooms", response_model_exclude_unset=True)
    async def find_rooms(
        q: Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")] = "",
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        me: SignedIn = somebody,
    ) -> Directory:
        found = await rooms.directory(me.user, q, after=_id(after), limit=limit + 1)
        items = [place.as_json() | {"people": people} for place, people in found[:limit]]
        return Directory.model_validate({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


def _add_direct(router: APIRouter, direct: DirectRooms, somebody: Any, devices: Devices) -> None:
    @router.post("/direct", operation_id="open_direct", summary="The direct room with these users", response_model_exclude_unset=True)
    async def open_direct(body: People, response: Response, me: SignedIn = somebody) -> RoomOut:
        place, is_new = await direct.open(me.user, body.users)
        response.status_code = 201 if is_new else 200
        if not is_new:
            devices.tell_hidden(me.user.id, place.room.id, 0)
        return _room(place)


def _add_reading(router: APIRouter, rooms: Rooms, somebody: Any, devices: Devices) -> None:
    @router.put("/rooms/{room}/read", operation_id="mark_read", summary="Everything up to here is read")
    async def mark_read(room: str, body: ReadUpTo, me: SignedIn = somebody) -> MarkOut:
        mark = await rooms.mark_read(me.user, room, body.seq)
        devices.tell_devices(me.user.id, mark)
        return MarkOut.model_validate(mark.as_json())


def _add_personal(router: APIRouter, personal: Personal, somebody: Any, devices: Devices) -> None:
    @router.put("/rooms/{room}/unread", operation_id="mark_unread", summary="Everything from here on is unread again")
    async def mark_unread(room: str, body: UnreadFrom, me: SignedIn = somebody) -> MarkOut:
        mark = await personal.mark_unread(me.user, room, body.seq)
        devices.tell_unread(me.user.id, mark)
        return MarkOut.model_validate(mark.as_json())

    @router.put("/rooms/{room}/folder", operation_id="put_into_folder", summary="Put a room into a folder of one's own")
    async def put_into_folder(room: str, body: FolderIn, me: SignedIn = somebody) -> FolderIn:
        folder = await personal.put_into_folder(me.user, room, body.folder)
        devices.tell_folder(me.user.id, room, folder)
        return FolderIn(folder=folder)


def _add_members(router: APIRouter, rooms: Rooms, somebody: Any) -> None:
    @router.get("/rooms/{room}/members", operation_id="list_members", summary="Who is in a room")
    async def list_members(
        room: str, after: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 100, me: SignedIn = somebody
    ) -> MemberList:
        found = await rooms.members(me.user, room, after=_id(after), limit=limit + 1)
        page = [member.as_json() for member in found[:limit]]
        return MemberList.model_validate({"items": page, "next": page[-1]["user"]["id"] if len(found) > limit else None})

    @router.put("/rooms/{room}/members/{user}", operation_id="add_member", summary="Add somebody, or join oneself (`me`)")
    async def add_member(room: str, user: str, response: Response, body: RoleIn | None = None, me: SignedIn = somebody) -> MemberOut:
        if user in ("me", me.user.id):
            member, is_new = await rooms.join(me.user, room)
        else:
            member, is_new = await rooms.add_member(me.user, room, user, body.role if body else "member")
        response.status_code = 201 if is_new else 200
        return MemberOut.model_validate(member.as_json())

    @router.patch("/rooms/{room}/members/{user}", operation_id="change_role", summary="Change a member's role")
    async def change_role(room: str, user: str, body: RoleIn, me: SignedIn = somebody) -> MemberOut:
        member = await rooms.change_role(me.user, room, me.user.id if user == "me" else user, body.role)
        return MemberOut.model_validate(member.as_json())


def _add_leaving(router: APIRouter, rooms: Rooms, somebody: Any, devices: Devices) -> None:
    @router.delete("/rooms/{room}/members/{user}", status_code=204, operation_id="remove_member", summary="Remove, or leave (`me`)")
    async def remove_member(room: str, user: str, me: SignedIn = somebody) -> None:
        hidden = await rooms.remove_member(me.user, room, me.user.id if user == "me" else user)
        if hidden is not None:
            devices.tell_hidden(me.user.id, room, hidden)


def _id(after: str | None) -> str | None:
    if after is not None and not is_id(after):
        raise Invalid("`after` is the `next` of the page before.", field="after")
    return after


def _room(place: Place) -> RoomOut:
    return RoomOut.model_validate(place.as_json())
