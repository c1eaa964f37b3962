"""The room routes: rooms, their members, and how far one has read."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.errors import Invalid
from hubbub.problems import ProblemRoute
from hubbub.protocol.events import Person
from hubbub.protocol.frames import Seq
from hubbub.protocol.ids import is_id
from hubbub.rooms.actions import MEMBERS_AT_ONCE, Rooms
from hubbub.rooms.model import Mark, RoomRole

Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]


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


class RoomList(BaseModel):
    """Rooms: one's own first, then the public ones that one could join."""

    items: list[RoomOut]
    next: str | None = None


class NewRoom(BaseModel):
    """A room to make."""

    kind: Literal["public", "private"]
    name: Text
    topic: Text = ""
    members: Annotated[list[str], Field(max_length=MEMBERS_AT_ONCE)] = []


class RoomChange(BaseModel):
    """What to change of a room; what is left out stays."""

    name: Text | None = None
    topic: Text | None = None


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


class MarkOut(BaseModel):
    """How far one has read, and what is left."""

    room: str
    seq: int
    unread: int
    mentions: int


def rooms_router(rooms: Rooms, signed_in: Somebody, tell_devices: Callable[[str, Mark], None]) -> APIRouter:
    """All routes of rooms, to be included under `{prefix}/api`. `tell_devices` tells a user's devices what was read."""
    router = APIRouter(route_class=ProblemRoute, tags=["rooms"])
    somebody = Depends(signed_in)
    _add_rooms(router, rooms, somebody)
    _add_reading(router, rooms, somebody, tell_devices)
    _add_members(router, rooms, somebody)
    return router


def _add_rooms(router: APIRouter, rooms: Rooms, somebody: Any) -> None:
    @router.get("/rooms", operation_id="list_rooms", summary="My rooms, and the public ones")
    async def list_rooms(me: SignedIn = somebody) -> RoomList:
        return RoomList.model_validate({"items": [place.as_json() for place in await rooms.all_places(me.user)]})

    @router.post("/rooms", status_code=201, operation_id="create_room", summary="Make a room")
    async def create_room(body: NewRoom, me: SignedIn = somebody) -> RoomOut:
        place = await rooms.create(me.user, body.kind, body.name, topic=body.topic, members=body.members)
        return RoomOut.model_validate(place.as_json())

    @router.get("/rooms/{room}", operation_id="get_room", summary="One room")
    async def get_room(room: str, me: SignedIn = somebody) -> RoomOut:
        return RoomOut.model_validate((await rooms.place(me.user, room)).as_json())

    @router.patch("/rooms/{room}", operation_id="change_room", summary="Change a room's name or topic")
    async def change_room(room: str, body: RoomChange, me: SignedIn = somebody) -> RoomOut:
        place = await rooms.change(me.user, room, name=body.name, topic=body.topic)
        return RoomOut.model_validate(place.as_json())

    @router.delete("/rooms/{room}", status_code=204, operation_id="archive_room", summary="Archive a room")
    async def archive_room(room: str, me: SignedIn = somebody) -> None:
        await rooms.archive(me.user, room)


def _add_reading(router: APIRouter, rooms: Rooms, somebody: Any, tell_devices: Callable[[str, Mark], None]) -> None:
    @router.put("/rooms/{room}/read", operation_id="mark_read", summary="Everything up to here is read")
    async def mark_read(room: str, body: ReadUpTo, me: SignedIn = somebody) -> MarkOut:
        mark = await rooms.mark_read(me.user, room, body.seq)
        tell_devices(me.user.id, mark)
        return MarkOut.model_validate(mark.as_json())


def _add_members(router: APIRouter, rooms: Rooms, somebody: Any) -> None:
    @router.get("/rooms/{room}/members", operation_id="list_members", summary="Who is in a room")
    async def list_members(
        room: str, after: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 100, me: SignedIn = somebody
    ) -> MemberList:
        if after is not None and not is_id(after):
            raise Invalid("`after` is the `next` of the page before.", field="after")
        found = await rooms.members(me.user, room, after=after, limit=limit + 1)
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

    @router.delete("/rooms/{room}/members/{user}", status_code=204, operation_id="remove_member", summary="Remove, or leave (`me`)")
    async def remove_member(room: str, user: str, me: SignedIn = somebody) -> None:
        await rooms.remove_member(me.user, room, me.user.id if user == "me" else user)
