"""Signals: passing news without a number. They may be dropped, and nothing is lost with them."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, Field
from pydantic_core import to_json


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


class Hidden(BaseModel):
    """This user put a direct room away until something comes after `seq`; 0 brings it back."""

    type: Literal["hidden"]
    room: str
    seq: int


class Presence(BaseModel):
    """Who is there of the rooms that one watches: first all who are not offline, then what changes."""

    type: Literal["presence"]
    users: dict[str, Literal["online", "away", "offline"]] = Field(description="By user id")


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


SIGNALS: dict[str, type[BaseModel]] = {
    "typing": Typing,
    "read": Read,
    "hidden": Hidden,
    "unread": Unread,
    "folder": Folder,
    "presence": Presence,
}


def typing(room: str, users: list[str]) -> bytes:
    """The frame that says who is typing."""
    return to_json({"type": "typing", "room": room, "users": users})


def read(room: str, seq: int) -> bytes:
    """The frame that tells a person's other devices how far they have read."""
    return to_json({"type": "read", "room": room, "seq": seq})


def hidden(room: str, seq: int) -> bytes:
    """The frame that tells a person's devices that a direct room was put away, or is back."""
    return to_json({"type": "hidden", "room": room, "seq": seq})


def presence(users: Mapping[str, str]) -> bytes:
    """The frame that says who is there."""
    return to_json({"type": "presence", "users": users})


def unread(room: str, seq: int, unread: int, mentions: int) -> bytes:
    """The frame that tells a person's devices what is unread again."""
    return to_json({"type": "unread", "room": room, "seq": seq, "unread": unread, "mentions": mentions})


def folder(room: str, folder: str) -> bytes:
    """The frame that tells a person's devices in which folder a room stands."""
    return to_json({"type": "folder", "room": room, "folder": folder})
