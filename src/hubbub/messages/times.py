"""Times that people choose for something to come."""

from datetime import datetime

from hubbub.errors import Invalid
from hubbub.protocol.events import timestamp

FARTHEST_DAYS = 366
_DAY_MS = 86_400_000


def time_to_come(at: datetime, now: int, field: str) -> int:
    """The moment in milliseconds since 1970. Raises `Invalid` for one that has passed, or is more than a year away."""
    moment = int(at.timestamp() * 1000)
    if not now < moment <= now + FARTHEST_DAYS * _DAY_MS:
        raise Invalid(f"`{field}` is a time to come, within {FARTHEST_DAYS} days; it is {timestamp(now)} now.", field=field)
    return moment
