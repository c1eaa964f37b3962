"""The routes by which a browser has itself told of news."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.notifications.actions import Browsers
from hubbub.problems import ProblemRoute

LONGEST = 2048


class BrowserKeys(BaseModel):
    """What only this browser can open is closed with these, in base64url."""

    p256dh: Annotated[str, Field(max_length=LONGEST)]
    auth: Annotated[str, Field(max_length=LONGEST)]


class NewSubscription(BaseModel):
    """A browser's `PushSubscription`, as its `toJSON` gives it."""

    endpoint: Annotated[str, Field(max_length=LONGEST)]
    keys: BrowserKeys


class Pushes(BaseModel):
    """What a browser needs to be told of news."""

    key: str | None = Field(description="The chat's public key, for `applicationServerKey`; null where no pushes are sent")
    subscribed: bool = Field(description="Whether the browser of this login is told")


def notifications_router(browsers: Browsers, signed_in: Somebody) -> APIRouter:
    """All routes of notifications, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=ProblemRoute, tags=["notifications"])
    somebody: Any = Depends(signed_in)

    @router.get("/push", operation_id="get_push", summary="What a browser needs to be told of news, and whether this one is")
    async def get_push(me: SignedIn = somebody) -> Pushes:
        found = await browsers.look(me.user, me.credential)
        return Pushes(key=found.key, subscribed=found.is_subscribed)

    @router.put("/push", status_code=204, operation_id="subscribe_to_push", summary="Tell this browser of news while no page is open")
    async def subscribe_to_push(body: NewSubscription, me: SignedIn = somebody) -> None:
        await browsers.subscribe(me.user, me.credential, body.endpoint, body.keys.p256dh, body.keys.auth)

    @router.delete("/push", status_code=204, operation_id="unsubscribe_from_push", summary="Tell it no more")
    async def unsubscribe_from_push(endpoint: Annotated[str | None, Field(max_length=LONGEST)] = None, me: SignedIn = somebody) -> None:
        await browsers.unsubscribe(me.user, me.credential, endpoint)

    return router
