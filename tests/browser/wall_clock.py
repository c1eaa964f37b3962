"""The time of day, for chats whose browsers have clocks of their own."""

import time

from hubbub.testing import Clock


class WallClock(Clock):
    """Goes on by itself, as the browser's clock does."""

    def __call__(self) -> float:
        """Seconds since 1970."""
        return time.time()
