"""How far the log of all events can be read so that nothing will turn up behind the reader."""

from sqlalchemy import Connection, func, select

from hubbub.database import Database
from hubbub.database.advisory_locks import transactions_under_way
from hubbub.database.schema import events


class Horizon:
    """Tells one reader up to which id everything is there that ever will be, where several nodes write.

    Ids are given when an event is written and seen when it is committed, so one may turn up behind a greater one. But
    what is up to the end of the log at one moment is settled as soon as those transactions have ended that were under
    way then. What lies beyond the end is never settled, though ids of it may have been given: a server that crashes takes
    back those that no commit has brought to the disk, and gives them again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._settled = 0
        self._end = 0
        self._under_way: frozenset[str] = frozenset()

    @property
    def is_waiting(self) -> bool:
        """Whether there are events beyond, which will be settled soon."""
        return self._end > self._settled

    async def settled(self) -> int:
        """The id up to which everything is there. A read that begins from now on sees it all.

        One asks after the other: an earlier look knows nothing of those who began before a later one.
        """
        end, under_way = await self._database.read(_look)
        if not self._under_way & under_way:
            # Those that were waited for have ended; the next ones are those that are under way now.
            self._settled = self._end
            self._end, self._under_way = end, under_way
        if not under_way:
            self._settled = end
        return self._settled


def _look(connection: Connection) -> tuple[int, frozenset[str]]:
    # In this order: a transaction says that it is under way before it is given an id, and until it can be seen.
    end: int = connection.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one()
    return end, transactions_under_way(connection)
