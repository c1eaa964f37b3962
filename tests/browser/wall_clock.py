"""The time of day, for chats whose browsers have clocks of their own."""

import time

from hubbub.testing import Clock


class WallClock(Clock):
    """Goes on by itself, as the browser's clock does; the chat's can be put ahead of it."""

    def __init__(self) -> None:
        super().__init__(0.0)

    def __call__(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.now
