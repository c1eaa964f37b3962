"""What a host app's answers mean to us: its exceptions, its identities, its names."""

import inspect
import logging
import re
import unicodedata
from typing import get_args

from fastapi import Request, WebSocketException
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from hubbub.accounts.model import Identity, Kind, Role, checked_name
from hubbub.errors import Forbidden, HubbubError, Invalid, Unauthenticated, Unavailable

_EMAIL = re.compile(r"([^@\s]+)@[^@\s]+\Z")
_LONGEST = 256
_FAULT = "Who you are could not be found out: a fault of this site."

log = logging.getLogger("hubbub.accounts")


async def meaning_of(request: Request, error: Exception) -> HubbubError:
    """What it means that the host's dependency raised this. A fault is logged, and is no reason to send anybody away."""
    if isinstance(error, HubbubError):
        return error
    if isinstance(error, HTTPException):
        return _refusal(error.status_code, str(error.detail))
    if isinstance(error, WebSocketException):
        kind = Forbidden if error.code == 4403 else Unauthenticated
        return kind(error.reason or "The host refused this connection.")
    if isinstance(error, RequestValidationError):
        return Unauthenticated(f"The host expects something of the request that is missing or wrong: {_named(error)}.")
    status = await _status_by_handler(request, error)
    if status is not None:
        return _refusal(status, str(error))
    log.error("The host's current_user dependency failed", exc_info=error)
    return Unavailable("Who you are could not be found out. Try again.", retry_after=5)


def checked_identity(identity: object) -> Identity:
    """What the host's dependency returned, when it is what was asked for. Raises `Unauthenticated` for None."""
    if identity is None:
        raise Unauthenticated("Sign in first.")
    if not isinstance(identity, Identity):
        log.error("current_user returned %r. Expected a hubbub.Identity, or None for nobody.", type(identity))
        raise Unavailable(_FAULT, retry_after=60)
    wrong = _wrong_with(identity)
    if wrong:
        log.error("current_user returned %r. %s", identity, wrong)
        raise Unavailable(_FAULT, retry_after=60)
    return identity


def presentable(identity: Identity) -> str:
    """The host's name for somebody, made fit for us: never empty, of an e-mail address the part before the @."""
    text = unicodedata.normalize("NFKC", identity.name[:_LONGEST]).strip()
    email = _EMAIL.match(text)
    name = " ".join("".join(map(_fit, email[1] if email else text)).split())[:64].strip()
    while name and unicodedata.category(name[0]).startswith("M"):
        name = name[1:].strip()
    return name or f"user {''.join(map(_fit, identity.id)).strip()[:50]}"


def _wrong_with(identity: Identity) -> str:
    if identity.role not in get_args(Role):
        return f"Its role is one of {', '.join(get_args(Role))}."
    if identity.kind not in get_args(Kind):
        return f"Its kind is one of {', '.join(get_args(Kind))}."
    if not isinstance(identity.avatar, str | None):
        return "Its avatar is an address as text, or None."
    return ""


def _refusal(status: int, words: str) -> HubbubError:
    """What a host says with an HTTP status. Sending people to its sign-in page is saying that it knows nobody."""
    if status >= 500 or status in (408, 425, 429):
        log.warning("The host could not say who is there: %s %s", status, words)
        return Unavailable(words or "Who you are could not be found out. Try again.", retry_after=5)
    log.info("The host refused somebody: %s %s", status, words)
    kind = Unauthenticated if status < 400 or status in (400, 401, 422) else Forbidden
    return kind(words or "The host refused this connection.")


async def _status_by_handler(request: Request, error: Exception) -> int | None:
    """The status with which the host's own handler answers this exception; None where it has none for it."""
    handlers = getattr(request.scope.get("app"), "exception_handlers", {})
    handler = next((handlers[kind] for kind in type(error).__mro__ if kind is not Exception and kind in handlers), None)
    if handler is None:
        return None
    try:
        if inspect.iscoroutinefunction(handler):
            response = await handler(request, error)
        else:
            response = await run_in_threadpool(handler, request, error)
    except Exception:
        log.exception("The host's handler for %s failed", type(error).__name__)
        return None
    status: int = response.status_code
    return status


def _named(error: RequestValidationError) -> str:
    return ", ".join(".".join(str(part) for part in wrong["loc"]) for wrong in error.errors()[:5])


def _fit(character: str) -> str:
    """The character where a name may have it, by the same rule as for the names that people choose; else a space or nothing."""
    try:
        checked_name(f"a{character}a")
    except Invalid:
        return " " if character in "@/" or character.isspace() else ""
    return character
