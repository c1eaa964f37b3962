"""A server in forty lines: a log for each room, and one connection that may be cut at any moment."""

import json
from collections import deque
from typing import Any

ADA = {"id": "ada", "name": "ada", "kind": "human"}


class ModelServer:
    """What the protocol promises, as plainly as it can be written down."""

    def __init__(self, rooms: list[str], replay_limit: int) -> None:
        self.logs: dict[str, list[dict[str, Any]]] = {room: [] for room in rooms}
        self.wire: deque[dict[str, Any]] = deque()
        """Frames on their way to the client."""
        self.is_connected = False
        self._replay_limit = replay_limit
        self._sent: dict[str, int | None] = {}

    def post(self, room: str, key: str) -> int:
        log = self.logs[room]
        for event in log:
            if event["key"] == key:
                return int(event["seq"])
        log.append({"type": "message.created", "room": room, "seq": len(log) + 1, "by": ADA, "at": "", "text": key, "key": key})
        return len(log)

    def cut(self) -> None:
        self.is_connected = False
        self.wire.clear()

    def hear(self, frame: bytes) -> None:
        command = json.loads(frame)
        answer = {"type": "ok", "id": command["id"]}
        if command["type"] == "hello":
            self._welcome(command)
        elif command["type"] == "sync":
            self.wire.append(answer)
            self._sent[command["room"]] = command["after"]
        elif command["type"] == "send":
            self.wire.append(answer | {"seq": self.post(command["room"], command["key"])})

    def flow(self, room: str, count: int) -> None:
        """Put so many of a room's next events on the wire."""
        sent = self._sent.get(room)
        if self.is_connected and sent is not None:
            news = self.logs[room][sent : sent + count]
            self.wire.extend(news)
            self._sent[room] = sent + len(news)

    def _welcome(self, hello: dict[str, Any]) -> None:
        self.is_connected = True
        rooms = [_described(room, len(log)) for room, log in self.logs.items()]
        self.wire.append({"type": "welcome", "id": 1, "epoch": "e", "user": ADA, "rooms": rooms, "limits": {"frame": 65536}})
        for room, log in self.logs.items():
            cursor = min(hello["cursors"].get(room, len(log)), len(log))
            is_behind = len(log) - cursor > self._replay_limit
            self._sent[room] = None if is_behind else cursor
            if is_behind:
                self.wire.append({"type": "behind", "room": room, "last_seq": len(log)})


def _described(room: str, last_seq: int) -> dict[str, Any]:
    return {"id": room, "kind": "public", "name": room, "topic": "", "role": "member", "last_seq": last_seq, "read_seq": 0}
