"""How far the log of all events can be read so that nothing will turn up behind the reader."""

from sqlalchemy import Connection, text

from hubbub.database import Database
from hubbub.database.advisory_locks import transactions_under_way

# Of a sequence that was never asked, the last value is the first one that it will give.
_GIVEN = text("SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM events_id_seq")


class Horizon:
    """Tells up to which id everything is there that ever will be, where several nodes write.

    Ids are given when an event is written and seen when it is committed, so one may turn up behind a greater one. But
    every id that was given at one moment is settled as soon as those transactions have ended that were under way then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._settled = 0
        self._given = 0
        self._under_way: frozenset[str] = frozenset()

    @property
    def is_waiting(self) -> bool:
        """Whether there are ids beyond, which will be settled soon."""
        return self._given > self._settled

    async def settled(self) -> int:
        """The id up to which everything is there. A read that begins from now on sees it all."""
        given, under_way = await self._database.read(_look)
        if not self._under_way & under_way:
            # Those that were waited for have ended; the next ones are those that are under way now.
            self._settled = max(self._settled, self._given)
            self._given, self._under_way = given, under_way
        if not under_way:
            self._settled = max(self._settled, given)
        return self._settled


def _look(connection: Connection) -> tuple[int, frozenset[str]]:
    # In this order: a transaction says that it is under way before it is given an id, and until it can be seen.
    given: int = connection.execute(_GIVEN).scalar_one()
    return given, transactions_under_way(connection)
