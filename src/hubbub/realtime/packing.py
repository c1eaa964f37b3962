"""News as they travel over the bus: many pieces in one message, events as the very bytes that go to the clients. Pure."""

from collections.abc import Iterable, Iterator
from enum import Enum
from struct import Struct
from zlib import crc32

from pydantic_core import from_json, to_json

VERSION = b"1"
NODE_ID_LENGTH = 16
MESSAGE_BYTES = 512 * 1024
ROOM_SHARDS = 256
USER_SHARDS = 16

_HEADER = Struct(">cI")


class Kind(Enum):
    """What a piece of news is."""

    EVENT = b"E"
    """The event's bytes."""
    HEADS = b"H"
    """Where rooms end: {room: last seq}."""
    JOINED = b"J"
    """Somebody was let into a room: [user, room, seq]."""
    FRAME = b"F"
    """A frame for all sessions of a user: the user's id, a line feed, the frame."""
    TYPED = b"T"
    """Somebody types: [room, user, name]."""
    SEEN = b"S"
    """Somebody has read: [room, user, seq, who is to know]."""
    WHO_IS_HERE = b"W"
    """Somebody watches a room: its id."""
    HERE = b"P"
    """Who is in a room on this node: [room, {user: state}, whether these are all]."""
    ACCOUNT = b"A"
    """Something happened to an account; understood by whoever looks after them."""


Piece = tuple[Kind, bytes]

_KINDS = {kind.value: kind for kind in Kind}


class NotOurs(ValueError):
    """A message that was not packed here, or by a version that packs otherwise. It counts as lost."""


def pack(node: str, pieces: Iterable[Piece]) -> Iterator[bytes]:
    """The pieces in as few messages as they fit into, in their order."""
    head = VERSION + node.encode()
    parts, size = [head], 0
    for kind, body in pieces:
        if size and size + len(body) > MESSAGE_BYTES:
            yield b"".join(parts)
            parts, size = [head], 0
        parts += (_HEADER.pack(kind.value, len(body)), body)
        size += len(body)
    if size:
        yield b"".join(parts)


def sender(message: bytes) -> str:
    """The node that packed a message. Raises `NotOurs`."""
    if message[:1] != VERSION or len(message) <= NODE_ID_LENGTH:
        raise NotOurs(f"the message begins with {message[:20]!r}")
    return message[1 : 1 + NODE_ID_LENGTH].decode()


def unpack(message: bytes) -> Iterator[Piece]:
    """The pieces of a message; those of a kind that is not known are left out. Raises `NotOurs` where it is torn."""
    at = 1 + NODE_ID_LENGTH
    while at < len(message):
        if at + _HEADER.size > len(message):
            raise NotOurs("a piece without a length")
        letter, length = _HEADER.unpack_from(message, at)
        at += _HEADER.size
        if at + length > len(message):
            raise NotOurs("a piece that is shorter than it says")
        if (kind := _KINDS.get(letter)) is not None:
            yield kind, message[at : at + length]
        at += length


def json_piece(kind: Kind, value: object) -> Piece:
    """A piece of data."""
    return kind, to_json(value)


def value_of(body: bytes) -> object:
    """The data of such a piece."""
    return from_json(body)


def room_shard(room: str) -> int:
    """Which of the rooms' channels has the news of this one."""
    return crc32(room.encode()) % ROOM_SHARDS


def user_shard(user_id: str) -> int:
    """Which of the users' channels has the news for this one."""
    return crc32(user_id.encode()) % USER_SHARDS
