"""The rooms whose news go out in the next turn: whoever is in several of them gets one write. Sans-I/O."""

import logging
from collections.abc import Iterable, Set
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubbub.realtime.audience import Audience, Clockwork

log = logging.getLogger("hubbub.realtime")


class Flushes:
    """Flushes audiences together, a turn after the first of them asked for it."""

    def __init__(self, clockwork: "Clockwork") -> None:
        self._clockwork = clockwork
        self._due: list[Audience] = []

    def soon(self, audience: "Audience") -> None:
        """Flush this one in the next turn."""
        if not self._due:
            self._clockwork.call_soon(self._flush)
        self._due.append(audience)

    def _flush(self) -> None:
        due, self._due = self._due, []
        shared = in_several([audience.live.keys() for audience in due]) if len(due) > 1 else frozenset()
        for audience in due:
            try:
                audience.flush(shared)
            except Exception:
                log.exception("The news of room %s could not be given out in this turn", audience.room)


def in_several(groups: Iterable[Set[Any]]) -> Set[Any]:
    """Those who are in more than one of the groups."""
    seen: set[Any] = set()
    shared: set[Any] = set()
    for group in groups:
        if not seen.isdisjoint(group):
            shared |= seen & group
        seen |= group
    return shared
