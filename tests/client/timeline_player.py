"""Plays a timeline to the Python client: its conversation hears the frames, and whoever reads from it keeps what there is in views."""

import json
from typing import Any

from hubbub.client.conversation import Conversation
from hubbub.client.known_room import KnownRoom
from hubbub.client.reading import Reading
from hubbub.testing.view import RoomView

Json = dict[str, Any]

IDENTITY = ("type", "room", "at", "by", "key", "redacted")


class TimelinePlayer:
    """A client, the log that its server has, and what a reader of every event makes of it."""

    def __init__(self) -> None:
        self._conversation = Conversation("timeline")
        self._reading = Reading(1000, is_wide=True)
        self._views: dict[str, RoomView] = {}
        self._unloaded: set[str] = set()
        self._threads: set[int] = set()
        self._log: list[Json] = []

    def writes(self, event: Json) -> None:
        """The server has this event, and this connection is not told of it."""
        self._log.append(event)

    def hears(self, frame: Json) -> None:
        """The server says something; what the client asks for by that it gets."""
        if _is_event(frame) and frame not in self._log:
            self._log.append(frame)
        if frame["type"] == "welcome":
            self._conversation.hello()
        self._conversation.hear(frame)
        self._notes(frame)
        self._server_answers()

    def loads(self, snapshot: Json) -> None:
        """A room comes by REST, for whoever has nothing of it; whoever has it goes on with what they have."""
        room = snapshot["room"]
        self._threads.update(snapshot.get("threads", ()))
        if room["id"] in self._unloaded:
            self._views[room["id"]].load(room, snapshot["messages"], snapshot["members"])
            self._unloaded.remove(room["id"])

    def holds(self) -> Json:
        """What this client knows now."""
        me = self._conversation.me
        return {"me": me["name"], "rooms": {id: self._room(known) for id, known in self._conversation.rooms.items()}}

    def _room(self, known: KnownRoom) -> Json:
        view = self._views[known.id]
        folded = view.room
        facts = {"kind": known.kind, "name": known.name, "topic": known.topic, "role": known.role, "archived": known.is_archived}
        marks = {"read_seq": known.read_seq, "last_seq": known.last_seq, "first_seq": known.first_seq, "members": known.people}
        assert {fact: folded[fact] for fact in (*facts, *marks)} == facts | marks, "The conversation and its reader differ."
        return {
            **{fact: folded[fact] for fact in folded if fact not in ("id", "members")},
            "people": [person["name"] for person in known.people],
            "cursor": view.cursor,
            "typing": list(known.typing),
            "members": view.members,
            "messages": [_as_it_stands(message) for _, message in sorted(view.messages.items()) if self._is_in_view(message)],
        }

    def _is_in_view(self, message: Json) -> bool:
        """Whether it stands in the room, or in a thread that was opened."""
        return "thread" not in message or message.get("also_to_room", False) or message["thread"] in self._threads

    def _notes(self, frame: Json) -> None:
        kind = frame["type"]
        if kind == "welcome":
            self._welcomed(frame)
        elif kind == "room.added":
            self._begins(frame["room"])
        elif kind == "room.removed":
            self._views.pop(frame["room"], None)
        elif kind == "user.changed":
            for view in self._views.values():
                view.somebody_is(frame["user"])
        elif kind in _ROOM_SIGNALS and frame["room"] in self._views:
            _ROOM_SIGNALS[kind](self._views[frame["room"]], frame)

    def _welcomed(self, frame: Json) -> None:
        is_first = not self._reading.places
        known = {} if frame.get("reset") else dict(self._views)
        self._views.clear()
        for room in frame["rooms"]:
            view = known.get(room["id"])
            if view is not None and room.get("first_seq", 1) == view.room["first_seq"]:
                self._views[room["id"]] = view
                view.take_over(room)
            else:
                self._begins(room)
        if is_first:
            self._conversation.open_reading(self._reading, list(self._conversation.rooms.values()), None)

    def _begins(self, room: Json) -> None:
        view = self._views[room["id"]] = RoomView(room, self._conversation.me["id"])
        view.expect_snapshot()
        self._unloaded.add(room["id"])

    def _server_answers(self) -> None:
        self._reads_on()
        while (frame := self._conversation.next_frame()) is not None:
            asked = json.loads(frame)
            assert asked["type"] == "sync", asked
            missed = [event for event in self._log if event["room"] == asked["room"] and event["seq"] > asked["after"]]
            assert missed, f"The log has nothing of what is asked for: {asked}"
            self._conversation.hear({"type": "ok", "id": asked["id"]})
            for event in sorted(missed, key=lambda event: event["seq"]):
                self._conversation.hear(event)
            self._reads_on()

    def _reads_on(self) -> None:
        while (taken := self._reading.buffer.take()) is not None:
            _, event = taken
            view = self._views.get(event["room"])
            # A reader of all rooms gets what came before a room was described, too.
            if view is not None and event["type"] != "reset" and event["seq"] > view.cursor:
                view.apply(dict(event))


_ROOM_SIGNALS = {
    "read": lambda view, frame: view.read_up_to(frame["seq"]),
    "unread": lambda view, frame: view.unread_after(frame["seq"], frame["unread"], frame["mentions"]),
    "hidden": lambda view, frame: view.hides_until_after(frame["seq"]),
    "folder": lambda view, frame: view.stands_in(frame["folder"]),
}


def _is_event(frame: Json) -> bool:
    return "seq" in frame and "by" in frame


def _as_it_stands(message: Json) -> Json:
    return {field: value for field, value in message.items() if field not in IDENTITY}
