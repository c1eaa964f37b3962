"""A room as a client knows it: a snapshot, and every event since applied to it. Pure: frames in, views out."""

from collections.abc import Callable, Iterable

from hubbub.messages.model import EVERYBODY
from hubbub.messages.threads import with_reply, without_reply
from hubbub.polls.model import with_end, with_vote
from hubbub.reactions.model import has_reacted, with_reaction, without_reaction
from hubbub.testing.errors import BrokenPromise, Json

_FACTS = ("id", "kind", "name", "topic", "role")
UNLESS_SAID: Json = {
    "description": "",
    "posting": "everyone",
    "history": "all",
    "archived": False,
    "hidden": False,
    "folder": "",
    "first_seq": 1,
    "members": [],
}
"""What a room is where it does not say otherwise."""
_WORDS = ("text", "files", "mentions", "edited_at", "reactions", "poll", "previews", "pinned")


class RoomView:
    """What one client makes of one room. Raises `BrokenPromise` for a hole, a repetition, or news after the end."""

    def __init__(self, room: Json, me: str) -> None:
        self.id: str = room["id"]
        self._me = me
        self._facts: Json = {}
        self.cursor: int = room["last_seq"]
        """The last seq that came."""
        self.messages: dict[int, Json] = {}
        """The messages as they stand, by seq."""
        self.members: dict[str, str] = {}
        """The members' roles, by user id."""
        self.is_held = False
        """Told `behind`: nothing comes until `sync`."""
        self.has_left = False
        self._known_from = self.cursor + 1
        self._unknown_unread = self._unknown_mentions = self._read_seq = 0
        self._before_loading: list[Json] | None = None
        self.take_over(room)

    def take_over(self, room: Json) -> None:
        """Take what a fresh `welcome` says of the room; events up to its `last_seq` may still be to come."""
        self._facts = {fact: room[fact] for fact in _FACTS} | {fact: room.get(fact, usual) for fact, usual in UNLESS_SAID.items()}
        self._hidden_seq = room["last_seq"] if room.get("hidden") else 0
        self._read_seq = room["read_seq"]
        self.is_held = False

    def expect_snapshot(self) -> None:
        """A snapshot is being fetched: keep what comes meanwhile, to be applied again after it."""
        self._before_loading = []

    def load(self, room: Json, page: Json, members: Iterable[Json]) -> None:
        """Take a snapshot: the room, its newest messages, its members. Events that came meanwhile are applied again."""
        self.messages = {message["seq"]: message for message in page["items"]}
        self.members = {member["user"]["id"]: member["role"] for member in members}
        self._known_from = 1 if page["before"] is None else page["before"]
        self._read_seq = room["read_seq"]
        self._unknown_unread, self._unknown_mentions = 0, 0
        meanwhile, self._before_loading = self._before_loading or [], None
        if self._known_from > self._read_seq + 1:
            self._unknown_unread = room["unread"] - self._count_unread()
            self._unknown_mentions = room["mentions"] - self._count_mentions()
        for event in meanwhile:
            self._change(event)

    def apply(self, event: Json) -> None:
        """Take the next event."""
        if self.has_left or self.is_held:
            why = "the membership had ended" if self.has_left else "the client was told `behind`"
            raise BrokenPromise(f"Event {event['seq']} of room {event['room']} came after {why}.")
        if event["seq"] != self.cursor + 1:
            raise BrokenPromise(f"Expected seq {self.cursor + 1} of room {event['room']}, got {event['seq']}: {event}")
        self.cursor += 1
        if self._before_loading is not None:
            self._before_loading.append(event)
        self._change(event)

    def hides_until_after(self, seq: int) -> None:
        """The room was put away until something comes after `seq`."""
        self._hidden_seq = seq

    def read_up_to(self, seq: int) -> None:
        """Move the read mark; it never moves back."""
        self._read_seq = max(self._read_seq, seq)
        if self._read_seq + 1 >= self._known_from:
            self._unknown_unread = self._unknown_mentions = 0

    def unread_after(self, seq: int, unread: int, mentions: int) -> None:
        """So much is unread again, after `seq`."""
        self._read_seq = seq
        self._unknown_unread, self._unknown_mentions = unread - self._count_unread(), mentions - self._count_mentions()

    def stands_in(self, folder: str) -> None:
        """The user put the room into this folder."""
        self._facts["folder"] = folder

    def somebody_is(self, user: Json) -> None:
        """Somebody has this name from now on."""
        self._facts["members"] = [user if member["id"] == user["id"] else member for member in self._facts["members"]]

    @property
    def room(self) -> Json:
        """The room, in the same shape as the chat gives it."""
        counts = {"unread": self._unknown_unread + self._count_unread(), "mentions": self._unknown_mentions + self._count_mentions()}
        is_hidden = self._hidden_seq >= self.cursor
        return {**self._facts, "hidden": is_hidden, "last_seq": self.cursor, "read_seq": self._read_seq, **counts}

    def _count_unread(self) -> int:
        unread = (message for seq, message in self.messages.items() if seq > self._read_seq)
        return sum(1 for message in unread if "thread" not in message or message.get("also_to_room"))

    def _count_mentions(self) -> int:
        unread = (message for seq, message in self.messages.items() if seq > self._read_seq)
        return sum(1 for message in unread if {self._me, EVERYBODY} & set(message.get("mentions", ())))

    def _change(self, event: Json) -> None:
        change = _CHANGES.get(event["type"])
        if change is not None:
            change(self, event)

    def _message_created(self, event: Json) -> None:
        message = dict(event)
        if message.get("redacted"):
            message["deleted"] = True
        self.messages[event["seq"]] = message
        if event["by"]["id"] == self._me and not self._waited(event):
            self.read_up_to(event["seq"])
        first = self.messages.get(event.get("thread", 0))
        if first is not None and not _knows(first, event):
            first["replies"] = with_reply(first.get("replies"), event)

    def _waited(self, event: Json) -> bool:
        """Whether a message of one's own was sent while there were others that one has not read."""
        return "scheduled" in event and self.room["unread"] > ("thread" not in event or bool(event.get("also_to_room")))

    def _message_edited(self, event: Json) -> None:
        message = self.messages.get(event["target"])
        if message is None or message.get("deleted") or event.get("redacted"):
            return
        message.pop("mentions", None)
        message.update({key: event[key] for key in ("text", "mentions") if key in event}, edited_at=event["at"])

    def _message_deleted(self, event: Json) -> None:
        message = self.messages.get(event["target"])
        if message is not None:
            for word in _WORDS:
                message.pop(word, None)
            message.update(redacted=True, deleted=True)
        first = self.messages.get(event.get("thread", 0))
        if first is not None and "replies" in first and not _knows(first, event):
            _set(first, "replies", without_reply(first["replies"], event["seq"]))

    def _message_pinned(self, event: Json) -> None:
        if event["target"] in self.messages:
            pinned = {"at": event["at"], "by": event["by"]} if event["type"] == "message.pinned" else None
            _set(self.messages[event["target"]], "pinned", pinned)

    def _reaction_changed(self, event: Json) -> None:
        message = self.messages.get(event["target"])
        if message is None or message.get("deleted"):
            return
        before, emoji, user = message.get("reactions", []), event["emoji"], event["by"]["id"]
        is_added = event["type"] == "reaction.added"
        if has_reacted(before, emoji, user) != is_added:
            _set(message, "reactions", (with_reaction if is_added else without_reaction)(before, emoji, user))

    def _message_previewed(self, event: Json) -> None:
        message = self.messages.get(event["target"])
        if message is not None and not message.get("deleted"):
            _set(message, "previews", event.get("previews"))

    def _poll_changed(self, event: Json) -> None:
        poll = self.messages.get(event["target"], {}).get("poll")
        if poll is not None:
            is_vote = event["type"] == "poll.voted"
            changed = with_vote(poll, event["by"]["id"], event["choices"]) if is_vote else with_end(poll, event["at"], event["by"])
            self.messages[event["target"]]["poll"] = changed

    def _member_changed(self, event: Json) -> None:
        self.members[event["user"]["id"]] = event["role"]
        if event["user"]["id"] == self._me:
            self._facts["role"] = event["role"]

    def _member_left(self, event: Json) -> None:
        self.members.pop(event["user"]["id"], None)
        self.has_left = event["user"]["id"] == self._me

    def _room_changed(self, event: Json) -> None:
        self._facts.update({fact: event[fact] for fact in self._facts if fact in event})


def _knows(first: Json, event: Json) -> bool:
    """Whether a thread's first message, as it was loaded, has the event counted in already."""
    return bool(event["seq"] <= first.get("replies", {}).get("as_of", 0))


def _set(message: Json, field: str, value: object) -> None:
    """A field that is empty is not there."""
    if value:
        message[field] = value
    else:
        message.pop(field, None)


_CHANGES: dict[str, Callable[[RoomView, Json], None]] = {
    "message.created": RoomView._message_created,
    "message.edited": RoomView._message_edited,
    "message.deleted": RoomView._message_deleted,
    "message.pinned": RoomView._message_pinned,
    "message.unpinned": RoomView._message_pinned,
    "reaction.added": RoomView._reaction_changed,
    "reaction.removed": RoomView._reaction_changed,
    "message.previewed": RoomView._message_previewed,
    "poll.voted": RoomView._poll_changed,
    "poll.closed": RoomView._poll_changed,
    "member.joined": RoomView._member_changed,
    "member.changed": RoomView._member_changed,
    "member.left": RoomView._member_left,
    "room.changed": RoomView._room_changed,
}
