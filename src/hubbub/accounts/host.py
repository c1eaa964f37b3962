"""A chat mounted in a host app: the host's own dependency says who somebody is, and we keep a user for each of them.

The dependency is run by FastAPI as for a path operation, for WebSockets too, and it has ended, with whatever it opened
closed again, before a socket begins to wait: a database session of the host is never held by a conversation.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request, Response
from fastapi.dependencies.utils import get_dependant
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.requests import HTTPConnection
from fastapi.routing import APIRouter
from starlette.types import Message, Scope

from hubbub.accounts.host_answers import checked_identity, meaning_of, presentable
from hubbub.accounts.hosted_routes import FOUND, HandshakeRoute, HostedRouter, question_of
from hubbub.accounts.identity import Identified, SignedIn, is_our_origin
from hubbub.accounts.model import Credential, Identity, User
from hubbub.accounts.people import People
from hubbub.errors import Forbidden, Unavailable
from hubbub.protocol.ids import new_id
from hubbub.settings import Settings

DEPENDENCY_SECONDS = 10.0
# Plain functions of the host share 40 threads. Were all of them to wait for its database pool, none would be left for
# those who hold its connections: so when a thousand sockets come back at once, most of them wait here.
ASKED_AT_ONCE = 16
REMEMBERED = 10_000
# FastAPI takes a dependency's parameter of such a name for the one in the path.
OUR_PATH_PARAMETERS = frozenset({"emoji", "id", "n", "name", "room", "seq", "user"})

log = logging.getLogger("hubbub.accounts")


@dataclass(frozen=True, slots=True)
class Visit:
    """What is kept of a WebSocket's handshake, so that the host can be asked again."""

    scope: Scope


@dataclass(slots=True)
class _Known:
    """Who an id of the host stood for last, and before that."""

    identity: Identity
    user: User
    read_at: int = 0
    former: Identity | None = None
    is_reported: bool = False


