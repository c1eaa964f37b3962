"""Everything that one can ask a chat about a room: the matrix that the leak test walks, route by route, command by command."""

from dataclasses import dataclass, field
from itertools import product
from typing import Any

A_PIECE = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
NO_ID = "0" * 16
"""An id like any other, of nothing."""


@dataclass(frozen=True)
class Question:
    """One request, as it is put about one room."""

    method: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    async def put_to(self, person):
        """The answer as it came: status, type, body."""
        body = {} if self.json is None else {"json": self.json}
        answer = await person.browser.request(self.method, self.path, params=self.params, headers=self.headers, **body)
        headers = {name: value for name, value in answer.headers.items() if name not in ("date", "server")}
        return answer.status_code, headers, answer.content


# What is asked about a room, by operation id: from the room's id, a message's seq, and the ids of users who may be in it.
ABOUT_ROOMS = {
    "list_messages": lambda room, seq, users: [
        Question("GET", f"rooms/{room}/messages", params)
        for params in (
            {},
            {"before": seq + 1},
            {"after": 0},
            {"around": seq},
            {"limit": 1},
            {"before": -1},
            {"limit": 0},
            {"thread": 0},
            {"thread": seq},
        )
    ],
    "list_events": lambda room, seq, users: [
        Question("GET", f"rooms/{room}/events", params) for params in ({}, {"after": seq}, {"after": -1}, {"limit": 1})
    ],
    "post_message": lambda room, seq, users: [
        Question("POST", f"rooms/{room}/messages", json={"key": "a key", "text": text, **fields})
        for text in ("hi", "@ada hi", "", "x" * 9000)
        for fields in ({}, {"thread": seq}, {"reply_to": seq}, {"thread": 999}, {"poll": {"options": ["yes", "no"]}}, {"files": [NO_ID]})
    ],
    "schedule_message": lambda room, seq, users: [
        Question("POST", f"rooms/{room}/scheduled", json={"key": "a later key", "text": text, "at": at, **fields})
        for text, at in product(("hi", ""), ("2027-06-01T00:00:00Z", "2001-06-01T00:00:00Z", "soon"))
        for fields in ({}, {"thread": seq}, {"reply_to": 999})
    ],
    "edit_message": lambda room, seq, users: [
        Question("PATCH", f"rooms/{room}/messages/{at}", json={"text": "mine now"}) for at in (1, seq, 999)
    ],
    "get_message": lambda room, seq, users: [Question("GET", f"rooms/{room}/messages/{at}") for at in (1, seq, 999)],
    "list_versions": lambda room, seq, users: [Question("GET", f"rooms/{room}/messages/{at}/versions") for at in (1, seq, 999)],
    "add_reaction": lambda room, seq, users: [
        Question("PUT", f"rooms/{room}/messages/{at}/reactions/{emoji}") for at in (1, seq, 999) for emoji in ("%F0%9F%91%8D", "x")
    ],
    "remove_reaction": lambda room, seq, users: [
        Question("DELETE", f"rooms/{room}/messages/{at}/reactions/%F0%9F%91%8D") for at in (1, seq, 999)
    ],
    "vote": lambda room, seq, users: [
        Question("PUT", f"rooms/{room}/messages/{at}/vote", json={"choices": choices})
        for at in (1, seq, 999)
        for choices in ([], [0], [99], [-1])
    ],
    "close_poll": lambda room, seq, users: [Question("PUT", f"rooms/{room}/messages/{at}/poll/close") for at in (1, seq, 999)],
    "dismiss_preview": lambda room, seq, users: [
        Question("DELETE", f"rooms/{room}/messages/{at}/previews/{n}") for at in (1, seq, 999) for n in (0, 7)
    ],
    "list_seen": lambda room, seq, users: [Question("GET", f"rooms/{room}/messages/{at}/seen") for at in (1, seq, 999)],
    "list_pins": lambda room, seq, users: [Question("GET", f"rooms/{room}/pins")],
    "pin_message": lambda room, seq, users: [Question("PUT", f"rooms/{room}/messages/{at}/pin") for at in (1, seq, 999)],
    "unpin_message": lambda room, seq, users: [Question("DELETE", f"rooms/{room}/messages/{at}/pin") for at in (1, seq, 999)],
    "follow_thread": lambda room, seq, users: [
        Question("PUT", f"rooms/{room}/threads/{at}/follow", json=body) for at in (1, seq, 999) for body in (None, {"level": "nothing"})
    ],
    "unfollow_thread": lambda room, seq, users: [Question("DELETE", f"rooms/{room}/threads/{at}/follow") for at in (1, seq, 999)],
    "mark_thread_read": lambda room, seq, users: [
        Question("PUT", f"rooms/{room}/threads/{at}/read", json={"seq": upto}) for at in (seq, 999) for upto in (0, seq, -1)
    ],
    "add_bookmark": lambda room, seq, users: [
        Question("PUT", f"rooms/{room}/messages/{at}/bookmark", json=body)
        for at in (1, seq, 999)
        for body in (None, {"remind_at": None}, {"remind_at": "2027-06-01T00:00:00Z"}, {"remind_at": "2001-06-01T00:00:00Z"})
    ],
    "remove_bookmark": lambda room, seq, users: [Question("DELETE", f"rooms/{room}/messages/{at}/bookmark") for at in (1, seq, 999)],
    "get_room": lambda room, seq, users: [Question("GET", f"rooms/{room}")],
    "change_room": lambda room, seq, users: [
        Question("PATCH", f"rooms/{room}", json=body)
        for body in (
            {},
            {"name": "mine"},
            {"topic": "mine"},
            {"name": ""},
            {"posting": "moderators"},
            {"history": "all"},
            {"archived": False},
        )
    ],
    "archive_room": lambda room, seq, users: [Question("DELETE", f"rooms/{room}")],
    "mark_read": lambda room, seq, users: [Question("PUT", f"rooms/{room}/read", json={"seq": at}) for at in (0, seq, 999)],
    "mark_unread": lambda room, seq, users: [Question("PUT", f"rooms/{room}/unread", json={"seq": at}) for at in (0, 1, seq, 999)],
    "put_into_folder": lambda room, seq, users: [Question("PUT", f"rooms/{room}/folder", json={"folder": "mine"})],
    "list_members": lambda room, seq, users: [
        Question("GET", f"rooms/{room}/members", params) for params in ({}, {"limit": 1}, {"after": users[0]}, {"after": "x"})
    ],
    "add_member": lambda room, seq, users: [
        Question("PUT", f"rooms/{room}/members/{user}", json=body)
        for user in ("me", *users)
        for body in (None, {"role": "member"}, {"role": "owner"})
    ],
    "change_role": lambda room, seq, users: [
        Question("PATCH", f"rooms/{room}/members/{user}", json={"role": "owner"}) for user in ("me", *users)
    ],
    "remove_member": lambda room, seq, users: [Question("DELETE", f"rooms/{room}/members/{user}") for user in ("me", *users)],
    "search": lambda room, seq, users: [
        Question("GET", "search", params)
        for params in ({"q": "swordfish", "room": room}, {"q": "from:ada", "before": f"{room}:{seq}"}, {"room": room, "by": users[0]})
    ],
    "create_invite": lambda room, seq, users: [Question("POST", "invites", json={"room": room})],
    "delete_message": lambda room, seq, users: [Question("DELETE", f"rooms/{room}/messages/{at}") for at in (1, seq, 999)],
}

