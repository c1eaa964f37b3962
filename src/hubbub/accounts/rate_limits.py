"""How often one may try: a bucket of attempts per account and per address, refilled with time."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

from hubbub.errors import RateLimited

BUCKETS = 20_000
KEY_LENGTH = 200

Action = Literal["sign_in", "setup", "invite", "password", "rename", "email", "reset"]


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` attempts at once, then one more every `seconds`."""

    burst: int
    seconds: float


_ACCOUNT: dict[Action, Pace] = {"sign_in": Pace(10, 30), "password": Pace(10, 30), "rename": Pace(5, 60), "email": Pace(5, 600)}
_ADDRESS: dict[Action, Pace] = {
    "sign_in": Pace(50, 2),
    "setup": Pace(20, 10),
    "invite": Pace(50, 2),
    "password": Pace(50, 2),
    "reset": Pace(20, 10),
}


class RateLimits:
    """Attempts under way, in bounded memory: over the bound the bucket longest untouched is forgotten.

    An account's bucket is the same whether the account exists or not, so it tells nobody which names do.
    """

    def __init__(self, clock: Callable[[], float], *, is_on: bool = True, bucket_limit: int = BUCKETS) -> None:
        self._clock = clock
        self._is_on = is_on
        self._limit = bucket_limit
        # A bucket is one number: the time at which it will be full again.
        self._full_at: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def take(self, action: Action, *, account: str | None = None, address: str | None = None) -> None:
        """Count one attempt. Raises `RateLimited` with the seconds to wait, and counts nothing, when there is none left."""
        if not self._is_on:
            return
        now = self._clock()
        buckets = [(key, pace, self._full(key, pace, now)) for key, pace in _buckets(action, account, address)]
        wait = max(full_at + pace.seconds - now - pace.burst * pace.seconds for _, pace, full_at in buckets)
        if wait > 0:
            raise RateLimited(f"Too many attempts. Try again in {ceil(wait)} seconds.", retry_after=ceil(wait))
        for key, pace, full_at in buckets:
            self._put(key, full_at + pace.seconds)

    def give_back(self, action: Action, *, account: str | None = None, address: str | None = None) -> None:
        """Uncount an attempt that succeeded: only failures are held against anybody."""
        for key, pace in _buckets(action, account, address):
            if key in self._full_at:
                self._put(key, self._full_at[key] - pace.seconds)

    def __len__(self) -> int:
        return len(self._full_at)

    def _full(self, key: tuple[str, ...], pace: Pace, now: float) -> float:
        full_at = max(self._full_at.get(key, now), now)
        latest = now + pace.burst * pace.seconds
        if full_at > latest:
            # The clock was set back: the bucket is empty now, and fills from here on.
            full_at = self._full_at[key] = latest
        return full_at

    def _put(self, key: tuple[str, ...], full_at: float) -> None:
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._limit:
            self._full_at.popitem(last=False)


def _buckets(action: Action, account: str | None, address: str | None) -> Iterator[tuple[tuple[str, ...], Pace]]:
    if action in _ADDRESS:
        yield (action, "address", _network(address)), _ADDRESS[action]
    if account is not None:
        yield (action, "account", account[:KEY_LENGTH]), _ACCOUNT[action]


def _network(address: str | None) -> str:
    """What counts as one address. Whoever has one IPv6 address has all of its /64."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return (address or "")[:KEY_LENGTH]
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed.ipv4_mapped if parsed.version == 6 else parsed)
