"""Who a request or a WebSocket comes from, and whether a browser's cookie may speak for them here."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Response, Security
from fastapi.requests import HTTPConnection
from fastapi.security import APIKeyCookie, HTTPBearer

from hubbub.accounts.actions import Accounts
from hubbub.accounts.model import Credential, User
from hubbub.errors import Forbidden, Unauthenticated
from hubbub.settings import Settings

COOKIE = "hubbub_login"
# A browser takes a cookie of this prefix only from the very host, over https, for the whole of it.
SECURE_COOKIE = "__Host-hubbub_login"
# As long as browsers allow. When a login really ends is decided here, by its last use.
COOKIE_SECONDS = 400 * 24 * 60 * 60

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_WEB_SCHEMES = {"ws": "http", "wss": "https"}

# For the API's description only; what counts is `identify`.
_TOKEN = Security(HTTPBearer(auto_error=False, scheme_name="token", description="An API token."))
_LOGIN = Security(APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="login", description=f"Under https `{SECURE_COOKIE}`."))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody known, and what they were known by."""

    user: User
    credential: Credential


@dataclass(frozen=True, slots=True)
class Identified:
    """Who is connecting: somebody, nobody, or a page of another site that came with somebody's cookie."""

    user: User | None = None
    credential: Credential | None = None
    has_foreign_origin: bool = False
    has_bad_token: bool = False
    """A bearer token was shown, and it is nobody's."""
    visit: Any = None
    """The handshake, where a host app is to be asked again."""

    def required(self) -> SignedIn:
        """Who it is. Raises `Forbidden` for a foreign page, `Unauthenticated` for nobody."""
        if self.has_foreign_origin:
            raise Forbidden(
                "This request carries a login, but does not come from a page of this site. Send its Origin header, "
                "use a bearer token, or have the site added to HUBBUB_ALLOWED_ORIGINS."
            )
        if self.user is None or self.credential is None:
            raise Unauthenticated("Sign in first, or send an API token as `Authorization: Bearer TOKEN`.")
        return SignedIn(self.user, self.credential)


Identify = Callable[[HTTPConnection], Awaitable[Identified]]
"""The seam: a mounted chat has the host app's own way to say who is connecting."""


Somebody = Callable[..., Awaitable[SignedIn]]
"""A FastAPI dependency that gives who is signed in, or raises."""


def identify_with(accounts: Accounts, settings: Settings) -> Identify:
    """The finished chat's own way: a bearer token, else the cookie of a browser on one of our pages."""

    async def identify(connection: HTTPConnection) -> Identified:
        token = bearer_token(connection)
        if token is not None:
            found = await accounts.authenticate_token(token)
            return Identified(*found) if found else Identified(has_bad_token=True)
        secret = connection.cookies.get(cookie_name(connection))
        if not secret:
            return Identified()
        if not _may_use_cookie(connection, settings):
            return Identified(has_foreign_origin=True)
        return Identified(*(await accounts.authenticate_login(secret) or ()))

    return identify


def signed_in(identify: Identify) -> Somebody:
    """A dependency that gives who is signed in, and by what; raises when nobody is."""

    async def dependency(connection: HTTPConnection, _token: Any = _TOKEN, _login: Any = _LOGIN) -> SignedIn:
        return (await identify(connection)).required()

    return dependency


def current_user(identify: Identify) -> Callable[..., Awaitable[User]]:
    """A dependency that gives the user who is signed in; raises when nobody is."""

    somebody = Depends(signed_in(identify))

    async def dependency(me: SignedIn = somebody) -> User:
        return me.user

    return dependency


def bearer_token(connection: HTTPConnection) -> str | None:
    """The token of `Authorization: Bearer TOKEN`, right or wrong; None when there is no such header."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def is_our_origin(origin: str | None, connection: HTTPConnection, settings: Settings) -> bool:
    """Whether a page of this origin is ours: this very site, its public address, or one allowed.

    Scheme, host and port must be the same to the letter, as browsers write them. `null` and none at all are nobody's.
    """
    return origin is not None and origin in _our_origins(connection, settings)


def refuse_foreign_pages(connection: HTTPConnection, settings: Settings) -> None:
    """Raise `Forbidden` when another site's page tries to sign its visitor in here. What is no browser sends no Origin."""
    origin = connection.headers.get("origin")
    if origin is not None and not is_our_origin(origin, connection, settings):
        ours = ", ".join(_our_origins(connection, settings))
        raise Forbidden(
            f"This page's origin is {origin!r}, and this site's is {ours}. If they are meant to be the same, "
            "set HUBBUB_PUBLIC_URL to the address that people use."
        )


def cookie_name(connection: HTTPConnection) -> str:
    """The login cookie's name on this connection."""
    return SECURE_COOKIE if _scheme(connection) == "https" else COOKIE


def set_login_cookie(response: Response, connection: HTTPConnection, secret: str) -> None:
    """Hand the browser its login: out of reach for scripts, and for other sites' forms."""
    _set_cookie(response, connection, secret, COOKIE_SECONDS)


def clear_login_cookie(response: Response, connection: HTTPConnection) -> None:
    """Take the login out of the browser."""
    _set_cookie(response, connection, "", 0)


def _set_cookie(response: Response, connection: HTTPConnection, value: str, seconds: int) -> None:
    is_secure = _scheme(connection) == "https"
    name = cookie_name(connection)
    response.set_cookie(name, value, max_age=seconds, path="/", secure=is_secure, httponly=True, samesite="lax")


def _may_use_cookie(connection: HTTPConnection, settings: Settings) -> bool:
    """A browser sends the cookie along with whatever any page asks for, so what changes something must come from ours."""
    origin = connection.headers.get("origin")
    if connection.scope["type"] == "websocket":
        return is_our_origin(origin, connection, settings)
    if connection.scope["method"] in _SAFE_METHODS:
        return True
    if origin is None:
        return connection.headers.get("sec-fetch-site") == "same-origin"
    return is_our_origin(origin, connection, settings)


def _our_origins(connection: HTTPConnection, settings: Settings) -> Iterator[str]:
    scheme = _scheme(connection)
    yield f"{scheme}://{connection.headers.get('host', '').lower().removesuffix(_DEFAULT_PORTS[scheme])}"
    for address in (settings.public_url, *settings.allowed_origins):
        origin = address and _origin_of(address)
        if origin:
            yield origin


def _origin_of(address: str) -> str | None:
    """An address's origin as a browser writes it; None for what has none."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}{'' if port == _DEFAULT_PORTS[parts.scheme] else port}"


def _scheme(connection: HTTPConnection) -> str:
    scheme: str = connection.scope["scheme"]
    return _WEB_SCHEMES.get(scheme, scheme)
