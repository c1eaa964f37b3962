"""What the gateway needs of the rest of Hubbub, and how it learns who is connecting."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hubbub.errors import Forbidden, HubbubError, Unauthenticated, Unavailable
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.frames import FILES_PER_MESSAGE, Command
from hubbub.realtime.outbox import Connection
from hubbub.realtime.session import Pass, Session, Speaker

Farewell = tuple[CloseCode, str]


class Known(Protocol):
    """What is known of a connection before it says hello."""

    @property
    def user(self) -> Speaker | None:
        """Who it is, where that is known already."""

    @property
    def credential(self) -> Pass | None:
        """What they were known by."""

    @property
    def has_foreign_origin(self) -> bool:
        """A signed-in person's cookie on a page of another site."""

    @property
    def has_bad_token(self) -> bool:
        """A bearer token was shown, and it is nobody's."""

    @property
    def visit(self) -> Any:
        """The handshake, where it is kept so that a host app can be asked again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may do, as `welcome` tells it."""

    text: int
    frame: int
    replay: int
    hello_seconds: float
    file: int = 100_000_000
    files: int = FILES_PER_MESSAGE


@dataclass(frozen=True, slots=True)
class Doors:
    """What the gateway needs of the rest, handed in by whoever wires it."""

    identify: Callable[[Any], Awaitable[Known]]
    """Who a connection comes from, as far as its handshake tells."""
    identify_by_token: Callable[[Any, str], Awaitable[Known]]
    """The same, by the token of hello."""
    load_rooms: Callable[[Any, Any], Awaitable[Sequence[Mapping[str, Any]] | None]]
    """(user, pass): the user's rooms as `welcome` gives them; None when the pass no longer holds."""
    epoch: Callable[[], str]
    commands: Mapping[type[Command], Callable[[Session, Any], None]]
    leave: Callable[[], None]
    """The server stops and hears goodbyes for a moment longer: answer what is under way, and drain."""


def session_of(known: Known | None, connection: Connection) -> Session:
    """A session for whoever is known so far; NOBODY's until hello names them."""
    if known is None or known.user is None or known.credential is None:
        return Session(NOBODY, NOBODY, connection)
    session = Session(known.user, known.credential, connection)
    session.visit = known.visit
    return session


def farewell_for(error: HubbubError) -> Farewell:
    """How a connection is closed whose user could not be told, so that a browser can read why."""
    codes = {Unauthenticated: CloseCode.UNAUTHENTICATED, Forbidden: CloseCode.FORBIDDEN, Unavailable: CloseCode.TRY_AGAIN_LATER}
    return codes.get(type(error), CloseCode.INTERNAL_ERROR), error.message[:100]


class Nobody:
    """Stands in for the user until hello has named one."""

    id = name = ""

    def as_json(self) -> dict[str, Any]:
        """Nothing is known of them."""
        return {}


NOBODY = Nobody()
