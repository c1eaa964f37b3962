"""What a scheduled message is."""

from typing import Any, NamedTuple

from hubbub.protocol.events import timestamp

MOST_SCHEDULED = 100


class Scheduled(NamedTuple):
    """A message that waits for its time."""

    id: str
    user_id: str
    room_id: str
    key: str
    text: str
    thread: int | None
    also_to_room: bool
    reply_to: int | None
    due_at: int
    created_at: int
    failure: str | None = None
    """Why it was not sent when its time had come."""

    def as_json(self, *, sees_room: bool) -> dict[str, Any]:
        """The message as its author gets it, without the room where that is not for their eyes any more."""
        always = {"id": self.id, "room": self.room_id if sees_room else None, "key": self.key, "text": self.text}
        times = {"at": timestamp(self.due_at), "created_at": timestamp(self.created_at)}
        rest = {"thread": self.thread, "also_to_room": self.also_to_room, "reply_to": self.reply_to, "failed": self.failure}
        return always | times | {name: value for name, value in rest.items() if value}


class Count(NamedTuple):
    """How many scheduled messages somebody has."""

    waiting: int
    failed: int
