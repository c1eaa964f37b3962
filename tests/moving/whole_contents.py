"""What a whole database holds, and moves that are cut off in the middle."""

from sqlalchemy import select

from hubbub.database.schema import metadata
from hubbub.database.snapshot import snapshot
from hubbub.moving import store


class Cut(Exception):
    """What ends a move in the middle."""


def nobody(_done, _total):
    """Who does not watch."""


def cut_after(events):
    def progress(done, _total):
        if done >= events:
            raise Cut

    return progress


def contents(url):
    """Every row of every table that is moved."""
    with snapshot(url) as connection:
        tables = [table for table in metadata.sorted_tables if table.name not in store.DERIVED]
        return {table.name: sorted(map(repr, map(tuple, connection.execute(select(*table.c))))) for table in tables}
