"""Events: the numbered, lasting facts of a room's log, each with its fields as they go over the wire."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json, to_json


class Person(BaseModel):
    """Somebody as others see them."""

    id: str
    name: str
    kind: Literal["human", "bot", "guest"]


class Event(BaseModel):
    """What every event carries. `seq` starts at 1 in each room and has no gaps."""

    model_config = ConfigDict(extra="forbid")

    type: str
    room: str
    seq: int = Field(ge=1)
    at: str = Field(description="RFC 3339, UTC, milliseconds")
    by: Person


class File(BaseModel):
    """A file in a message. Its bytes are at `files/{id}/{name}`."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    type: str = Field(description="By its bytes, whatever it was called")
    size: int = Field(description="Bytes")
    kind: Literal["image", "video", "audio", "file"]
    width: int | None = Field(None, description="Of an image; of a video as its sender said")
    height: int | None = None
    duration: float | None = Field(None, description="Seconds, as its sender said")
    voice: bool | None = Field(None, description="A voice note")


class Poll(BaseModel):
    """What can be chosen. The question is the message's text."""

    model_config = ConfigDict(extra="forbid")

    options: list[str]
    multiple: bool | None = Field(None, description="Several options may be chosen")
    closes_at: str | None = Field(None, description="From then on nobody votes any more; RFC 3339, UTC, milliseconds")


class MessageCreated(Event):
    """A message was posted; its address is (room, seq)."""

    type: Literal["message.created"]
    text: str | None = Field(None, description="Missing once the message was deleted")
    key: str
    mentions: list[str] | None = Field(None, description="Ids of the members that it names; `@room` for all of them")
    thread: int | None = Field(None, description="The first message of the thread that it is a reply in")
    also_to_room: bool | None = Field(None, description="A reply in a thread that stands in the room too")
    reply_to: int | None = Field(None, description="The message that it quotes")
    files: list[File] | None = None
    poll: Poll | None = Field(None, description="What its readers may choose from")
    scheduled: bool | None = Field(None, description="Written earlier, to be sent now: its author has not read the room by that")
    redacted: bool | None = None


class MessageEdited(Event):
    """The message at `target` says `text` from now on."""

    type: Literal["message.edited"]
    target: int
    text: str | None = None
    mentions: list[str] | None = None
    redacted: bool | None = None


class Preview(BaseModel):
    """What a page that a message links to says of itself. These are a stranger's words."""

    model_config = ConfigDict(extra="forbid")

    n: int = Field(description="Which of the message's previews it is; it stays the same")
    url: str = Field(description="The link, as the message has it")
    title: str
    description: str | None = None
    site: str | None = None


class MessagePreviewed(Event):
    """The message at `target` has these previews of its links from now on, and no others."""

    type: Literal["message.previewed"]
    target: int
    previews: list[Preview] | None = Field(None, description="Missing once the message was deleted")
    redacted: bool | None = None


class MessageDeleted(Event):
    """The message at `target` is gone; the log keeps its number, not its words."""

    type: Literal["message.deleted"]
    target: int
    thread: int | None = Field(None, description="Where it was a reply in a thread")


class MessagePinned(Event):
    """The message at `target` is one of the room's pinned ones from now on."""

    type: Literal["message.pinned"]
    target: int


class MessageUnpinned(Event):
    """The message at `target` is pinned no more."""

    type: Literal["message.unpinned"]
    target: int


class ReactionAdded(Event):
    """`by` reacted to the message at `target`."""

    type: Literal["reaction.added"]
    target: int
    emoji: str


class ReactionRemoved(Event):
    """`by` took a reaction to the message at `target` back."""

    type: Literal["reaction.removed"]
    target: int
    emoji: str


class PollVoted(Event):
    """`by` chose these of the options of the poll at `target`, and what they chose before counts no more."""

    type: Literal["poll.voted"]
    target: int
    choices: list[int] = Field(description="The numbers of the options, the first one 0; none to take the vote back")


class PollClosed(Event):
    """Nobody votes in the poll at `target` any more."""

    type: Literal["poll.closed"]
    target: int


class MemberJoined(Event):
    """`user` is a member from this event on."""

    type: Literal["member.joined"]
    user: Person
    role: str


class MemberLeft(Event):
    """`user` is no member any more; this is the last event that reaches them."""

    type: Literal["member.left"]
    user: Person


class MemberChanged(Event):
    """`user` has another role."""

    type: Literal["member.changed"]
    user: Person
    role: str


class RoomChanged(Event):
    """The room has another name, topic, description, kind or rule, or was archived or brought back."""

    type: Literal["room.changed"]
    name: str | None = None
    topic: str | None = None
    description: str | None = None
    kind: str | None = None
    posting: str | None = Field(None, description="Who may post: everyone, or moderators")
    history: str | None = Field(None, description="What those who join from now on may see: all, or joined")
    archived: bool | None = None


EVENTS: dict[str, type[Event]] = {
    "message.created": MessageCreated,
    "message.edited": MessageEdited,
    "message.previewed": MessagePreviewed,
    "message.deleted": MessageDeleted,
    "message.pinned": MessagePinned,
    "message.unpinned": MessageUnpinned,
    "reaction.added": ReactionAdded,
    "reaction.removed": ReactionRemoved,
    "poll.voted": PollVoted,
    "poll.closed": PollClosed,
    "member.joined": MemberJoined,
    "member.left": MemberLeft,
    "member.changed": MemberChanged,
    "room.changed": RoomChanged,
}


class Recorded(NamedTuple):
    """An event that stands in a journal: what is announced once it is committed."""

    room: str
    seq: int
    type: str
    at: str
    by: Mapping[str, Any]
    fields: Mapping[str, Any]
    message_count: int
    """How many messages the room had up to here, this event included."""
    body: bytes
    """The event as it goes over the wire."""


def encode_event(kind: str, room: str, seq: int, at: str, by: Mapping[str, Any], fields: Mapping[str, Any]) -> bytes:
    """The event as it goes over the wire and into the log: made once, the same bytes for everybody."""
    return to_json({"type": kind, "room": room, "seq": seq, "at": at, "by": by, **fields})


def recorded_from(body: bytes) -> Recorded:
    """An event from its bytes, as it came from the log or from another node. Its room's message count is not told by them."""
    fields: dict[str, Any] = from_json(body)
    kind, room, seq, at, by = (fields.pop(name) for name in ("type", "room", "seq", "at", "by"))
    return Recorded(room, seq, kind, at, by, fields, 0, body)


def timestamp(milliseconds: int) -> str:
    """A time as it goes over the wire: RFC 3339, UTC, milliseconds."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
