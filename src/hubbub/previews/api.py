"""The routes of previews."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.messages.api import Address
from hubbub.messages.pace import Pace
from hubbub.previews.actions import Previews
from hubbub.problems import ProblemRoute
from hubbub.protocol.frames import MAX_SEQ

Number = Annotated[int, Path(ge=0, le=MAX_SEQ, description="The preview's `n`")]


def previews_router(previews: Previews, signed_in: Somebody, pace: Pace, clock: Any) -> APIRouter:
    """All routes of previews, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=ProblemRoute, tags=["messages"])
    somebody = Depends(signed_in)

    @router.delete(
        "/rooms/{room}/messages/{seq}/previews/{n}",
        status_code=204,
        operation_id="dismiss_preview",
        summary="Take the preview of a link away for all",
    )
    async def dismiss_preview(room: str, seq: Address, n: Number, me: SignedIn = somebody) -> None:
        pace.take(me.user.id, clock())
        await previews.dismiss(me.user, room, seq, n)

    return router
