"""The routes of pins."""

from typing import Any

from fastapi import APIRouter, Depends, Response

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.answers import PageRoute
from hubbub.messages.actions import Messages
from hubbub.messages.api import Address, Message, MessageList
from hubbub.messages.pace import Pace
from hubbub.pins.actions import Pins


def pins_router(pins: Pins, messages: Messages, signed_in: Somebody, pace: Pace, clock: Any) -> APIRouter:
    """All routes of pins, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=PageRoute, tags=["messages"])
    somebody = Depends(signed_in)

    @router.get("/rooms/{room}/pins", operation_id="list_pins", summary="The pinned messages", responses={200: {"model": MessageList}})
    async def list_pins(room: str, me: SignedIn = somebody) -> Response:
        items = b",".join(await pins.pinned(me.user, room))
        return Response(b'{"items":[' + items + b'],"next":null}', media_type="application/json")

    @router.put(
        "/rooms/{room}/messages/{seq}/pin", operation_id="pin_message", summary="Pin a message", responses={200: {"model": Message}}
    )
    async def pin_message(room: str, seq: Address, me: SignedIn = somebody) -> Response:
        pace.take(me.user.id, clock())
        await pins.pin(me.user, room, seq)
        return Response(await messages.message(me.user, room, seq), media_type="application/json")

    @router.delete("/rooms/{room}/messages/{seq}/pin", status_code=204, operation_id="unpin_message", summary="Unpin a message")
    async def unpin_message(room: str, seq: Address, me: SignedIn = somebody) -> None:
        pace.take(me.user.id, clock())
        await pins.unpin(me.user, room, seq)

    return router
