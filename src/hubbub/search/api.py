"""The search route."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.answers import PageRoute
from hubbub.messages.api import Message
from hubbub.search.actions import Search

PAGE = 20
LARGEST_PAGE = 100


class FoundMessages(BaseModel):
    """Messages, the newest first; `next` goes into `before`, null at the end."""

    items: list[Message]
    next: str | None


def search_router(search: Search, signed_in: Somebody) -> APIRouter:
    """The route of search, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=PageRoute, tags=["search"])
    somebody: Any = Depends(signed_in)

    @router.get("/search", operation_id="search", summary="Find messages", responses={200: {"model": FoundMessages}})
    async def find(
        q: Annotated[str, Query(max_length=500)] = "",
        room: str | None = None,
        by: str | None = None,
        before: str | None = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
        me: SignedIn = somebody,
    ) -> Response:
        found = await search.find(me.user, q, room_id=room, author=by, before=before, limit=limit)
        return Response(found.as_json(), media_type="application/json")

    @router.get("/mentions", operation_id="list_mentions", summary="Messages that name me", responses={200: {"model": FoundMessages}})
    async def mentions(
        before: str | None = None, limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE, me: SignedIn = somebody
    ) -> Response:
        found = await search.mentions(me.user, before=before, limit=limit)
        return Response(found.as_json(), media_type="application/json")

    return router