class Host:
    """Asks the host app's dependency who is there, and finds or makes the user for them."""

    def __init__(self, current_user: Callable[..., Any], people: People, settings: Settings) -> None:
        if not callable(current_user):
            raise TypeError(f"current_user is the dependency itself, such as get_user and not Depends(get_user); got {current_user!r}")
        self._settings = settings
        self._current_user = current_user
        self._people = people
        self._seconds = DEPENDENCY_SECONDS
        self._handshake_path = "/ws"
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._ids: dict[str, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._places = asyncio.Semaphore(ASKED_AT_ONCE)

    def signed_in(self) -> Callable[..., Awaitable[SignedIn]]:
        """A dependency for path operations that gives who is signed in by the host; raises when nobody is."""
        return self._signed_in_apart if _parameters_of(self._current_user) & OUR_PATH_PARAMETERS else self._signed_in_here()

    async def _signed_in_apart(self, request: Request) -> SignedIn:
        """For a host whose parameters are called as ours are: its dependency is run by itself, as for a WebSocket."""
        asked = visit(request)
        path: str = asked.scope["path"]
        # Counted from the end, because what stands in a parameter, of ours or of the prefix, may be called `api` as well.
        prefix = path.rsplit("/", 1 + request.scope["route"].path.count("/"))[0]
        apart = Visit({**asked.scope, "path": prefix + self._handshake_path, "raw_path": None})
        return (await self.ask(apart)).required()

    def _signed_in_here(self) -> Callable[..., Awaitable[SignedIn]]:
        async def begin(request: Request) -> None:
            question_of(request).begins(self._seconds)

        asking, whoever = Depends(begin), Depends(self._current_user)

        async def dependency(request: Request, _asking: None = asking, identity: Any = whoever) -> SignedIn:
            question_of(request).ends()
            return await self._signed_in(identity)

        return dependency

    def router(self) -> APIRouter:
        """An empty router for what is answered to those whom the host knows."""
        # Bodies are JSON and say so: then no page of another site can send one along with a visitor's cookies.
        return HostedRouter(strict_content_type=True)

    def add_handshake(self, router: APIRouter, path: str) -> None:
        """Give the WebSocket's path a GET, by which the host is asked about a handshake.

        So FastAPI does for it all that it does for a path operation: parameters of any prefix, overrides, and the
        dependencies with which the host included the router.
        """
        self._handshake_path = path
        whoever = Depends(self._current_user)

        async def handshake(request: Request, identity: Any = whoever) -> Response:
            request.scope[FOUND](identity)
            return Response()

        router.add_api_route(path, handshake, response_model=None, include_in_schema=False, route_class_override=HandshakeRoute)

    async def identify(self, connection: HTTPConnection) -> Identified:
        """Who is connecting. Raises `Unauthenticated` or `Forbidden` with the host's own words, `Unavailable` for a fault."""
        # Browsers let any page open a WebSocket, with the visitor's cookies, and the host may know people by more than
        # cookies: so a page of another site is nobody here, whatever it brings.
        origin = connection.headers.get("origin")
        if origin is not None and not is_our_origin(origin, connection, self._settings):
            return Identified(has_foreign_origin=True)
        return await self.ask(visit(connection))

    async def identify_by_token(self, connection: HTTPConnection, token: str) -> Identified:
        """Who is connecting, where the token of `hello` stands for the `Authorization` header that browsers cannot send."""
        kept = [(name, value) for name, value in connection.scope["headers"] if name != b"authorization"]
        headers = [*kept, (b"authorization", b"Bearer " + token.encode("latin-1", "replace"))]
        return await self.ask(Visit({**visit(connection).scope, "headers": headers}))

    async def ask(self, asked: Visit) -> Identified:
        """Run the host's dependency for a handshake, to its end. Raises as `identify` does."""
        identity = await self._asked(asked)
        if identity is None:
            return Identified()
        found = await self._signed_in(identity)
        return Identified(found.user, found.credential, visit=asked)

    async def user_of(self, identity: Identity) -> User:
        """The user for somebody of the host, made at their first visit; name, avatar and role follow the host."""
        known = self._known.get(identity.id)
        if known is None or known.identity != identity:
            user = await self._people.follow(identity, presentable(identity))
            known = self._remember(identity, user, known)
        known.user, known.read_at = await self._people.user_as_of(known.read_at, known.user)
        return known.user

    def forget(self, user_id: str) -> None:
        """Look a user up again: something about them changed."""
        self._known.pop(self._ids.pop(user_id, ""), None)

    async def _asked(self, asked: Visit) -> Any:
        async with self._place():
            return await self._answer(asked)

    def _place(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # A chat may be started again on another loop, and a semaphore belongs to one.
            self._loop, self._places = loop, asyncio.Semaphore(ASKED_AT_ONCE)
        return self._places

    async def _answer(self, asked: Visit) -> Any:
        try:
            async with asyncio.timeout(self._seconds) as limit:
                return await _run(asked)
        except Exception as error:
            if limit.expired():
                log.error("The host's current_user dependency took over %g seconds; the connection was refused", self._seconds)
                raise Unavailable("Who you are could not be found out in time. Try again.", retry_after=5) from None
            raise await meaning_of(Request(dict(asked.scope)), error) from error

    async def _signed_in(self, identity: Any) -> SignedIn:
        user = await self.user_of(checked_identity(identity))
        if not user.is_active:
            raise Forbidden("This account was deactivated.")
        return SignedIn(user, Credential("host", new_id()))

    def _remember(self, identity: Identity, user: User, last: _Known | None) -> _Known:
        known = _Known(identity, user)
        if last is not None:
            known.former, known.is_reported = last.identity, last.is_reported
            if last.former != identity and last.identity.name != identity.name:
                log.info(
                    "The host's id %r has another name now: %r, not %r. Two people with one id are one user here.",
                    identity.id,
                    identity.name,
                    last.identity.name,
                )
            elif last.former == identity and not last.is_reported:
                known.is_reported = True
                log.warning("Two identities in turn for one id of the host; the last one counts: %r and %r", last.identity, identity)
        self._known[identity.id], self._ids[user.id] = known, identity.id
        if len(self._known) > REMEMBERED:
            self.forget(next(iter(self._known.values())).user.id)
        return known


def _parameters_of(dependency: Callable[..., Any]) -> set[str]:
    """What the parameters of a dependency, and of all that it depends on, are called."""
    names: set[str] = set()
    waiting = [get_dependant(path="/", call=dependency)]
    while waiting:
        one = waiting.pop()
        names |= {field.name for field in (*one.path_params, *one.query_params, *one.header_params, *one.cookie_params)}
        waiting += one.dependencies
    return names


def visit(connection: HTTPConnection) -> Visit:
    """What the host may want to see of a handshake: the request without its body, as a GET."""
    scope = {key: value for key, value in connection.scope.items() if key not in _OF_THE_SOCKET}
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    return Visit(scope | {"type": "http", "method": "GET", "scheme": scheme, "extensions": {}})


# What routing found is found anew. The host's exception handlers would hide what the dependency raised.
_OF_THE_SOCKET = frozenset(
    {
        "subprotocols",
        "extensions",
        "starlette.exception_handlers",
        "fastapi",
        "fastapi_inner_astack",
        "fastapi_function_astack",
        "endpoint",
        "path_params",
        "route",
    }
)


async def _run(asked: Visit) -> Any:
    """What the dependency gives for the handshake, once it has ended with all that it opened."""
    found: list[Any] = []
    scope = {**asked.scope, "state": dict(asked.scope.get("state") or {}), FOUND: found.append}
    # Not the whole app: the handshake itself has come through the host's middleware already.
    await AsyncExitStackMiddleware(scope["app"].router)(scope, _receive_nothing, _send_nothing)
    return found[0] if found else None


async def _receive_nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send_nothing(_message: Message) -> None:
    """The answer is for nobody; that it was sent is what ends the dependency."""
