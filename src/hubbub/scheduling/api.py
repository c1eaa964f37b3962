"""The routes of scheduled messages."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, Field

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.messages.pace import Pace
from hubbub.problems import ProblemRoute
from hubbub.protocol.frames import MAX_SEQ
from hubbub.scheduling.actions import Scheduling

Reference = Annotated[int, Field(ge=1, le=MAX_SEQ)]


class NewScheduled(BaseModel):
    """A message to send at a time; `key` is the client's own, and the message has it when it is sent."""

    key: str
    text: str
    at: AwareDatetime = Field(description="RFC 3339, with the offset from UTC")
    thread: Reference | None = None
    also_to_room: bool = False
    reply_to: Reference | None = None


class ScheduledChange(BaseModel):
    """What to change of a scheduled message."""

    text: str | None = None
    at: AwareDatetime | None = Field(None, description="RFC 3339, with the offset from UTC")


class ScheduledMessage(BaseModel):
    """A message that waits for its time, or that could not be sent then."""

    id: str
    room: str | None = Field(description="Null where the room is not for one's eyes any more")
    key: str
    text: str
    at: str
    created_at: str
    thread: int | None = None
    also_to_room: bool | None = None
    reply_to: int | None = None
    failed: str | None = Field(None, description="Why it was not sent when its time had come")


class ScheduledMessages(BaseModel):
    """One's scheduled messages: those that could not be sent, then the others, the next one first."""

    items: list[ScheduledMessage]
    next: None


def scheduling_router(scheduling: Scheduling, signed_in: Somebody, pace: Pace, clock: Any) -> APIRouter:
    """All routes of scheduled messages, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=ProblemRoute, tags=["messages"])
    somebody: Any = Depends(signed_in)

    @router.post(
        "/rooms/{room}/scheduled",
        status_code=201,
        operation_id="schedule_message",
        summary="Have a message sent at a time",
        response_model_exclude_unset=True,
        responses={200: {"model": ScheduledMessage, "description": "The key was used before; this is the first one"}},
    )
    async def schedule_message(room: str, body: NewScheduled, response: Response, me: SignedIn = somebody) -> ScheduledMessage:
        pace.take(me.user.id, clock())
        message, is_new = await scheduling.schedule(me.user, room, **vars(body))
        response.status_code = 201 if is_new else 200
        return ScheduledMessage.model_validate(message)

    @router.get("/scheduled", operation_id="list_scheduled", summary="One's scheduled messages", response_model_exclude_unset=True)
    async def list_scheduled(me: SignedIn = somebody) -> ScheduledMessages:
        return ScheduledMessages.model_validate({"items": await scheduling.scheduled(me.user), "next": None})

    @router.patch(
        "/scheduled/{id}", operation_id="change_scheduled", summary="Change a scheduled message", response_model_exclude_unset=True
    )
    async def change_scheduled(id: str, body: ScheduledChange, me: SignedIn = somebody) -> ScheduledMessage:
        pace.take(me.user.id, clock())
        return ScheduledMessage.model_validate(await scheduling.change(me.user, id, text=body.text, at=body.at))

    @router.delete("/scheduled/{id}", status_code=204, operation_id="cancel_scheduled", summary="Take a scheduled message back")
    async def cancel_scheduled(id: str, me: SignedIn = somebody) -> None:
        await scheduling.cancel(me.user, id)

    return router
