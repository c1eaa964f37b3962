"""Reading a room's journal: how anybody who noticed a hole fills it."""

import logging
from collections.abc import Callable

from sqlalchemy import Connection

from hubbub.database import Database
from hubbub.database.hot import each

EVENTS_AT_ONCE = 500

_AFTER = "SELECT seq, body FROM events WHERE room_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"


READ_BYTES = 1024 * 1024

log = logging.getLogger("hubbub.journal")

Rows = list[tuple[int, bytes]]


class JournalReader:
    """Reads for those who cannot wait: the answer comes as a call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, room: str, after: int, up_to: int, done: Callable[[Rows | None], None]) -> None:
        """Hand `done` some of the events with `after` < seq ≤ `up_to`, or None when the journal cannot be read now."""

        def tell(rows: Rows | None, error: BaseException | None) -> None:
            if error is not None:
                log.warning("The journal of room %s could not be read, and will be again: %s", room, error)
            done(rows)

        self._database.submit_read(lambda connection: read_after(connection, room, after, up_to, EVENTS_AT_ONCE, READ_BYTES), tell)


def read_after(connection: Connection, room: str, after: int, up_to: int, limit: int, max_bytes: int | None = None) -> Rows:
    """The events with `after` < seq ≤ `up_to`, oldest first, as (seq, bytes of the wire).

    At most `limit` of them, and no more once there are `max_bytes`; at least one where there is one. Fewer than `limit`
    mean the end only without `max_bytes`.
    """
    events: Rows = []
    size = 0
    for seq, body in each(connection, _AFTER, (room, after, up_to, limit)):
        events.append((seq, body))
        size += len(body)
        if max_bytes is not None and size > max_bytes:
            break
    return events
