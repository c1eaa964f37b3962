"""A client that believes nothing: it holds every frame that it is sent against the model's logs."""

import json


class PromiseBroken(AssertionError):
    """A session was sent something that the protocol promises it never is."""


class SuspiciousClient:
    """Follows one session, and raises `PromiseBroken` at the first frame that should not have come."""

    def __init__(self, world, user, session, cursors):
        self.world = world
        self.user = user
        self.session = session
        self.rooms: dict[str, int] = {}
        """The cursor of each room that it is in."""
        self.told: dict[str, int] = {}
        """The newest seq of each room that it heard of."""
        self.held: set[str] = set()
        self.is_welcome = False
        self._asked_for = cursors
        self._forgotten = frozenset(world.forgotten())
        self._synced: dict[int, tuple[str, int]] = {}
        self._read = 0

    def looks(self):
        """Check everything that came since the last look."""
        taken = self.session.connection.taken
        while self._read < len(taken):
            payload = taken[self._read]
            self._read += 1
            self._sees(payload, json.loads(payload))

    def will_sync(self, id, room, after):
        """Note a `sync` that is about to be said: its `ok` moves the cursor."""
        self._synced[id] = (room, after)

    def _sees(self, payload, frame):
        kind = frame["type"]
        if "seq" in frame:
            self._sees_event(payload, frame["room"], frame["seq"])
        else:
            self._sees_other[kind](self, frame)

    def _sees_event(self, payload, room, seq):
        self._holds(room in self.rooms, f"{seq} of a room that it is not in", room)
        self._holds(room not in self.held, f"{seq} while it was held", room)
        expected = self.rooms[room] + 1
        self._holds(seq == expected, f"{seq} where {expected} was next", room)
        log = self.world.logs[room]
        self._holds(seq <= len(log), f"{seq}, which was never committed", room)
        event = log[seq - 1]
        bodies = (event.without_words,) if (room, seq) in self._forgotten else (event.body, event.without_words)
        self._holds(payload in bodies, f"{seq} with other bytes than the log's", room)
        self._holds(self.world.may_get(self.user, room, seq), f"{seq}, after its membership had ended", room)
        self.rooms[room] = seq
        self.told[room] = max(self.told[room], seq)

    def _sees_welcome(self, frame):
        self.is_welcome = True
        for room in frame["rooms"]:
            id, last_seq = room["id"], room["last_seq"]
            self.rooms[id] = min(self._asked_for.get(id, last_seq), last_seq)
            self.told[id] = last_seq

    def _sees_behind(self, frame):
        room = frame["room"]
        missing = frame["last_seq"] - self.rooms[room]
        self._holds(missing > self.world.replay, f"`behind` though only {missing} are missing", room)
        self.held.add(room)

    def _sees_room_added(self, frame):
        room, last_seq = frame["room"]["id"], frame["room"]["last_seq"]
        self._holds(room not in self.rooms, "`room.added` twice", room)
        self._holds(self.world.was_member_at(self.user, room, last_seq), "`room.added` of a room it is not in", room)
        self.rooms[room] = self.told[room] = last_seq

    def _sees_room_removed(self, frame):
        room = frame["room"]
        self._holds(room in self.rooms, "`room.removed` of a room that it is not in", room)
        del self.rooms[room]
        self.held.discard(room)

    def _sees_ok(self, frame):
        room, after = self._synced.pop(frame["id"])
        self._holds(room in self.rooms, "`ok` to a sync of a room that it is not in", room)
        self.rooms[room] = after
        self.held.discard(room)

    def _sees_error(self, frame):
        if "id" not in frame:
            return  # it typed in a room that it has lost
        room, after = self._synced.pop(frame["id"])
        self._holds(room not in self.rooms, f"an error to sync after {after}: {frame['message']}", room)

    def _sees_typing(self, frame):
        room = frame["room"]
        self._holds(room in self.rooms, "`typing` in a room that it is not in", room)
        self._holds(self.user not in frame["users"], "its own name among the others who type", room)

    def _holds(self, is_so, what, room):
        if not is_so:
            raise PromiseBroken(f"{self.user} was sent {what} ({room}; cursors {self.rooms})")

    _sees_other = {
        "welcome": _sees_welcome,
        "behind": _sees_behind,
        "room.added": _sees_room_added,
        "room.removed": _sees_room_removed,
        "ok": _sees_ok,
        "error": _sees_error,
        "typing": _sees_typing,
    }