# What is asked about a file, by its id.
ABOUT_FILES = {
    "get_file": lambda file: Question("GET", f"files/{file}/x"),
    "get_thumbnail": lambda file: Question("GET", f"files/{file}/thumbnail"),
    "look_at_upload": lambda file: Question("HEAD", f"uploads/{file}"),
    "continue_upload": lambda file: Question("PATCH", f"uploads/{file}", headers=A_PIECE),
    "cancel_upload": lambda file: Question("DELETE", f"uploads/{file}"),
}

# Routes that no room is named to. Their answers are searched for words that are not for everybody.
ABOUT_OTHER_THINGS = {
    "list_rooms": Question("GET", "rooms"),
    "list_mentions": Question("GET", "mentions"),
    "find_rooms": Question("GET", "directory", {"q": "swordfish"}),
    "open_direct": Question("POST", "direct", json={"users": []}),
    "create_room": Question("POST", "rooms", json={"kind": "private", "name": "shed"}),
    "get_site": Question("GET", "site"),
    "change_site": Question("PATCH", "site", json={}),
    "reset_password": Question("POST", "reset", json={"token": "x.y", "password": "correct horse battery"}),
    "set_up_owner": Question("POST", "setup", json={"token": "x", "name": "x", "password": "correct horse battery"}),
    "sign_in": Question("POST", "session", json={"name": "ada", "password": "wrong horse battery"}),
    "sign_out": Question("DELETE", "session"),
    "list_sessions": Question("GET", "sessions"),
    "sign_out_everywhere": Question("DELETE", "sessions"),
    "end_session": Question("DELETE", f"sessions/{NO_ID}"),
    "get_me": Question("GET", "me"),
    "change_me": Question("PATCH", "me", json={"preferences": {"theme": "dark"}}),
    "find_users": Question("GET", "users", {"q": "ada"}),
    "change_password": Question("POST", "me/password", json={"old": "wrong horse battery", "new": "right horse battery"}),
    "list_invites": Question("GET", "invites"),
    "revoke_invite": Question("DELETE", f"invites/{NO_ID}"),
    "look_up_invite": Question("GET", "invites/no-code-at-all"),
    "accept_invite": Question("POST", "invites/no-code-at-all/accept", json={}),
    "list_threads": Question("GET", "threads"),
    "get_push": Question("GET", "push"),
    "subscribe_to_push": Question("PUT", "push", json={"endpoint": "https://push.example/x", "keys": {"p256dh": "x", "auth": "x"}}),
    "unsubscribe_from_push": Question("DELETE", "push"),
    "get_email": Question("GET", "me/email"),
    "set_email": Question("PUT", "me/email", json={"address": "ada@example.org"}),
    "forget_email": Question("DELETE", "me/email"),
    "confirm_email": Question("POST", "email/confirm", json={"code": "x"}),
    "stop_letters": Question("POST", "email/stop", {"code": "x"}),
    "list_scheduled": Question("GET", "scheduled"),
    "change_scheduled": Question("PATCH", f"scheduled/{NO_ID}", json={"text": "swordfish"}),
    "cancel_scheduled": Question("DELETE", f"scheduled/{NO_ID}"),
    **{name: ask(NO_ID) for name, ask in ABOUT_FILES.items()},
    "begin_upload": Question("POST", "uploads", json={"name": "swordfish.txt", "size": 9}),
    "upload_file": Question("POST", "files"),
    "list_bookmarks": Question("GET", "bookmarks"),
    "list_tokens": Question("GET", "tokens"),
    "create_token": Question("POST", "tokens", json={"name": "bot"}),
    "revoke_token": Question("DELETE", f"tokens/{NO_ID}"),
}

