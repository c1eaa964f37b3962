"""Frames: what a client may say, and what a server answers."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import from_json, to_json

from hubbub.protocol.codes import ErrorCode
from hubbub.protocol.events import Person
from hubbub.protocol.polls import NewPoll

MAX_SEQ = 2**53 - 1  # the largest whole number that every client can hold
FILES_PER_MESSAGE = 10

# Where clients write it: before anything that could hold another `id`.
_ID = re.compile(r'\s*\{\s*(?:"type"\s*:\s*"[a-z.]{1,20}"\s*,\s*)?"id"\s*:\s*(-?[0-9]{1,18})\s*[,}]')

Seq = Annotated[int, Field(ge=0, le=MAX_SEQ, strict=True)]
Address = Annotated[int, Field(ge=1, le=MAX_SEQ, strict=True)]
RoomId = Annotated[str, StringConstraints(min_length=1, max_length=64, strict=True, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strict=True, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(strict=True, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64, strict=True, pattern=r"^[^\x00]*$")]


class Command(BaseModel):
    """What a client says. One with an `id` is answered by exactly one `ok` or `error` with that id."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[int, Field(strict=True)] | None = None


class Hello(Command):
    """The first thing to say, within 10 seconds. Answered with `welcome`."""

    type: Literal["hello"]
    cursors: dict[RoomId, Seq] = Field(default_factory=dict, description="The last seq seen of each room", max_length=10_000)
    epoch: Annotated[str, StringConstraints(strict=True, max_length=64)] | None = Field(None, description="What the last welcome gave")
    token: Annotated[str, StringConstraints(strict=True, max_length=256)] | None = Field(
        None, description="Where nothing else says who it is"
    )
    client: Annotated[str, StringConstraints(strict=True, max_length=128)] | None = Field(None, description="Name and version")


class Send(Command):
    """A message. `key` is the client's own: a repeated one never makes a second message."""

    type: Literal["send"]
    room: RoomId
    key: Key
    text: Words = Field(description="May be empty where there are files")
    thread: Address | None = Field(None, description="The first message of the thread that this is a reply in")
    also_to_room: Annotated[bool, Field(strict=True)] = Field(False, description="A reply in a thread that stands in the room too")
    reply_to: Address | None = Field(None, description="The message that this one quotes")
    files: Annotated[list[Key], Field(max_length=FILES_PER_MESSAGE)] = Field(default_factory=list, description="Ids of uploads")
    poll: NewPoll | None = Field(None, description="What its readers may choose from")


class ReadUpTo(Command):
    """Everything up to `seq` is read; the mark never moves back."""

    type: Literal["read"]
    room: RoomId
    seq: Seq


class TypingNow(Command):
    """The user is typing; to be repeated at most every 3 seconds."""

    type: Literal["typing"]
    room: RoomId


class Watch(Command):
    """Whose presence and typing to send from now on; replaces the last `watch`."""

    type: Literal["watch"]
    rooms: Annotated[list[RoomId], Field(max_length=1000)]
    away: Annotated[bool, Field(strict=True)] = Field(False, description="True when nobody is looking, as with a hidden tab")


class Sync(Command):
    """The cursor of this room is now `after`: `ok` first, then every later event in order, then live."""

    type: Literal["sync"]
    room: RoomId
    after: Seq


class Ping(Command):
    """Answered with `ok`, for browsers, which see no ping frames."""

    type: Literal["ping"]


COMMANDS: dict[str, type[Command]] = {
    "hello": Hello,
    "send": Send,
    "read": ReadUpTo,
    "typing": TypingNow,
    "watch": Watch,
    "sync": Sync,
    "ping": Ping,
}


class Answer(BaseModel):
    """What a server says to one client alone."""

    model_config = ConfigDict(extra="forbid")


class Oneself(Person):
    """The user whom a session belongs to."""

    role: Literal["owner", "admin", "member", "guest"]
    avatar: str | None


class RoomOfMine(Answer):
    """A room as one user stands to it."""

    id: str
    kind: Literal["public", "private", "direct"]
    name: str
    topic: str
    role: Literal["owner", "admin", "member"] | None = Field(description="Null for a public room that one is no member of")
    last_seq: int = Field(description="The last event of the room")
    read_seq: int = Field(description="How far one has read")
    unread: int = Field(description="Messages after that")
    mentions: int = Field(description="Those of them that name one")
    description: str | None = None
    posting: Literal["moderators"] | None = Field(None, description="Only those who moderate the room may post in it")
    history: Literal["joined"] | None = Field(None, description="Those who join from now on see what comes from then on")
    archived: bool | None = Field(None, description="It takes no more messages")
    hidden: bool | None = Field(None, description="A direct room that one put away, until something comes")
    folder: str | None = Field(None, description="Where it stands in one's own list of rooms")
    first_seq: int | None = Field(None, description="The first event that one may see, where it is not the first one there is")
    members: list[Person] | None = Field(None, description="Everybody in a direct room, by whom it is named")


class LimitsGiven(Answer):
    """What the server takes, and how much it replays."""

    text: int = Field(description="Characters of a message")
    frame: int = Field(description="Bytes of a frame")
    replay: int = Field(description="Events of one room after hello, before `behind`")
    file: int = Field(description="Bytes of a file")
    files: int = Field(description="Files of a message")


