"""The client's side of `hubbub.v1`. Sans-I/O: frames in, frames out, and the answers handed to whoever asked.

It outlives every connection: what was asked and not answered is asked again on the next one, word for word, so that a
message carries the same key and is never posted twice.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from pydantic_core import to_json

from hubbub.client.bookmarks import Bookmarks
from hubbub.client.known_room import KnownRoom
from hubbub.client.reading import Frame, Reading
from hubbub.client.refusals import refusal
from hubbub.errors import NotFound, TooLarge

CURSORS_IN_HELLO = 1000  # a frame has its limit; rooms beyond are synced after welcome
FRAME_LIMIT = 65536

log = logging.getLogger("hubbub.client")

Settle = Callable[[Frame | Exception], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that waits for its answer."""

    frame: bytes
    settle: Settle


class Conversation:
    """What the client knows, what it asked, and what it still has to say."""

    def __init__(self, client: str, bookmarks: Bookmarks | None = None) -> None:
        self.me: Mapping[str, Any] = {}
        self.rooms: dict[str, KnownRoom] = {}
        self.epoch = bookmarks.epoch if bookmarks else None
        self.is_welcome = False
        """Whether this connection has been welcomed."""
        self.retry_after: float | None = None
        """What the server asked for when it said `bye`."""
        self.ended: Exception | None = None
        self.on_welcome: Callable[[], None] = lambda: None
        self._client = client
        self._frame_limit = FRAME_LIMIT
        self._bookmarks = dict(bookmarks.seqs) if bookmarks else {}
        self._last_id = 0
        self._asked: dict[int, Asked] = {}
        self._syncs: dict[int, KnownRoom] = {}
        self._outgoing: deque[tuple[int | None, bytes]] = deque()
        self._readings: WeakSet[Reading] = WeakSet()

    # Connections

    def hello(self) -> bytes:
        """The first frame of a new connection."""
        self.lost()
        cursors: dict[str, int] = {}
        for room in self.rooms.values():
            cursor = room.following.ask()
            if cursor is not None and len(cursors) < CURSORS_IN_HELLO:
                cursors[room.id] = cursor
            else:
                room.following.leave_out()
        epoch = {"epoch": self.epoch} if self.epoch is not None else {}
        return to_json({"type": "hello", "id": self._next_id(), "cursors": cursors, "client": self._client, **epoch})

    def lost(self) -> None:
        """The connection is gone. What was asked and not answered is asked again on the next one."""
        self.is_welcome = False
        self._syncs.clear()
        self._outgoing.clear()
        for room in self.rooms.values():
            room.typing = ()  # who stops while nobody tells us would type for ever

    def end(self, error: Exception, *, is_wanted: bool = False) -> None:
        """There will be no other connection: tell everybody who waits. Where the end is wanted, feeds end without an error."""
        self.ended = self.ended or error
        for asked in list(self._asked.values()):
            asked.settle(self.ended)
        self._asked.clear()
        for reading in self._readings:
            reading.buffer.end(None if is_wanted else self.ended)

    @property
    def may_read(self) -> bool:
        """Whether to read on from the socket: unless a consumer's buffer is full and nobody waits for anything.

        While somebody waits, what does not fit is let go and asked for again.
        """
        buffers = [reading.buffer for reading in self._readings]
        return bool(self._asked) or any(buffer.wake for buffer in buffers) or not any(buffer.is_full for buffer in buffers)

    # Speaking

    def ask(self, command: Mapping[str, Any], settle: Settle) -> int:
        """Say something that is answered, now or on the next connection. Raises `TooLarge` when it cannot be said at all."""
        id = self._next_id()
        frame = to_json({**command, "id": id})
        if len(frame) > self._frame_limit:
            raise TooLarge(f"The server takes frames of {self._frame_limit:,} bytes at most; this one has {len(frame):,}.")
        self._asked[id] = Asked(frame, settle)
        if self.is_welcome:
            self._outgoing.append((id, frame))
        return id

    def forget(self, id: int) -> None:
        """Nobody waits for this answer any more. What was not said yet will not be said."""
        self._asked.pop(id, None)

    def tell(self, command: Mapping[str, Any]) -> None:
        """Say something that needs no answer; dropped where there is no connection."""
        if self.is_welcome:
            self._outgoing.append((None, to_json(command)))

    def next_frame(self) -> bytes | None:
        """The next frame to write; None when there is nothing to say."""
        while self._outgoing:
            id, frame = self._outgoing.popleft()
            if id is None or id in self._asked or id in self._syncs:
                return frame
        return None

    # Reading

    def open_reading(self, reading: Reading, rooms: list[KnownRoom], after: int | None) -> None:
        """Begin to read these rooms from the event after `after`; without it from the bookmark, or from now on."""
        self._readings.add(reading)
        if self.ended is not None:
            reading.buffer.end(self.ended)
        for room in rooms:
            self._place_in(reading, room, self._start(room) if after is None else after)

    def close_reading(self, reading: Reading) -> None:
        """Nobody reads this any more."""
        reading.buffer.end()
        self._readings.discard(reading)
        reading.places.clear()

    def drained(self, reading: Reading) -> None:
        """A buffer that was full takes more again."""
        for place in reading.places.values():
            if place.room in self.rooms:
                self._sync(self.rooms[place.room])

    def bookmarks(self) -> Bookmarks:
        """How far every consumer is done, room by room."""
        handled: dict[str, int] = {}
        for reading in self._readings:
            for place in reading.places.values():
                handled[place.room] = min(handled.get(place.room, place.handled), place.handled)
        self._bookmarks |= handled
        return Bookmarks(self.epoch, dict(self._bookmarks))

    def _start(self, room: KnownRoom) -> int:
        if room.id in self._bookmarks:
            return self._bookmarks[room.id]
        # Bookmarks that do not know the room: it was joined since they were saved.
        return min(room.read_seq, room.last_seq) if self._bookmarks else room.following.head

    def _place_in(self, reading: Reading, room: KnownRoom, seq: int) -> None:
        room.following.add(reading.place_in(room.id, max(seq, room.first_seq - 1)))
        self._sync(room)

    # Hearing

    def hear(self, frame: Frame) -> None:
        """Take what the server said. Raises an error when this connection is of no more use."""
        kind = frame["type"]
        if "seq" in frame and "by" in frame:
            self._event(frame)
        elif kind in ("ok", "error"):
            self._answered(frame)
        elif (hear := _HEARERS.get(kind)) is not None:
            hear(self, frame)

    def _event(self, frame: Frame) -> None:
        room = self.rooms.get(frame["room"])
        if room is not None:
            room.receive(frame, self.me["id"])
            self._sync(room)

    def _answered(self, frame: Frame) -> None:
        id = frame.get("id")
        if id in self._syncs:
            self._sync_answered(self._syncs.pop(id), frame)
        elif id in self._asked:
            self._asked.pop(id).settle(frame if frame["type"] == "ok" else refusal(frame))
        elif frame["type"] == "error":
            if not self.is_welcome:
                raise refusal(frame)
            log.warning("The server refused something: %s", frame.get("message"))

    def _sync_answered(self, room: KnownRoom, frame: Frame) -> None:
        if frame["type"] == "ok":
            room.following.sync_answered()
            self._sync(room)
        elif not isinstance(error := refusal(frame), NotFound):  # not found: `room.removed` follows, or came before
            raise error

    def _welcome(self, frame: Frame) -> None:
        is_reset = bool(frame.get("reset"))
        if is_reset:
            log.warning("The server was restored from a backup: reading goes on at the end of each room")
            self._bookmarks.clear()
        self.me, self.epoch = frame["user"], frame["epoch"]
        self._frame_limit = frame["limits"]["frame"]
        self.is_welcome, self.retry_after = True, None
        for described in frame["rooms"]:
            self._described(described, is_reset=is_reset)
        for gone in self.rooms.keys() - {described["id"] for described in frame["rooms"]}:
            self._gone(gone)
        self._say_again()
        self.on_welcome()

    def _described(self, described: Frame, *, is_reset: bool) -> None:
        room = self.rooms.get(described["id"])
        if room is None:
            self._added(described)
        else:
            room.describe(described)
            room.following.welcomed(described["last_seq"], is_reset=is_reset)
            room.following.begins_at(room.first_seq)
            self._sync(room)

    def _added(self, described: Frame) -> None:
        """One more room: those who read all rooms begin with what came after the joining."""
        room = self.rooms[described["id"]] = KnownRoom(described)
        for reading in self._readings:
            if reading.is_wide:
                self._place_in(reading, room, min(room.read_seq, room.last_seq))

    def _room_added(self, frame: Frame) -> None:
        # A room that is there already was left and joined again in a moment, and `room.removed` did not come between.
        self._gone(frame["room"]["id"])
        self._added(frame["room"])

    def _room_removed(self, frame: Frame) -> None:
        self._gone(frame["room"])

    def _gone(self, room_id: str) -> None:
        room = self.rooms.pop(room_id, None)
        if room is None:
            return
        room.is_gone = True
        for reading in self._readings:
            place = reading.places.pop(room_id, None)
            if place is not None and place.is_only:
                reading.buffer.end()

    def _behind(self, frame: Frame) -> None:
        room = self.rooms.get(frame["room"])
        if room is not None:
            room.following.held(frame["last_seq"])
            self._sync(room)

    def _read(self, frame: Frame) -> None:
        room = self.rooms.get(frame["room"])
        if room is not None:
            room.read_seq = max(room.read_seq, frame["seq"])

    def _unread(self, frame: Frame) -> None:
        room = self.rooms.get(frame["room"])
        if room is not None:
            room.read_seq = frame["seq"]

    def _typing(self, frame: Frame) -> None:
        room = self.rooms.get(frame["room"])
        if room is not None:
            room.typing = tuple(frame["users"])

    def _user_changed(self, frame: Frame) -> None:
        user = frame["user"]
        if user["id"] == self.me["id"]:
            self.me = {**self.me, **user}
        for room in self.rooms.values():
            room.somebody_is(user)

    def _bye(self, frame: Frame) -> None:
        self.retry_after = frame.get("retry_after")

    def _say_again(self) -> None:
        for id, asked in list(self._asked.items()):
            if len(asked.frame) > self._frame_limit:
                del self._asked[id]
                asked.settle(TooLarge(f"The server takes frames of {self._frame_limit:,} bytes at most now."))
            else:
                self._outgoing.append((id, asked.frame))

    def _sync(self, room: KnownRoom) -> None:
        """Ask for what somebody misses in this room, where somebody does."""
        after = room.following.next_sync() if self.is_welcome else None
        if after is not None:
            id = self._next_id()
            room.following.sync_sent(after)
            self._syncs[id] = room
            self._outgoing.append((id, to_json({"type": "sync", "id": id, "room": room.id, "after": after})))

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id


_HEARERS: dict[str, Callable[[Conversation, Frame], None]] = {
    "welcome": Conversation._welcome,
    "behind": Conversation._behind,
    "room.added": Conversation._room_added,
    "room.removed": Conversation._room_removed,
    "read": Conversation._read,
    "unread": Conversation._unread,
    "typing": Conversation._typing,
    "user.changed": Conversation._user_changed,
    "bye": Conversation._bye,
}
