"""What the hub tells other nodes, and what becomes of it where there are none."""

from collections.abc import Mapping
from typing import Protocol


class Elsewhere(Protocol):
    """The other nodes, as the hub sees them: somebody to tell, who may not hear it."""

    @property
    def can_hear(self) -> bool:
        """Whether there is a way to tell them anything."""

    def room_opened(self, room: str) -> None:
        """Somebody here begins to listen to a room that nobody here listened to."""

    def room_closed(self, room: str) -> None:
        """Nobody here listens to the room any more."""

    def tell_user(self, user_id: str, payload: bytes) -> None:
        """A frame for the user's sessions on other nodes."""

    def typed(self, room: str, user_id: str, name: str) -> None:
        """Somebody here types in the room, or still does."""

    def saw(self, room: str, user_id: str, seq: int, shown_to: list[str]) -> None:
        """A user has read up to `seq`, which those of `shown_to` are to know who watch the room."""

    def watched(self, room: str) -> None:
        """Somebody here watches the room, or still does, and wants to know who is there."""

    def here(self, room: str, states: Mapping[str, str], *, is_all: bool) -> None:
        """Who is in the room on this node: everybody, or what changed."""


class Nowhere:
    """There are no other nodes."""

    can_hear = False

    def room_opened(self, room: str) -> None:
        """Nobody else needs to know."""

    def room_closed(self, room: str) -> None:
        """Nobody else needs to know."""

    def tell_user(self, user_id: str, payload: bytes) -> None:
        """All of the user's sessions are here."""

    def typed(self, room: str, user_id: str, name: str) -> None:
        """Everybody in the room is here."""

    def saw(self, room: str, user_id: str, seq: int, shown_to: list[str]) -> None:
        """Everybody who watches the room is here."""

    def watched(self, room: str) -> None:
        """Nobody else knows anything."""

    def here(self, room: str, states: Mapping[str, str], *, is_all: bool) -> None:
        """Nobody else wants to know."""
