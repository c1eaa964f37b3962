"""What a server refused, as an exception of `hubbub.errors`."""

from collections.abc import Mapping
from typing import Any

from hubbub.errors import BadFrame, Forbidden, HubbubError, Unauthenticated
from hubbub.protocol.codes import CloseCode

_ERRORS: dict[str, type[HubbubError]] = {error.code: error for error in HubbubError.__subclasses__()}

_FINAL: dict[int, type[HubbubError]] = {
    CloseCode.NOT_THE_PROTOCOL: BadFrame,
    CloseCode.UNAUTHENTICATED: Unauthenticated,
    CloseCode.FORBIDDEN: Forbidden,
    CloseCode.SIGNED_OUT: Unauthenticated,
}


def refusal(answer: Mapping[str, Any]) -> HubbubError:
    """The exception for an `error` frame, or for a problem that REST answered."""
    known = _ERRORS.get(str(answer.get("code")), HubbubError)
    message = str(answer.get("message") or answer.get("detail") or answer.get("title") or "The server refused.")
    return known(message, retry_after=answer.get("retry_after"))


def final_refusal(close_code: int | None, reason: str | None) -> HubbubError | None:
    """The exception for a close code after which coming back is of no use; None where it is."""
    known = _FINAL.get(close_code or 0)
    return known(f"The server ended the connection: {reason or 'no reason given'}.") if known else None
