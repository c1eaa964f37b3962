"""The routes of threads. Their messages are read like any others, with `thread` in the query."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.answers import PageRoute
from hubbub.messages.api import Address, Message
from hubbub.protocol.frames import MAX_SEQ
from hubbub.threads.actions import Threads
from hubbub.threads.store import Level


class ReadThread(BaseModel):
    """How far one has read in a thread."""

    seq: Annotated[int, Field(ge=0, le=MAX_SEQ)]


class FollowThread(BaseModel):
    """What one is told of in a thread."""

    level: Level = Field("all", description="Every reply, those that name oneself, or nothing")


class FollowedThread(BaseModel):
    """A thread that one follows, or chose otherwise about."""

    message: Message = Field(description="Its first message, with what it says of its replies")
    read_seq: int
    unread: int = Field(description="Replies of others after that")
    level: Level = Field(description="What one is told of there; the thread is followed when it is `all`")


class FollowedThreads(BaseModel):
    """Threads, the one with the newest reply first."""

    items: list[FollowedThread]
    next: None


def threads_router(threads: Threads, signed_in: Somebody) -> APIRouter:
    """All routes of threads, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=PageRoute, tags=["messages"])
    somebody: Any = Depends(signed_in)
    address = "/rooms/{room}/threads/{seq}"

    @router.get(
        "/threads",
        operation_id="list_threads",
        summary="The threads that one follows",
        responses={200: {"model": FollowedThreads}},
        response_model=None,
    )
    async def list_threads(me: SignedIn = somebody) -> dict[str, Any]:
        return {"items": [followed._asdict() for followed in await threads.followed(me.user)], "next": None}

    @router.put(f"{address}/follow", status_code=204, operation_id="follow_thread", summary="Follow a thread")
    async def follow_thread(room: str, seq: Address, body: FollowThread | None = None, me: SignedIn = somebody) -> None:
        await threads.follow(me.user, room, seq, body.level if body else "all")

    @router.delete(f"{address}/follow", status_code=204, operation_id="unfollow_thread", summary="Follow a thread no more")
    async def unfollow_thread(room: str, seq: Address, me: SignedIn = somebody) -> None:
        await threads.unfollow(me.user, room, seq)

    @router.put(f"{address}/read", status_code=204, operation_id="mark_thread_read", summary="How far one has read in a thread")
    async def mark_thread_read(room: str, seq: Address, body: ReadThread, me: SignedIn = somebody) -> None:
        await threads.mark_read(me.user, room, seq, body.seq)

    return router
