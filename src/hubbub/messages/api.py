"""The message routes: pages of messages, the raw log, posting, editing and deleting."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.answers import PageRoute
from hubbub.messages.actions import Messages
from hubbub.messages.pace import Pace
from hubbub.protocol.events import MessageCreated, Person, Poll, Preview
from hubbub.protocol.frames import MAX_SEQ
from hubbub.protocol.polls import NewPoll

PAGE = 50
LARGEST_PAGE = 200
LARGEST_LOG_PAGE = 1000

Cursor = Annotated[int | None, Query(ge=0, le=MAX_SEQ)]
Address = Annotated[int, Path(ge=1, le=MAX_SEQ)]


class NewMessage(BaseModel):
    """A message to post; `key` is the client's own, so that a retry makes no second one."""

    key: str
    text: str
    thread: Annotated[int, Field(ge=1, le=MAX_SEQ)] | None = Field(
        None, description="The first message of the thread that this is a reply in"
    )
    also_to_room: bool = Field(False, description="A reply in a thread that stands in the room too")
    reply_to: Annotated[int, Field(ge=1, le=MAX_SEQ)] | None = Field(None, description="The message that this one quotes")
    files: list[str] = Field(default_factory=list, description="Ids of uploads; with one, the text may be empty")
    poll: NewPoll | None = Field(None, description="What its readers may choose from")


class NewText(BaseModel):
    """What a message is to say from now on."""

    text: str


class Reaction(BaseModel):
    """One emoji on a message, and who chose it, the first one first."""

    emoji: str
    count: int
    users: list[str]


class Replies(BaseModel):
    """What the first message of a thread says of its replies."""

    count: int
    last_seq: int
    last_at: str
    by: list[Person] = Field(description="Who wrote last, at most three")
    as_of: int = Field(description="The last event that is counted in")


class Done(BaseModel):
    """When something was done to a message, such as pinning it, and by whom."""

    at: str
    by: Person


class Votes(BaseModel):
    """Who chose one option, the first one first."""

    count: int
    users: list[str]


class PollNow(Poll):
    """A poll as it stands."""

    votes: list[Votes] | None = Field(None, description="One for each option, once somebody has voted")
    closed: Done | None = Field(None, description="Since when nobody votes any more, and by whom, where somebody closed it")


class Message(MessageCreated):
    """A message as it stands now: its event, with the text of its last edit, or without words when it was deleted."""

    edited_at: str | None = None
    deleted: bool | None = None
    reactions: list[Reaction] | None = None
    replies: Replies | None = None
    poll: PollNow | None = None
    previews: list[Preview] | None = None
    pinned: Done | None = None
    duplicate: bool | None = None


class MessagePage(BaseModel):
    """Messages, oldest first; `before` and `after` page on, null at an end."""

    items: list[Message]
    before: int | None
    after: int | None


class MessageList(BaseModel):
    """Messages that do not stand one after the other."""

    items: list[Message]
    next: None


class Version(BaseModel):
    """What a message said, since the event `seq`."""

    seq: int
    at: str
    text: str


class Versions(BaseModel):
    """What a message said, the first words first."""

    items: list[Version]
    next: None


class EventPage(BaseModel):
    """Events of the log; `next` goes into `after`, null at the end."""

    items: list[dict[str, Any]]
    next: int | None


def messages_router(messages: Messages, signed_in: Somebody, pace: Pace, clock: Any) -> APIRouter:
    """All routes of messages, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=PageRoute, tags=["messages"])
    somebody = Depends(signed_in)
    _add_reading(router, messages, somebody)
    _add_writing(router, messages, somebody, pace, clock)
    return router


def _add_reading(router: APIRouter, messages: Messages, somebody: Any) -> None:
    @router.get(
        "/rooms/{room}/messages", operation_id="list_messages", summary="A page of messages", responses={200: {"model": MessagePage}}
    )
    async def list_messages(
        room: str,
        before: Cursor = None,
        after: Cursor = None,
        around: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
        thread: Annotated[
            Cursor, Query(description="The replies in the thread with this first message; 0 for what stands in the room itself")
        ] = None,
        me: SignedIn = somebody,
    ) -> Response:
        page = await messages.page(me.user, room, before=before, after=after, around=around, limit=limit, thread=thread)
        return _json(page.as_json())

    @router.get("/rooms/{room}/messages/{seq}", operation_id="get_message", summary="One message", responses={200: {"model": Message}})
    async def get_message(room: str, seq: Address, me: SignedIn = somebody) -> Response:
        return _json(await messages.message(me.user, room, seq))

    @router.get("/rooms/{room}/messages/{seq}/versions", operation_id="list_versions", summary="What a message said before")
    async def list_versions(room: str, seq: Address, me: SignedIn = somebody) -> Versions:
        found = await messages.versions(me.user, room, seq)
        return Versions(items=[Version(**version) for version in found], next=None)

    @router.get("/rooms/{room}/events", operation_id="list_events", summary="The raw log", responses={200: {"model": EventPage}})
    async def list_events(
        room: str,
        after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
        limit: Annotated[int, Query(ge=1, le=LARGEST_LOG_PAGE)] = 100,
        me: SignedIn = somebody,
    ) -> Response:
        found = await messages.events(me.user, room, after=after, limit=limit)
        return _json(_log_page(found, limit))


def _add_writing(router: APIRouter, messages: Messages, somebody: Any, pace: Pace, clock: Any) -> None:
    @router.post(
        "/rooms/{room}/messages",
        status_code=201,
        operation_id="post_message",
        summary="Post a message",
        responses={200: {"model": Message, "description": "The key was used before; this is the first one"}, 201: {"model": Message}},
    )
    async def post_message(room: str, body: NewMessage, me: SignedIn = somebody) -> Response:
        pace.take(me.user.id, clock())
        posted = await messages.post_message(me.user, room, **vars(body))
        return _json(posted.as_json(), 200 if posted.is_duplicate else 201)

    @router.patch(
        "/rooms/{room}/messages/{seq}", operation_id="edit_message", summary="Edit one's message", responses={200: {"model": Message}}
    )
    async def edit_message(room: str, seq: Address, body: NewText, me: SignedIn = somebody) -> Response:
        pace.take(me.user.id, clock())
        return _json(await messages.edit_message(me.user, room, seq, body.text))

    @router.delete("/rooms/{room}/messages/{seq}", status_code=204, operation_id="delete_message", summary="Delete a message")
    async def delete_message(room: str, seq: Address, me: SignedIn = somebody) -> None:
        pace.take(me.user.id, clock())
        await messages.delete_message(me.user, room, seq)


def _log_page(found: list[tuple[int, bytes]], limit: int) -> bytes:
    page = found[:limit]
    following = b"%d" % page[-1][0] if len(found) > limit else b"null"
    return b'{"items":[' + b",".join(body for _, body in page) + b'],"next":' + following + b"}"


def _json(body: bytes, status: int = 200) -> Response:
    """The journal's own bytes: they were JSON when they were written."""
    return Response(body, status, media_type="application/json")
