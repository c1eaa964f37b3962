"""How REST says no: every refusal is a problem document (RFC 9457) with the code that the WebSocket uses too."""

from http import HTTPStatus
from math import ceil
from typing import Any, ClassVar

from fastapi import HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import Message, Receive, Scope, Send

from hubbub.errors import HubbubError

SIGN_IN_THERE = "Sign in first, on the site that this chat belongs to."

_CODES = {400: "bad_frame", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 409: "conflict"}
_CODES |= {413: "too_large", 422: "invalid", 429: "rate_limited", 503: "unavailable"}


class ProblemRoute(APIRoute):
    """A route whose refusals are problem documents, and whose request bodies are bounded.

    What is raised first passes through whatever the dependencies have opened, so that a host's database session is
    rolled back; a fault goes on to the handlers of the app.
    """

    body_limit: ClassVar[int] = 256 * 1024

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The route's answer, or what it raised turned into one."""
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        # Without the app's own handlers, which would put the host's format on our refusals.
        inner = {key: value for key, value in scope.items() if key != "starlette.exception_handlers"}
        try:
            await super().handle(inner, _bounded(receive, self.body_limit), send_on)
        except (HubbubError, RequestValidationError, StarletteHTTPException) as error:
            if has_begun:
                raise
            await _explained(error)(scope, receive, send)


async def not_found_here(request: Request, error: Exception) -> Response:
    """What an app of ours answers for a path that it does not have: a problem document beneath `/api`, as everything there is."""
    assert isinstance(error, StarletteHTTPException)
    path = str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))
    if path == "/api" or path.startswith("/api/"):
        return problem(404, "not_found", f"There is nothing at {path[:200]}. /docs lists what there is.")
    return await http_exception_handler(request, error)


def refusal(error: HubbubError) -> JSONResponse:
    """What one of our own errors is answered with."""
    return problem(error.status, error.code, error.message, retry_after=error.retry_after, errors=_field(error))


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    retry_after: float | None = None,
    errors: list[dict[str, str]] | None = None,
    headers: Any = None,
) -> JSONResponse:
    """A problem document. `errors` says which fields, `retry_after` in how many seconds waiting helps."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}
    headers = dict(headers or {})
    if retry_after is not None:
        body["retry_after"] = retry_after
        headers["Retry-After"] = str(ceil(retry_after))
    if status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _field(error: HubbubError) -> list[dict[str, str]] | None:
    return [{"field": error.field, "message": error.message}] if error.field else None


def _invalid(error: RequestValidationError) -> JSONResponse:
    # What came is not repeated: it may be a password.
    errors = [_what_is_wrong(wrong) for wrong in error.errors()]
    detail = "; ".join(f"{wrong['field']}: {wrong['message']}" for wrong in errors[:5])
    return problem(422, "invalid", f"The request is not what was expected. {detail}", errors=errors)


def _what_is_wrong(wrong: Any) -> dict[str, str]:
    if wrong["type"] == "json_invalid":
        return {"field": "body", "message": f"Expected JSON: {wrong.get('ctx', {}).get('error', wrong['msg'])}"}
    return {"field": _path(wrong["loc"]), "message": str(wrong["msg"])}


def _path(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _explained(error: Exception) -> JSONResponse:
    if isinstance(error, HubbubError):
        return refusal(error)
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    assert isinstance(error, StarletteHTTPException)
    if error.status_code < 400:
        # A host's way to its sign-in page, where no program can sign in.
        return problem(401, "unauthenticated", SIGN_IN_THERE)
    return problem(error.status_code, _CODES.get(error.status_code, "invalid"), str(error.detail), headers=error.headers)


def _bounded(receive: Receive, limit: int) -> Receive:
    """The request's body, read no further than `limit` bytes."""
    read = 0

    async def receive_up_to_the_limit() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            # An HTTPException, because FastAPI turns anything else raised while it reads a body into a 400.
            raise HTTPException(413, f"The body has more than {limit} bytes. Send less at a time.")
        return message

    return receive_up_to_the_limit
