"""An example of every frame, for the documentation and for trying things out."""

from typing import Any

ROOM = "d21kq0g7h3v5m9xa"
ADA = {"id": "d21kq0f2c8t1n4ye", "name": "Ada", "kind": "human"}
GRACE = {"id": "d21kq0f9b6w3r7zd", "name": "Grace", "kind": "human"}
_AT = "2026-05-04T12:30:15.123Z"
_LOBBY = {
    "id": ROOM,
    "kind": "public",
    "name": "lobby",
    "topic": "Everything and nothing",
    "role": "member",
    "last_seq": 41,
    "read_seq": 40,
    "unread": 1,
    "mentions": 0,
}

COMMANDS: dict[str, dict[str, Any]] = {
    "hello": {"type": "hello", "id": 1, "cursors": {ROOM: 40}, "client": "my-program/1.0"},
    "send": {"type": "send", "id": 2, "room": ROOM, "key": "0b9f7c1e-4a57-4c1c-9a3e-6a1f0d1b2c3d", "text": "Hello, *world*"},
    "read": {"type": "read", "id": 3, "room": ROOM, "seq": 42},
    "typing": {"type": "typing", "room": ROOM},
    "watch": {"type": "watch", "id": 4, "rooms": [ROOM], "away": False},
    "sync": {"type": "sync", "id": 5, "room": ROOM, "after": 40},
    "ping": {"type": "ping", "id": 6},
}

ANSWERS: dict[str, dict[str, Any]] = {
    "welcome": {
        "type": "welcome",
        "id": 1,
        "epoch": "d21kpzzzq4j8k2vb",
        "user": {**ADA, "role": "member", "avatar": None},
        "rooms": [_LOBBY],
        "limits": {"text": 8000, "frame": 65536, "replay": 1000, "file": 100_000_000, "files": 10},
        "server": "hubbub/0.1.0",
    },
    "ok": {"type": "ok", "id": 2, "room": ROOM, "seq": 42, "at": _AT},
    "error": {"type": "error", "id": 2, "code": "rate_limited", "message": "Wait a moment.", "retry_after": 1.5},
    "behind": {"type": "behind", "room": ROOM, "last_seq": 5041},
    "room.added": {"type": "room.added", "room": _LOBBY},
    "room.removed": {"type": "room.removed", "room": ROOM},
    "bye": {"type": "bye", "reason": "restart", "retry_after": 2.0},
}

SIGNALS: dict[str, dict[str, Any]] = {
    "typing": {"type": "typing", "room": ROOM, "users": ["Grace"]},
    "user.changed": {"type": "user.changed", "user": GRACE},
    "presence": {"type": "presence", "room": ROOM, "users": {ADA["id"]: "online", GRACE["id"]: "away"}},
    "read": {"type": "read", "room": ROOM, "seq": 42},
    "thread.read": {"type": "thread.read", "room": ROOM, "thread": 42, "seq": 45},
    "seen": {"type": "seen", "room": ROOM, "user": GRACE["id"], "seq": 42},
    "hidden": {"type": "hidden", "room": ROOM, "seq": 42},
    "unread": {"type": "unread", "room": ROOM, "seq": 40, "unread": 2, "mentions": 1},
    "folder": {"type": "folder", "room": ROOM, "folder": "Garden"},
    "scheduled": {"type": "scheduled", "waiting": 2, "failed": 0},
    "reminder": {"type": "reminder", "room": ROOM, "seq": 42},
}


_PREVIEW = {"n": 0, "url": "https://example.org/tea", "title": "How to make tea", "site": "Example"}


def _event(kind: str, seq: int, by: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"type": kind, "room": ROOM, "seq": seq, "at": _AT, "by": by, **fields}


EVENTS: dict[str, dict[str, Any]] = {
    "message.created": _event("message.created", 42, ADA, text="Hello, @Grace", key="0b9f7c1e", mentions=[GRACE["id"]]),
    "message.edited": _event("message.edited", 43, ADA, target=42, text="Hello again, @Grace", mentions=[GRACE["id"]]),
    "message.deleted": _event("message.deleted", 44, ADA, target=42),
    "message.pinned": _event("message.pinned", 49, ADA, target=42),
    "message.unpinned": _event("message.unpinned", 50, ADA, target=42),
    "reaction.added": _event("reaction.added", 51, GRACE, target=42, emoji="\N{WAVING HAND SIGN}"),
    "reaction.removed": _event("reaction.removed", 52, GRACE, target=42, emoji="\N{WAVING HAND SIGN}"),
    "message.previewed": _event("message.previewed", 55, ADA, target=42, previews=[_PREVIEW]),
    "poll.voted": _event("poll.voted", 53, GRACE, target=42, choices=[0]),
    "poll.closed": _event("poll.closed", 54, ADA, target=42),
    "member.joined": _event("member.joined", 45, GRACE, user=GRACE, role="member"),
    "member.left": _event("member.left", 46, GRACE, user=GRACE),
    "member.changed": _event("member.changed", 47, ADA, user=GRACE, role="admin"),
    "room.changed": _event("room.changed", 48, ADA, topic="Compilers"),
}
