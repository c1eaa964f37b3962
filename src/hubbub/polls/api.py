"""The routes of polls."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.messages.actions import Messages
from hubbub.messages.api import Address, Message
from hubbub.messages.pace import Pace
from hubbub.polls.actions import Polls
from hubbub.problems import ProblemRoute
from hubbub.protocol.polls import MOST_OPTIONS


class Vote(BaseModel):
    """What somebody chooses."""

    choices: Annotated[list[Annotated[int, Field(strict=True)]], Field(max_length=MOST_OPTIONS)] = Field(
        description="The numbers of the options, the first one 0; none to take the vote back"
    )


def polls_router(polls: Polls, messages: Messages, signed_in: Somebody, pace: Pace, clock: Any) -> APIRouter:
    """All routes of polls, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=ProblemRoute, tags=["messages"])
    somebody = Depends(signed_in)
    address = "/rooms/{room}/messages/{seq}"

    @router.put(f"{address}/vote", operation_id="vote", summary="Vote in a poll", responses={200: {"model": Message}})
    async def vote(room: str, seq: Address, body: Vote, me: SignedIn = somebody) -> Response:
        pace.take(me.user.id, clock())
        await polls.vote(me.user, room, seq, body.choices)
        return Response(await messages.message(me.user, room, seq), media_type="application/json")

    @router.put(f"{address}/poll/close", operation_id="close_poll", summary="Close a poll", responses={200: {"model": Message}})
    async def close_poll(room: str, seq: Address, me: SignedIn = somebody) -> Response:
        pace.take(me.user.id, clock())
        await polls.close(me.user, room, seq)
        return Response(await messages.message(me.user, room, seq), media_type="application/json")

    return router
