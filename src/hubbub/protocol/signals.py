"""Signals: passing news without a number. They may be dropped, and nothing is lost with them."""

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


SIGNALS: dict[str, type[BaseModel]] = {"typing": Typing, "read": Read}


def typing(room: str, users: list[str]) -> bytes:
    """The frame that says who is typing."""
    return to_json({"type": "typing", "room": room, "users": users})


def read(room: str, seq: int) -> bytes:
    """The frame that tells a person's other devices how far they have read."""
    return to_json({"type": "read", "room": room, "seq": seq})
