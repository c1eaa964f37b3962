"""What a room and a membership are, and the rules that need no database."""

import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from hubbub.errors import Invalid, TooLarge

RoomKind = Literal["public", "private", "direct"]
RoomRole = Literal["owner", "admin", "member"]

ROOM_NAME_LENGTH = 80
TOPIC_LENGTH = 250
LOBBY = "lobby"


@dataclass(frozen=True, slots=True)
class Room:
    """A place with a journal."""

    id: str
    kind: RoomKind
    name: str
    topic: str
    last_seq: int
    message_count: int
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """A user in a room: what they may do there, and how far they have read."""

    user_id: str
    room_id: str
    role: RoomRole
    read_seq: int
    read_count: int
    mentions: int = 0
    """Messages after `read_seq` that name the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """A room as one user stands to it."""

    room: Room
    membership: Membership | None

    def as_json(self) -> dict[str, Any]:
        """The room as `welcome`, `room.added` and REST give it to this user."""
        room, mine = self.room, self.membership
        return {
            "id": room.id,
            "kind": room.kind,
            "name": room.name,
            "topic": room.topic,
            "role": mine.role if mine else None,
            "last_seq": room.last_seq,
            "read_seq": mine.read_seq if mine else 0,
            "unread": room.message_count - mine.read_count if mine else 0,
            "mentions": mine.mentions if mine else 0,
        }


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a room, as the others see them."""

    person: dict[str, str]
    role: RoomRole

    def as_json(self) -> dict[str, Any]:
        """The member as REST gives it."""
        return {"user": self.person, "role": self.role}


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a user has read in a room, and what is left."""

    room_id: str
    seq: int
    unread: int
    mentions: int

    def as_json(self) -> dict[str, Any]:
        """The mark as REST gives it."""
        return {"room": self.room_id, "seq": self.seq, "unread": self.unread, "mentions": self.mentions}


def checked_room_name(text: str) -> str:
    """The name as it will be shown: NFKC, one line, without spaces around it. Raises `Invalid` and says what is wrong."""
    name = "" if len(text) > 4 * ROOM_NAME_LENGTH else unicodedata.normalize("NFKC", text).strip()
    if not 1 <= len(name) <= ROOM_NAME_LENGTH:
        raise Invalid(f"A room's name has 1 to {ROOM_NAME_LENGTH} characters; this one has {len(text.strip())}.", field="name")
    if not name.isprintable():
        raise Invalid("A room's name has no line breaks and no invisible characters.", field="name")
    return name


def checked_topic(text: str) -> str:
    """The topic, one line. Raises `TooLarge` or `Invalid`."""
    topic = " ".join(text.split())
    if len(topic) > TOPIC_LENGTH:
        raise TooLarge(f"A topic has {TOPIC_LENGTH} characters at most; this one has {len(topic)}.", field="topic")
    if not topic.isprintable():
        raise Invalid("A topic has no invisible characters.", field="topic")
    return topic


def room_name_key(name: str) -> str:
    """The name as public rooms' names are compared."""
    return unicodedata.normalize("NFKC", name).casefold()
