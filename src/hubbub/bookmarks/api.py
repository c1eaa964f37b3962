"""The routes of bookmarks."""

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.answers import PageRoute
from hubbub.bookmarks.actions import Bookmarks
from hubbub.messages.api import Address, Message


class KeptMessage(BaseModel):
    """A message that one keeps, and since when."""

    message: Message
    created_at: str
    remind_at: str | None = None
    due: bool | None = Field(None, description="True where the time of the reminder has come")


class Reminding(BaseModel):
    """How to keep a message."""

    remind_at: AwareDatetime | None = Field(
        None, description="When to be reminded of it (RFC 3339, with the offset from UTC); null for no more, left out to leave it as it is"
    )


class KeptMessages(BaseModel):
    """What one keeps: what one is to be reminded of now, then the last one kept first."""

    items: list[KeptMessage]
    next: None


def bookmarks_router(bookmarks: Bookmarks, signed_in: Somebody) -> APIRouter:
    """All routes of bookmarks, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=PageRoute, tags=["messages"])
    somebody: Any = Depends(signed_in)
    address = "/rooms/{room}/messages/{seq}/bookmark"

    @router.get(
        "/bookmarks",
        operation_id="list_bookmarks",
        summary="One's own bookmarks",
        responses={200: {"model": KeptMessages}},
        response_model=None,
    )
    async def list_bookmarks(me: SignedIn = somebody) -> dict[str, Any]:
        return {"items": await bookmarks.kept(me.user), "next": None}

    @router.put(address, status_code=204, operation_id="add_bookmark", summary="Keep a message for oneself")
    async def add_bookmark(room: str, seq: Address, body: Reminding | None = None, me: SignedIn = somebody) -> None:
        if body is not None and "remind_at" in body.model_fields_set:
            await bookmarks.remind(me.user, room, seq, body.remind_at)
        else:
            await bookmarks.keep(me.user, room, seq)

    @router.delete(address, status_code=204, operation_id="remove_bookmark", summary="Keep a message no more")
    async def remove_bookmark(room: str, seq: Address, me: SignedIn = somebody) -> None:
        await bookmarks.let_go(me.user, room, seq)

    return router
