"""How REST says no: every refusal is a problem document (RFC 9457) with the code that the WebSocket uses too."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from math import ceil
from typing import Any, ClassVar

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import Message

from hubbub.errors import HubbubError

_CODES = {400: "bad_frame", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 409: "conflict"}
_CODES |= {413: "too_large", 422: "invalid", 429: "rate_limited", 503: "unavailable"}


class ProblemRoute(APIRoute):
    """A route whose refusals are problem documents, and whose request bodies are bounded."""

    body_limit: ClassVar[int] = 256 * 1024

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, with what it raises turned into an answer."""
        handle = super().get_route_handler()

        async def handle_or_explain(request: Request) -> Response:
            try:
                return await handle(_bounded(request, self.body_limit))
            except HubbubError as error:
                return refusal(error)
            except RequestValidationError as error:
                return _invalid(error)
            except StarletteHTTPException as error:
                return problem(error.status_code, _CODES.get(error.status_code, "invalid"), str(error.detail), headers=error.headers)

        return handle_or_explain


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
    errors = [{"field": _path(wrong["loc"]), "message": str(wrong["msg"])} for wrong in error.errors()]
    detail = "; ".join(f"{wrong['field']}: {wrong['message']}" for wrong in errors[:5])
    return problem(422, "invalid", f"The request is not what was expected. {detail}", errors=errors)


def _path(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _bounded(request: Request, limit: int) -> Request:
    """The request with a body that is read no further than `limit` bytes."""
    receive, read = request.receive, 0

    async def receive_up_to_the_limit() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            # An HTTPException, because FastAPI turns anything else raised while it reads a body into a 400.
            raise HTTPException(413, f"The body has more than {limit} bytes. Send less at a time.")
        return message

    return Request(request.scope, receive_up_to_the_limit)
