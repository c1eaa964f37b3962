"""Events and messages as a program holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, ValidationError

from hubbub.client.reading import Frame
from hubbub.protocol.events import EVENTS, Event, File, Person

if TYPE_CHECKING:
    from hubbub.client.room import Room


class OtherEvent(Event):
    """An event of a kind that this version does not know, with all its fields."""

    model_config = ConfigDict(extra="allow")


@dataclass(frozen=True, slots=True)
class Reset:
    """The server was restored from a backup, and the room's log is another one: load afresh; reading goes on after `seq`."""

    room: str
    seq: int
    type: str = "reset"


def event_of(frame: Frame) -> Event | Reset:
    """The event in a frame. Fields that this version does not know are left out."""
    if frame["type"] == "reset":
        return Reset(frame["room"], frame["seq"])
    model = EVENTS.get(frame["type"])
    if model is not None:
        try:
            return model.model_validate(frame, extra="ignore")
        except ValidationError:
            pass  # a later version gave it another shape
    return OtherEvent.model_validate(frame)


@dataclass(slots=True, eq=False)
class Message:
    """A message as it stood when it came or was loaded."""

    room: "Room"
    seq: int
    at: str
    by: Person
    text: str | None
    """None once it was deleted."""
    key: str
    mentions: tuple[str, ...] = ()
    thread: int | None = None
    """The first message of the thread that it is a reply in."""
    reply_to: int | None = None
    """The message that it quotes."""
    edited_at: str | None = None
    poll: Mapping[str, Any] | None = None
    """What its readers may choose from: `options`, with the `votes` where it was loaded."""
    previews: Sequence[Mapping[str, Any]] = ()
    """What the pages that it links to said of themselves, where it was loaded: each `n`, `url`, `title`, …"""
    files: Sequence[File] = ()
    _replies: int = field(default=0, repr=False)

    async def reply(self, text: str, *, quoting: bool = False) -> int:
        """Post an answer where the message stands, in its room or thread; its seq. `quoting` shows what it answers.

        A client that keeps bookmarks may get a message a second time after a crash. Its answers carry keys made from
        the message, so that answering again posts nothing twice.
        """
        self._replies += 1
        key = self.room.reply_key(self.seq, self._replies)
        return await self.room.send(text, key=key, thread=self.thread, reply_to=self.seq if quoting else None)

    async def edit(self, text: str) -> "Message":
        """Change what it says; the message as it stands then. Needs `hubbub[client]`."""
        return await self.room.edit(self.seq, text)

    async def react(self, emoji: str) -> None:
        """Put an emoji on it. Needs `hubbub[client]`."""
        await self.room.react(self.seq, emoji)

    async def delete(self) -> None:
        """Take its words back. Needs `hubbub[client]`."""
        await self.room.delete(self.seq)


@dataclass(frozen=True, slots=True)
class Page:
    """Messages of a room, oldest first; `before` and `after` page on, None at an end."""

    messages: list[Message]
    before: int | None
    after: int | None


def message_of(room: "Room", fields: Mapping[str, Any]) -> Message:
    """The message in an event `message.created`, or in an answer of REST."""
    return Message(
        room=room,
        seq=fields["seq"],
        at=fields["at"],
        by=Person.model_validate(fields["by"]),
        text=fields.get("text"),
        key=fields["key"],
        mentions=tuple(fields.get("mentions") or ()),
        thread=fields.get("thread"),
        reply_to=fields.get("reply_to"),
        edited_at=fields.get("edited_at"),
        poll=fields.get("poll"),
        previews=fields.get("previews", ()),
        files=[File.model_validate(file, extra="ignore") for file in fields.get("files") or ()],
    )
