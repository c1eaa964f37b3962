"""How fast one person may send. Pure: the time is passed in."""

from collections import OrderedDict

from hubbub.errors import RateLimited

BURST = 100
PER_SECOND = 20.0
PEOPLE = 20_000


class Pace:
    """A bucket of messages for each person, refilled with time, in bounded memory."""

    def __init__(self, *, is_on: bool = True, burst: int = BURST, per_second: float = PER_SECOND, what: str = "messages") -> None:
        """`burst` at once, then `per_second`; `what` is the word for them."""
        self._is_on = is_on
        self._per_second = per_second
        self._fills_in = burst / per_second
        self._what = what
        # A bucket is one number: the time at which it will be full again.
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, user_id: str, now: float) -> None:
        """Count one. Raises `RateLimited` with the seconds to wait, and counts nothing, when there is none left."""
        if not self._is_on:
            return
        full_at = self._full_at.get(user_id, now)
        if not now < full_at <= now + self._fills_in:
            full_at = now  # full again, or the clock was set back
        full_at += 1 / self._per_second
        wait = full_at - now - self._fills_in
        if wait > 0:
            raise RateLimited(f"More than {self._per_second:.0f} {self._what} a second. Wait a moment.", retry_after=round(wait + 0.05, 2))
        self._full_at[user_id] = full_at
        self._full_at.move_to_end(user_id)
        if len(self._full_at) > PEOPLE:
            self._full_at.popitem(last=False)
