"""The routes of one's e-mail address."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.notifications.letters.actions import Letters
from hubbub.problems import ProblemRoute

LONGEST = 1024


class EmailAddress(BaseModel):
    """Where one wants letters."""

    address: Annotated[str, Field(max_length=LONGEST)]


class Confirmation(BaseModel):
    """What came with the letter."""

    code: Annotated[str, Field(max_length=LONGEST)]


class Mailbox(BaseModel):
    """Where letters about what one missed go."""

    available: bool = Field(description="Whether this chat writes letters at all")
    address: str | None
    verified: bool = Field(description="Whether the link in the first letter was followed; before that no other comes")


def letters_router(letters: Letters, signed_in: Somebody) -> APIRouter:
    """All routes of letters, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=ProblemRoute, tags=["notifications"])
    somebody: Any = Depends(signed_in)

    @router.get("/me/email", operation_id="get_email", summary="Where letters about what I missed go")
    async def get_email(me: SignedIn = somebody) -> Mailbox:
        found = await letters.look(me.user)
        return Mailbox(available=found.is_available, address=found.address, verified=found.is_verified)

    @router.put("/me/email", status_code=204, operation_id="set_email", summary="Write to this address, once its link was followed")
    async def set_email(body: EmailAddress, me: SignedIn = somebody) -> None:
        await letters.keep(me.user, body.address)

    @router.delete("/me/email", status_code=204, operation_id="forget_email", summary="Write no letters, and forget the address")
    async def forget_email(me: SignedIn = somebody) -> None:
        await letters.forget(me.user)

    @router.post("/email/confirm", status_code=204, operation_id="confirm_email", summary="Show that an address is one's own")
    async def confirm_email(body: Confirmation) -> None:
        await letters.confirm(body.code)

    @router.post("/email/stop", status_code=204, operation_id="stop_letters", summary="No more letters, by the link in one of them")
    async def stop_letters(code: Annotated[str, Query(max_length=LONGEST)]) -> None:
        await letters.stop(code)

    return router
