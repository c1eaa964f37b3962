"""What goes wrong on a stage: the chat refused, hung up, or broke a promise."""

from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """The chat said no. `code` is the protocol's, `answer` the whole frame or problem document."""

    def __init__(self, answer: Json) -> None:
        super().__init__(f"{answer.get('code')}: {answer.get('message') or answer.get('detail')}")
        self.code: str = answer.get("code", "")
        self.answer = answer


class HungUp(Exception):
    """The connection ended, with the close code that came."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"The connection was closed with {code} {reason}")
        self.code = code
        self.reason = reason


class BrokenPromise(AssertionError):
    """What a client was sent is not what the protocol promises."""
