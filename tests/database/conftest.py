"""A real database of either kind, and what it announced."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from hubbub.database import Database

WORDS = Table("words", MetaData(), Column("number", Integer, primary_key=True), Column("word", Text, unique=True))


class Ledger:
    """A database with a table of words, and a record of what was announced."""

    def __init__(self, url):
        self.announced = []
        self.database = Database(url, clock=lambda: 1_800_000_000.0)

    async def opens(self):
        await self.database.open(self.announced.extend)
        await self.database.write(lambda unit: WORDS.create(unit.connection, checkfirst=True))
        return self

    def noting(self, word, *, fails=False):
        """A unit of work that writes a word down, and may fail after it."""

        def unit(transaction):
            transaction.connection.execute(insert(WORDS).values(word=word))
            transaction.note("words")[word] = True
            transaction.announce(word)
            if fails:
                raise LookupError(word)
            return word

        return unit

    async def writes(self, unit):
        """Have a unit written that may share a transaction with others."""
        return await self.database.write(unit, rooms=())

    async def writes_together(self, unit, draft):
        """Have a draft written together with its neighbours."""
        return await self.database.write_together(unit, draft, rooms=())

    async def words(self):
        query = select(WORDS.c.word).order_by(WORDS.c.number)
        return await self.database.read(lambda connection: list(connection.execute(query).scalars()))


@pytest.fixture
async def ledger(anyio_backend, database_url):
    ledger = await Ledger(database_url).opens()
    yield ledger
    await ledger.database.close()
