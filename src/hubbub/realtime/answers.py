"""How a command that failed is answered."""

import logging

from hubbub.errors import HubbubError
from hubbub.protocol import frames
from hubbub.protocol.codes import ErrorCode

log = logging.getLogger("hubbub.realtime")


def refusal(id: int | None, error: BaseException | None) -> bytes:
    """The `error` frame for what an action raised; a fault of ours is logged and told as such."""
    if isinstance(error, HubbubError):
        return frames.error(id, error.code, error.message, error.retry_after)
    log.error("A command failed by a fault of ours", exc_info=error)
    return frames.error(id, ErrorCode.UNAVAILABLE, "A fault of ours. Nothing was kept; try again.", 2)
