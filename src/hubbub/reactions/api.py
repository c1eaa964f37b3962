"""The routes of reactions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.messages.actions import Messages
from hubbub.messages.api import Address, Message
from hubbub.messages.pace import Pace
from hubbub.problems import ProblemRoute
from hubbub.reactions.actions import Reacting

Emoji = Annotated[str, Path(min_length=1, max_length=64, description="One emoji, percent-encoded")]


def reactions_router(reacting: Reacting, messages: Messages, signed_in: Somebody, pace: Pace, clock: Any) -> APIRouter:
    """All routes of reactions, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=ProblemRoute, tags=["messages"])
    somebody = Depends(signed_in)
    address = "/rooms/{room}/messages/{seq}/reactions/{emoji}"

    @router.put(address, operation_id="add_reaction", summary="React to a message", responses={200: {"model": Message}})
    async def add_reaction(room: str, seq: Address, emoji: Emoji, me: SignedIn = somebody) -> Response:
        pace.take(me.user.id, clock())
        await reacting.react(me.user, room, seq, emoji)
        return Response(await messages.message(me.user, room, seq), media_type="application/json")

    @router.delete(address, status_code=204, operation_id="remove_reaction", summary="Take a reaction back")
    async def remove_reaction(room: str, seq: Address, emoji: Emoji, me: SignedIn = somebody) -> None:
        pace.take(me.user.id, clock())
        await reacting.take_back(me.user, room, seq, emoji)

    return router
