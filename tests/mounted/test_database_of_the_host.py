"""The host's database session is given back before a socket waits: 1,000 sockets live over a pool of 5 connections."""

import asyncio
from typing import Annotated

import pytest
from fastapi import Depends, Header, HTTPException
from sqlalchemy import Connection, QueuePool, create_engine, text

from hubbub import Identity

pytestmark = pytest.mark.anyio

SOCKETS = {"hubbub": 1000, "none": 250}


@pytest.fixture
def engine(tmp_path):
    """The host's own database, with a pool of 5 that gives up after a few seconds."""
    engine = create_engine(f"sqlite:///{tmp_path / 'host.db'}", poolclass=QueuePool, pool_size=5, max_overflow=0, pool_timeout=5)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)"))
        connection.execute(text("INSERT INTO people (name) VALUES ('ada'), ('grace')"))
    yield engine
    engine.dispose()


@pytest.fixture
def current_user(engine):
    def session():
        with engine.connect() as connection:
            yield connection

    def current_user(connection: Annotated[Connection, Depends(session)], x_user: Annotated[str, Header()]):
        row = connection.execute(text("SELECT id, name FROM people WHERE name = :name"), {"name": x_user}).one_or_none()
        if row is None:
            raise HTTPException(401, "There is nobody of this name.")
        return Identity(id=str(row.id), name=row.name)

    return current_user


@pytest.mark.parametrize("server", SOCKETS)
async def test_a_thousand_sockets_over_a_pool_of_five(mount, current_user, engine, server):
    site = await mount(current_user, server=server)
    at_once = asyncio.Semaphore(250)

    async def connect(number):
        async with at_once:
            return await site.connects({"X-User": ("ada", "grace")[number % 2]})

    lines = await asyncio.gather(*(connect(number) for number in range(SOCKETS[server])))
    assert engine.pool.checkedout() == 0
    assert engine.pool.size() == 5
    await site.chat.post("lobby", "to everybody", by="ada")
    for line in lines:
        await line.until(lambda line=line: line.frames[-1].get("text") == "to everybody", lambda: "the message")
    # The host's own routes get a connection at once, and so does asking again about all of them.
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM people WHERE name = 'grace'"))
        connection.commit()
    await site.chat.recheck("2")
    ends = [await line.until_closed() for line in lines[1::2]]
    assert {end.code for end in ends} == {4403}
    assert all(line.end is None for line in lines[::2])
