"""A room as the client knows it: its description, kept up with the events, and where the client is in its log. Pure."""

from collections.abc import Mapping
from typing import Any

from hubbub.client.following import Following
from hubbub.client.reading import Frame


class KnownRoom:
    """One of the user's rooms."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        self.id: str = described["id"]
        self.is_gone = False
        self.typing: tuple[str, ...] = ()
        self.following = Following(described["last_seq"])
        self.describe(described)

    def describe(self, described: Mapping[str, Any]) -> None:
        """Take over what the server says of the room."""
        self.kind: str = described["kind"]
        self.name: str = described["name"]
        self.topic: str = described["topic"]
        self.role: str | None = described["role"]
        self.read_seq: int = described["read_seq"]
        self.last_seq: int = described["last_seq"]
        self.first_seq: int = described.get("first_seq", 1)
        """The first event that the user may see."""
        self.is_archived: bool = described.get("archived", False)
        self.people: list[Mapping[str, Any]] = described.get("members", [])
        """Everybody in a direct room."""
        # Which of them are unread is not said; that some are is what matters.
        self._last_said = self.last_seq if described.get("unread") else 0

    def receive(self, event: Frame, me: str) -> None:
        """An event of this room came: hand it on, and follow what it changes. Old events, sent again, change nothing."""
        if event["seq"] > self.last_seq:
            self.last_seq = event["seq"]
            self._follow(event, me)
        self.following.receive(event)

    def somebody_is(self, user: Mapping[str, Any]) -> None:
        """Somebody has another name from now on."""
        self.people = [user if person["id"] == user["id"] else person for person in self.people]

    def _follow(self, event: Frame, me: str) -> None:
        kind = event["type"]
        if kind == "room.changed":
            self.kind = event.get("kind") or self.kind
            self.name = event.get("name") or self.name
            self.topic = event["topic"] if event.get("topic") is not None else self.topic
            self.is_archived = event.get("archived", self.is_archived)
        elif kind == "member.changed" and event["user"]["id"] == me:
            self.role = event["role"]
        elif kind == "message.created":
            self._said(event, me)

    def _said(self, event: Frame, me: str) -> None:
        self.typing = tuple(name for name in self.typing if name != event["by"]["name"])
        has_unread = self._last_said > self.read_seq
        # What was scheduled reads nothing for somebody who was perhaps not there.
        if event["by"]["id"] == me and not (event.get("scheduled") and has_unread):
            self.read_seq = max(self.read_seq, event["seq"])
        if event.get("thread") is None or event.get("also_to_room"):
            self._last_said = event["seq"]
