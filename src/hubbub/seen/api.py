"""The route that says who has seen a message."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.messages.api import Address
from hubbub.problems import ProblemRoute
from hubbub.protocol.events import Person
from hubbub.seen.actions import Seen


class SeenBy(BaseModel):
    """Who has read as far as a message, by name."""

    items: list[Person]
    next: None


def seen_router(seen: Seen, signed_in: Somebody) -> APIRouter:
    """The routes of this feature, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=ProblemRoute, tags=["messages"])
    somebody = Depends(signed_in)

    @router.get("/rooms/{room}/messages/{seq}/seen", operation_id="list_seen", summary="Who has seen a message")
    async def list_seen(room: str, seq: Address, me: SignedIn = somebody) -> SeenBy:
        found = await seen.seen_by(me.user, room, seq)
        return SeenBy(items=[Person.model_validate(person) for person in found], next=None)

    return router
