"""Leases of a node that stops: given back at once, and not taken again while the rest of it ends."""

import asyncio

import pytest
from postgres_nodes import nodes_on

from hubbub.database import Database, alarm

pytestmark = pytest.mark.anyio


async def test_what_is_asked_for_while_leases_are_given_back_is_not_given(postgres_url):
    here, there = Database(postgres_url), Database(postgres_url)
    for database in (here, there):
        await database.open(lambda events: None)
    assert await here.leases.take("a") is not None
    assert await there.leases.take("a") is None

    ending = asyncio.ensure_future(here.leases.end())
    await asyncio.sleep(0)
    assert await here.leases.take("b") is None
    await ending

    assert await there.leases.take("a") is not None
    assert await there.leases.take("b") is not None
    await here.close()
    await here.open(lambda events: None)
    assert await here.leases.take("a") is None
    assert await here.leases.take("c") is not None, "whoever is opened again takes leases again"
    for database in (here, there):
        await database.close()


async def test_a_node_that_has_drained_holds_no_lease(postgres, postgres_url, tmp_path, monkeypatch):
    # Its alarms ask for their leases all the time, also while it stops.
    monkeypatch.setattr(alarm, "LOOK_SECONDS", 0)
    async with nodes_on(postgres_url, tmp_path, count=1) as [node]:
        while not held(postgres, postgres_url):
            await asyncio.sleep(0.01)
        await node.drain()
        assert held(postgres, postgres_url) == []
    assert held(postgres, postgres_url) == []


def held(postgres, url):
    """The locks that somebody has by a session, and not by a transaction."""
    return postgres.runs(
        "SELECT l.objid FROM pg_locks l JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' "
        "AND objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND state = 'idle'",
        url.rpartition("/")[2],
    )
