"""The one tree of errors that Hubbub raises on purpose.

HubbubError
├── Unauthenticated   401   nobody knows who is asking
├── Forbidden         403   known, and may not
├── NotFound          404   not there, or not for these eyes
├── Conflict          409   true a moment ago, no longer
├── Invalid           422   the input is not what was expected
├── TooLarge          413   the input is longer than allowed
├── BadFrame          400   the frame is not the protocol
├── UnknownType       400   the frame's type is not known
├── RateLimited       429   too often; retry_after says when
├── Unavailable       503   not now; retry_after says when
└── StartupError            Hubbub cannot start; the message says what to do
    └── DataInUse           another process has the data; it may be a matter of waiting
"""

from typing import ClassVar


class HubbubError(Exception):
    """A refusal with a code for programs, a sentence for people, and whether waiting helps."""

    code: ClassVar[str] = "invalid"
    status: ClassVar[int] = 422

    def __init__(self, message: str, *, retry_after: float | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        self.field = field


class Unauthenticated(HubbubError):
    """Nobody knows who is asking."""

    code, status = "unauthenticated", 401


class Forbidden(HubbubError):
    """Known, and may not."""

    code, status = "forbidden", 403


class NotFound(HubbubError):
    """Not there, or not for these eyes: the two answers are the same on purpose."""

    code, status = "not_found", 404


class Conflict(HubbubError):
    """The state of things does not allow it."""

    code, status = "conflict", 409


class Invalid(HubbubError):
    """The input is not what was expected."""

    code, status = "invalid", 422


class TooLarge(HubbubError):
    """The input is longer than allowed."""

    code, status = "too_large", 413


class BadFrame(HubbubError):
    """The frame is not the protocol."""

    code, status = "bad_frame", 400


class UnknownType(HubbubError):
    """The frame is well formed, and its type is not known."""

    code, status = "unknown_type", 400


class RateLimited(HubbubError):
    """Too often; `retry_after` says in how many seconds it will do."""

    code, status = "rate_limited", 429


class Unavailable(HubbubError):
    """Not now: the database is full or away, the queue is long, or the server is draining."""

    code, status = "unavailable", 503


class StartupError(Exception):
    """Hubbub cannot start, and the message says what to do about it."""


class DataInUse(StartupError):
    """Another process has the data folder: ask that one, or wait until it has gone."""
