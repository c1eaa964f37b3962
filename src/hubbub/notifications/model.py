"""Who is to be told of a message. Everything that decides is here, and none of it reads or waits."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from hubbub.messages.model import EVERYBODY
from hubbub.notifications.wishes import Level, Wishes, is_found

MOST_WORDS = 180

Reason = Literal["mention", "keyword", "thread", "direct", "room"]


class Said(NamedTuple):
    """A message, as far as it matters who is told of it."""

    room_id: str
    room_kind: str
    seq: int
    at: int
    author_id: str
    text: str
    mentions: frozenset[str]
    thread: int | None
    also_to_room: bool

    @property
    def is_only_in_thread(self) -> bool:
        """Whether it stands in a thread and nowhere else."""
        return self.thread is not None and not self.also_to_room


def said_of(message: Mapping[str, Any], room_kind: str, at: int) -> Said:
    """What matters of a message, as its event or as it stands."""
    return Said(
        message["room"],
        room_kind,
        message["seq"],
        at,
        message["by"]["id"],
        message.get("text", ""),
        frozenset(message.get("mentions", ())),
        message.get("thread"),
        message.get("also_to_room", False),
    )


class Following(NamedTuple):
    """How somebody follows a thread."""

    level: Level
    read_seq: int


class Listener(NamedTuple):
    """Somebody in the room who can be told, and how they stand to it."""

    user_id: str
    wishes: Wishes
    first_seq: int
    read_seq: int
    threads: Mapping[int, Following] = {}
    reachable_since: int = 0
    """They are told of nothing older, in milliseconds since 1970."""


def why_told(said: Said, listener: Listener) -> Reason | None:
    """Why somebody is to be told of a message, were they looking elsewhere; None when they are not."""
    if said.author_id == listener.user_id or said.seq < listener.first_seq or said.at < listener.reachable_since:
        return None
    level = listener.wishes.level_of(said.room_id, said.room_kind)
    following = listener.threads.get(said.thread) if said.thread is not None else None
    if level == "nothing" or (following is not None and following.level == "nothing") or has_read(said, listener):
        return None
    if listener.user_id in said.mentions or EVERYBODY in said.mentions:
        return "mention"
    if is_found(listener.wishes.keywords, said.text):
        return "keyword"
    if following is not None and said.is_only_in_thread:
        return "thread" if following.level == "all" else None
    if level != "all" or (said.is_only_in_thread and said.room_kind != "direct"):
        return None
    return "direct" if said.room_kind == "direct" else "room"


def has_read(said: Said, listener: Listener) -> bool:
    """Whether somebody has read it, on whichever device: a reply in a thread that they follow by the mark of that thread."""
    following = listener.threads.get(said.thread) if said.thread is not None else None
    if said.is_only_in_thread and following is not None:
        return following.read_seq >= said.seq
    return listener.read_seq >= said.seq


def who_is_told(said: Said, listeners: Iterable[Listener]) -> list[str]:
    """The ids of those who are to be told of a message."""
    return [listener.user_id for listener in listeners if why_told(said, listener)]


def words_of(message: Mapping[str, Any], room_name: str) -> dict[str, str]:
    """What a notification says that may say anything: who wrote where, and how it begins."""
    author = message["by"]["name"]
    return {"title": f"{author} · {room_name}" if room_name else author, "body": beginning(message)}


def beginning(message: Mapping[str, Any]) -> str:
    """How a message begins, in one line; of one without words the names of its files."""
    text = " ".join(message.get("text", "").split())
    text = text or ", ".join(str(file.get("name", "")) for file in message.get("files", ()))
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]}…"
