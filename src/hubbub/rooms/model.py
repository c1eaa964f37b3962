"""What a room and a membership are, and the rules that need no database."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from hubbub.errors import Invalid, TooLarge

RoomKind = Literal["public", "private", "direct"]
RoomRole = Literal["owner", "admin", "member"]
Posting = Literal["everyone", "moderators"]
"""Who may post: every member, or only those who moderate (an announcement room)."""
History = Literal["all", "joined"]
"""What those who join from now on may see: everything, or what comes from their joining on."""

ROOM_NAME_LENGTH = 80
TOPIC_LENGTH = 250
DESCRIPTION_LENGTH = 1000
DIRECT_SIZE = 20
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
    posting: Posting = "everyone"
    history: History = "all"
    description: str = ""


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
    first_seq: int = 1
    """The first event that they may see."""
    hidden_seq: int = 0
    """Put away by the user, until something comes after this."""
    folder: str = ""
    """Where it stands in the user's own list of rooms."""


@dataclass(frozen=True, slots=True)
class Place:
    """A room as one user stands to it."""

    room: Room
    membership: Membership | None
    people: tuple[dict[str, str], ...] = ()
    """Everybody in a direct room, by whom it is named."""

    @property
    def first_seq(self) -> int:
        """The first event that the user may see."""
        return self.membership.first_seq if self.membership else 1

    @property
    def is_hidden(self) -> bool:
        """Whether the user put the room away, and nothing came since."""
        return self.membership is not None and self.membership.hidden_seq >= self.room.last_seq > 0

    def as_json(self) -> dict[str, Any]:
        """The room as `welcome`, `room.added` and REST give it to this user. What is as in most rooms is left out."""
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
            **self._particulars(),
        }

    def _particulars(self) -> dict[str, Any]:
        room = self.room
        particulars = {
            "description": room.description,
            "posting": room.posting if room.posting != "everyone" else "",
            "history": room.history if room.history != "all" else "",
            "archived": room.is_archived,
            "hidden": self.is_hidden,
            "folder": self.membership.folder if self.membership else "",
            "first_seq": self.first_seq if self.first_seq > 1 else 0,
            "members": list(self.people),
        }
        return {name: value for name, value in particulars.items() if value}


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
    shown_to: tuple[str, ...] = ()
    """Who is to see at once that it moved."""

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


def checked_description(text: str) -> str:
    """The description, of several lines. Raises `TooLarge` or `Invalid`."""
    description = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(description) > DESCRIPTION_LENGTH:
        raise TooLarge(f"A description has {DESCRIPTION_LENGTH} characters at most; this one has {len(description)}.", field="description")
    if not description.replace("\n", "").replace("\t", "").isprintable():
        raise Invalid("A description has no invisible characters.", field="description")
    return description


def checked_kind(kind: RoomKind) -> RoomKind:
    """What a room can be made, or made into. Raises `Invalid`: what was said among a few people stays among them."""
    if kind not in ("public", "private"):
        raise Invalid(f"A room is made public or private, not {kind}.", field="kind")
    return kind


def checked_history(history: History, kind: RoomKind) -> History:
    """The rule. Raises `Invalid` for a public room: everybody can look into it without joining."""
    if history == "joined" and kind != "private":
        raise Invalid("Only a private room can keep what came before from those who join it.", field="history")
    return history


def people_key(user_ids: Iterable[str]) -> str:
    """What stands for a set of people: the same for the same people, in whatever order they are named."""
    return " ".join(sorted(set(user_ids)))


def room_name_key(name: str) -> str:
    """The name as public rooms' names are compared."""
    return unicodedata.normalize("NFKC", name).casefold()
