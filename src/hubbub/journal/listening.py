"""`chat.on(…)`: how code of the host app says which events it wants to hear, with the types that they have."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar, overload

from hubbub.journal.following import Followers, Handler
from hubbub.protocol.events import (
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageUnpinned,
    PollClosed,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
    RoomChanged,
)

R = TypeVar("R", Awaitable[None], None)


class Listening:
    """A decorator by which a function is called with every event of a type, such as `message.created`.

    After the commit, in the order of the commits, and at least once: what it missed while the program was down comes at
    the next start. It may be a coroutine or a plain function, which gets a thread. It has 60 seconds for an event. What
    it raises is logged with the event, and the next event comes; no handler waits for another one. Its module and name
    keep its place in the log, so give it a `name` where it has none, or where you rename it. One that is new hears what
    happens from its first start on.
    """

    def __init__(self, followers: Followers) -> None:
        self._followers = followers

    @overload
    def __call__(
        self, kind: Literal["message.created"], *, name: str | None = None
    ) -> Callable[[Callable[[MessageCreated], R]], Callable[[MessageCreated], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["message.edited"], *, name: str | None = None
    ) -> Callable[[Callable[[MessageEdited], R]], Callable[[MessageEdited], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["message.deleted"], *, name: str | None = None
    ) -> Callable[[Callable[[MessageDeleted], R]], Callable[[MessageDeleted], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["message.pinned"], *, name: str | None = None
    ) -> Callable[[Callable[[MessagePinned], R]], Callable[[MessagePinned], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["message.unpinned"], *, name: str | None = None
    ) -> Callable[[Callable[[MessageUnpinned], R]], Callable[[MessageUnpinned], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["reaction.added"], *, name: str | None = None
    ) -> Callable[[Callable[[ReactionAdded], R]], Callable[[ReactionAdded], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["reaction.removed"], *, name: str | None = None
    ) -> Callable[[Callable[[ReactionRemoved], R]], Callable[[ReactionRemoved], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["poll.voted"], *, name: str | None = None
    ) -> Callable[[Callable[[PollVoted], R]], Callable[[PollVoted], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["poll.closed"], *, name: str | None = None
    ) -> Callable[[Callable[[PollClosed], R]], Callable[[PollClosed], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["member.joined"], *, name: str | None = None
    ) -> Callable[[Callable[[MemberJoined], R]], Callable[[MemberJoined], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["member.left"], *, name: str | None = None
    ) -> Callable[[Callable[[MemberLeft], R]], Callable[[MemberLeft], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["member.changed"], *, name: str | None = None
    ) -> Callable[[Callable[[MemberChanged], R]], Callable[[MemberChanged], R]]: ...
    @overload
    def __call__(
        self, kind: Literal["room.changed"], *, name: str | None = None
    ) -> Callable[[Callable[[RoomChanged], R]], Callable[[RoomChanged], R]]: ...

    def __call__(self, kind: str, *, name: str | None = None) -> Callable[[Any], Any]:
        """Name a handler, before the chat starts. Raises `ValueError` for what is no type, or a name used twice."""

        def remember(handler: Handler) -> Handler:
            self._followers.add(kind, handler, name)
            return handler

        return remember