# What is said about a room over the WebSocket, by command.
COMMANDS_ABOUT_ROOMS = {
    "hello": lambda room, seq: [{"cursors": {room: 0}}],
    "send": lambda room, seq: [
        {"room": room, "key": "a key", "text": text, **fields}
        for text in ("hi", "@ada", " ", "x" * 9000)
        for fields in ({}, {"thread": seq}, {"reply_to": seq}, {"also_to_room": True})
    ],
    "read": lambda room, seq: [{"room": room, "seq": at} for at in (0, seq, 999)],
    "typing": lambda room, seq: [{"room": room}],
    "watch": lambda room, seq: [{"rooms": [room]}],
    "sync": lambda room, seq: [{"room": room, "after": at} for at in (0, seq, 999)],
    "ping": lambda room, seq: [{}],
}


def routes_of(openapi):
    """Every operation of an OpenAPI document: operation id, and whether a room is named in its path, query or body."""
    schemas = openapi["components"]["schemas"]
    naming = {name for name, schema in schemas.items() if "room" in schema.get("properties", {})}
    for path, methods in openapi["paths"].items():
        for operation in methods.values():
            names_room = "{room}" in path or any(parameter["name"] == "room" for parameter in operation.get("parameters", []))
            body = str(operation.get("requestBody", ""))
            yield operation["operationId"], names_room or any(f"schemas/{name}'" in body for name in naming)