class Welcome(Answer):
    """The answer to `hello`. From here on every event of one's rooms comes, each once and in order."""

    type: Literal["welcome"]
    id: int | None = Field(description="The id of the hello, null where it had none")
    epoch: str = Field(description="Another one after a backup was restored")
    reset: bool | None = Field(None, description="True when the client's epoch was another one: its cursors were ignored, load afresh")
    user: Oneself
    rooms: list[RoomOfMine]
    limits: LimitsGiven
    server: str = Field(description="Name and version")


class Ok(Answer):
    """The command with this id was done. For `send`: the message is on the disk."""

    type: Literal["ok"]
    id: int
    room: str | None = Field(None, description="Of a message")
    seq: int | None = Field(None, description="Of a message, or how far one has read")
    at: str | None = Field(None, description="When the message was posted")
    duplicate: bool | None = Field(None, description="True when the key was used before; the rest is the first message's")
    unread: int | None = Field(None, description="After `read`: messages left")
    mentions: int | None = Field(None, description="After `read`: those of them that name one")


class Refusal(Answer):
    """The command with this id was refused; without an id, the frame was none that could be answered."""

    type: Literal["error"]
    id: int | None = None
    code: ErrorCode
    message: str = Field(description="For people")
    retry_after: float | None = Field(None, description="Seconds, where waiting helps")


class Behind(Answer):
    """More events of the room are missing than are replayed: nothing more comes of it until `sync` says where to go on."""

    type: Literal["behind"]
    room: str
    last_seq: int


class RoomAdded(Answer):
    """One is a member of one more room; its events come from `last_seq` on."""

    type: Literal["room.added"]
    room: RoomOfMine


class RoomRemoved(Answer):
    """One is a member of one room less."""

    type: Literal["room.removed"]
    room: str


class Bye(Answer):
    """The server is about to close the connection; come back after `retry_after` seconds."""

    type: Literal["bye"]
    reason: str
    retry_after: float


ANSWERS: dict[str, type[Answer]] = {
    "welcome": Welcome,
    "ok": Ok,
    "error": Refusal,
    "behind": Behind,
    "room.added": RoomAdded,
    "room.removed": RoomRemoved,
    "bye": Bye,
}


class FrameError(Exception):
    """A frame that cannot be taken: its code, a sentence that teaches, and the id to answer to."""

    def __init__(self, code: ErrorCode, message: str, id: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.id = id


def parse_command(frame: str | bytes) -> Command:
    """What the client said. Raises `FrameError` with `bad_frame`, `unknown_type` or `invalid`."""
    try:
        data = from_json(frame, allow_inf_nan=False)
    except (ValueError, TypeError) as error:  # TypeError: a str with half a surrogate pair, which is no text
        raise FrameError(ErrorCode.BAD_FRAME, f"Expected one JSON object: {error}.", _id_in(frame)) from None
    if not isinstance(data, dict):
        raise FrameError(ErrorCode.BAD_FRAME, f"Expected one JSON object, got {_named(data)}.")
    id = data.get("id")
    if id is not None and (type(id) is not int or abs(id) > MAX_SEQ):
        raise FrameError(ErrorCode.BAD_FRAME, f"Expected `id` to be a whole number, got {_named(id)}.")
    kind = data.get("type")
    if type(kind) is not str:
        raise FrameError(ErrorCode.BAD_FRAME, 'Expected a string `type`, such as "hello".', id)
    model = COMMANDS.get(kind)
    if model is None:
        raise FrameError(ErrorCode.UNKNOWN_TYPE, f"{kind[:40]!r} is no command. Known: {', '.join(COMMANDS)}.", id)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise FrameError(ErrorCode.INVALID, _what_is_wrong(error), id) from None


def welcome(id: int | None, **fields: Any) -> bytes:
    """The answer to `hello`."""
    return to_json({"type": "welcome", "id": id, **fields})


def ok(id: int, **fields: Any) -> bytes:
    """The answer to a command that was done."""
    return to_json({"type": "ok", "id": id, **fields})


def error(id: int | None, code: str, message: str, retry_after: float | None = None) -> bytes:
    """The answer to a command that was refused, or to a frame that was none."""
    frame: dict[str, Any] = {"type": "error"}
    if id is not None:
        frame["id"] = id
    frame |= {"code": code, "message": message}
    if retry_after is not None:
        frame["retry_after"] = retry_after
    return to_json(frame)


def behind(room: str, last_seq: int) -> bytes:
    """More is missing than is replayed; `sync` says where to go on."""
    return to_json({"type": "behind", "room": room, "last_seq": last_seq})


def room_added(room: Mapping[str, Any]) -> bytes:
    """This user is a member of one more room."""
    return to_json({"type": "room.added", "room": room})


def room_removed(room: str) -> bytes:
    """This user is a member of one room less."""
    return to_json({"type": "room.removed", "room": room})


def bye(reason: str, retry_after: float) -> bytes:
    """The server is about to close; come back in `retry_after` seconds."""
    return to_json({"type": "bye", "reason": reason, "retry_after": retry_after})


def _id_in(frame: str | bytes) -> int | None:
    """The id to answer to in what is JSON by its grammar and still not taken, such as half a surrogate pair or deep nesting."""
    found = _ID.match(frame if isinstance(frame, str) else frame.decode(errors="replace"))
    return int(found[1]) if found else None


def _what_is_wrong(error: ValidationError) -> str:
    """The first thing that is wrong, in one sentence."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the frame"
    return f"`{field[:80]}`: {first['msg']}."


def _named(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
