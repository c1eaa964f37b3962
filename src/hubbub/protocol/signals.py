"""Signals: passing news without a number. They may be dropped, and nothing is lost with them."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, Field
from pydantic_core import to_json

from hubbub.protocol.events import Person


class Typing(BaseModel):
    """Who is typing now in a room, oneself left out; empty when nobody is."""

    type: Literal["typing"]
    room: str
    users: list[str] = Field(description="Names")


class Read(BaseModel):
    """This user read on another device."""

    type: Literal["read"]
    room: str
    seq: int


class ThreadRead(BaseModel):
    """This user read a thread that they follow, up to `seq`."""

    type: Literal["thread.read"]
    room: str
    thread: int = Field(description="The seq of its first message")
    seq: int


class Hidden(BaseModel):
    """This user put a direct room away until something comes after `seq`; 0 brings it back."""

    type: Literal["hidden"]
    room: str
    seq: int


class Presence(BaseModel):
    """Who is there of a room that one watches: first all who are not offline, then what changes."""

    type: Literal["presence"]
    room: str
    users: dict[str, Literal["online", "away", "offline"]] = Field(description="By user id")


class UserChanged(BaseModel):
    """Somebody of one's rooms, or oneself, has another name from now on."""

    type: Literal["user.changed"]
    user: Person


class Seen(BaseModel):
    """Somebody else in a direct room that one watches has read up to `seq`."""

    type: Literal["seen"]
    room: str
    user: str = Field(description="An id")
    seq: int


class Unread(BaseModel):
    """This user marked a room as unread again: `seq` is the last event that is read."""

    type: Literal["unread"]
    room: str
    seq: int
    unread: int
    mentions: int


class Folder(BaseModel):
    """This user put a room into a folder of their own, or out of it when it is empty."""

    type: Literal["folder"]
    room: str
    folder: str


class Scheduled(BaseModel):
    """How many messages this user has that wait for their time, and how many could not be sent then."""

    type: Literal["scheduled"]
    waiting: int
    failed: int


class Reminder(BaseModel):
    """It is time to remind this user of a message that they keep."""

    type: Literal["reminder"]
    room: str
    seq: int


SIGNALS: dict[str, type[BaseModel]] = {
    "typing": Typing,
    "read": Read,
    "thread.read": ThreadRead,
    "hidden": Hidden,
    "unread": Unread,
    "seen": Seen,
    "folder": Folder,
    "scheduled": Scheduled,
    "reminder": Reminder,
    "presence": Presence,
    "user.changed": UserChanged,
}


def typing(room: str, users: list[str]) -> bytes:
    """The frame that says who is typing."""
    return to_json({"type": "typing", "room": room, "users": users})


def read(room: str, seq: int) -> bytes:
    """The frame that tells a person's other devices how far they have read."""
    return to_json({"type": "read", "room": room, "seq": seq})


def thread_read(room: str, thread: int, seq: int) -> bytes:
    """The frame that tells a person's devices how far they have read in a thread."""
    return to_json({"type": "thread.read", "room": room, "thread": thread, "seq": seq})


def seen(room: str, user: str, seq: int) -> bytes:
    """The frame that tells people how far another one has read."""
    return to_json({"type": "seen", "room": room, "user": user, "seq": seq})


def hidden(room: str, seq: int) -> bytes:
    """The frame that tells a person's devices that a direct room was put away, or is back."""
    return to_json({"type": "hidden", "room": room, "seq": seq})


def presence(room: str, users: Mapping[str, str]) -> bytes:
    """The frame that says who is there."""
    return to_json({"type": "presence", "room": room, "users": users})


def user_changed(user: Mapping[str, str]) -> bytes:
    """The frame that tells those who share a room with somebody how they are called now."""
    return to_json({"type": "user.changed", "user": user})


def unread(room: str, seq: int, unread: int, mentions: int) -> bytes:
    """The frame that tells a person's devices what is unread again."""
    return to_json({"type": "unread", "room": room, "seq": seq, "unread": unread, "mentions": mentions})


def folder(room: str, folder: str) -> bytes:
    """The frame that tells a person's devices in which folder a room stands."""
    return to_json({"type": "folder", "room": room, "folder": folder})


def scheduled(waiting: int, failed: int) -> bytes:
    """The frame that tells a person's devices how many messages of theirs wait for their time, and how many failed."""
    return to_json({"type": "scheduled", "waiting": waiting, "failed": failed})


def reminder(room: str, seq: int) -> bytes:
    """The frame that reminds a person of a message."""
    return to_json({"type": "reminder", "room": room, "seq": seq})
