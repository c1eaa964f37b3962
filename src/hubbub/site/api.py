"""The routes of the site: what a visitor may know of it, and what those who run it change."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hubbub.accounts import bodies
from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.problems import ProblemRoute
from hubbub.settings import Settings
from hubbub.site.actions import Site


class SiteChanges(BaseModel):
    """What to change; what is left out stays."""

    previews: bool | None = Field(None, description="Whether links are previewed")


def site_router(
    site: Site,
    settings: Settings,
    signed_in: Somebody,
    *,
    needs_owner: Callable[[], Awaitable[bool]] | None,
    version: str,
) -> APIRouter:
    """All routes of the site, to be included under `{prefix}/api`. Without `needs_owner` people sign in elsewhere."""
    router = APIRouter(route_class=ProblemRoute, tags=["site"])
    somebody = Depends(signed_in)

    async def answer() -> bodies.Site:
        return bodies.Site(
            name=settings.name,
            limits=bodies.limits_of(settings),
            setup=await needs_owner() if needs_owner else False,
            sign_in=needs_owner is not None,
            previews=await site.has_previews(),
            version=version,
        )

    @router.get("/site", operation_id="get_site", summary="What this chat is called, and whether it waits for its owner")
    async def get_site() -> bodies.Site:
        return await answer()

    @router.patch("/site", operation_id="change_site", summary="Change what holds for the whole chat")
    async def change_site(body: SiteChanges, me: SignedIn = somebody) -> bodies.Site:
        await site.change(me.user, previews=await site.has_previews() if body.previews is None else body.previews)
        return await answer()

    return router
