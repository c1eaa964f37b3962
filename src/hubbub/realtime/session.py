"""One client's live conversation with this node. Sans-I/O: frames in, commands out, and the time is passed in."""

from typing import Any, Protocol

from hubbub.protocol.codes import CloseCode, ErrorCode
from hubbub.protocol.frames import Command, FrameError, Hello, parse_command
from hubbub.realtime.outbox import Batch, Connection, Frame

BAD_FRAMES_TOLERATED = 20


class Speaker(Protocol):
    """Who a session belongs to."""

    @property
    def id(self) -> str:
        """The user's id."""

    @property
    def name(self) -> str:
        """The name that others see."""

    def as_json(self) -> dict[str, Any]:
        """The user as `welcome` gives it."""


class Pass(Protocol):
    """What the speaker was known by: a login, a token, the host's word."""

    @property
    def id(self) -> str:
        """The pass's id, so that ending it ends its sessions."""


class Violation(Exception):
    """The client does not speak the protocol, and the conversation ends."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Session:
    """Who is talking, through which connection, and which rooms they listen to. Small: there may be very many."""

    __slots__ = (
        "_bad_frames",
        "adding",
        "connection",
        "credential",
        "first_seqs",
        "has_greeted",
        "is_away",
        "is_loading",
        "is_reading",
        "is_stale",
        "rooms",
        "user",
        "visit",
        "watching",
    )

    def __init__(self, user: Speaker, credential: Pass, connection: Connection) -> None:
        self.user = user
        self.credential = credential
        self.connection = connection
        self.rooms: dict[str, Any] = {}
        """The audiences it belongs to, by room id."""
        self.adding: dict[str, int] | None = None
        """Rooms joined a moment ago, whose description is being read, each with the seq of the joining."""
        self.first_seqs: dict[str, int] | None = None
        """Of the rooms whose beginning it may not see: the first event that it may."""
        self.visit: Any = None
        """The handshake, where a host app is asked again whether its user is still allowed."""
        self.watching: frozenset[str] | None = None
        """The rooms whose typing it wants; None for all of them."""
        self.is_away = False
        """Whoever sits there said that they are not looking."""
        self.has_greeted = False
        self.is_loading = True
        """Between hello and welcome, when what it may see is being read."""
        self.is_stale = False
        """A membership changed while it was loading, so what was read must be read again."""
        self.is_reading = False
        """A read of the journal is under way for it: one at a time, since what comes of it must be taken."""
        self._bad_frames = 0

    def hear(self, frame: bytes | str | None) -> Command:
        """What the client said; None stands for a binary frame, which this protocol does not have.

        Raises `FrameError` for a frame that is to be answered with an error, `Violation` after too many of them.
        """
        try:
            if frame is None:
                raise FrameError(ErrorCode.BAD_FRAME, "Expected a text frame with one JSON object, got a binary frame.")
            command = parse_command(frame)
            if not self.has_greeted and not isinstance(command, Hello):
                raise FrameError(ErrorCode.BAD_FRAME, "Say hello first.", command.id)
        except FrameError as error:
            if error.code == ErrorCode.BAD_FRAME:
                self._count_bad_frame()
            raise
        if self.has_greeted and isinstance(command, Hello):
            raise FrameError(ErrorCode.CONFLICT, "Hello was said already; use `sync` to move a cursor.", command.id)
        return command

    def say(self, payload: bytes) -> None:
        """Send one frame to this client alone."""
        self.connection.take(Batch((Frame(payload),)))

    def answer(self, payload: bytes) -> None:
        """Send one frame to this client alone, together with the news that it is getting anyway."""
        self.connection.take_along(Batch((Frame(payload),)))

    def may_see_from(self, room: str, first_seq: int) -> None:
        """From now on the room begins for this session with the event `first_seq`."""
        if first_seq > 1 or (self.first_seqs and room in self.first_seqs):
            self.first_seqs = {**(self.first_seqs or {}), room: first_seq}

    def before_first(self, room: str) -> int:
        """The lowest cursor that it may have in the room."""
        return self.first_seqs.get(room, 1) - 1 if self.first_seqs else 0

    def wants_typing(self, room: str) -> bool:
        """Whether to tell this client who types in the room."""
        return (self.watching is None or room in self.watching) and not self.connection.is_lagging

    def _count_bad_frame(self) -> None:
        self._bad_frames += 1
        if self._bad_frames > BAD_FRAMES_TOLERATED:
            raise Violation(CloseCode.NOT_THE_PROTOCOL, f"more than {BAD_FRAMES_TOLERATED} frames were not hubbub.v1")
