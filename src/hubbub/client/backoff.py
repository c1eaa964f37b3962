"""How long to wait before the next attempt to connect. Chance spreads the clients of a server that comes back."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 30.0
SPREAD_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock, the waiting and the chance that a client lives by; a test passes its own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random


def reconnect_delay(attempts: int, retry_after: float | None, chance: float) -> float:
    """Seconds until the next attempt: full jitter under a bound that doubles.

    What the server asked for with `bye` counts instead, and a little more.
    """
    if retry_after is not None:
        return retry_after + chance * SPREAD_SECONDS
    return float(chance * min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(attempts, 10)))
