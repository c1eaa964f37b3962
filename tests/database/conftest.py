"""A real database in a temporary folder, and what it announced."""

import pytest
from sqlalchemy import text

from hubbub.database import Database


class Ledger:
    """A database with a table of words, and a record of what was announced."""

    def __init__(self, folder):
        self.folder = folder
        self.announced = []
        self.database = Database(f"sqlite:///{folder}/hubbub.db", clock=lambda: 1_800_000_000.0)

    async def opens(self):
        await self.database.open(self.announced.extend)
        await self.database.write(lambda unit: unit.connection.execute(text("CREATE TABLE IF NOT EXISTS words (word TEXT UNIQUE)")))
        return self

    def noting(self, word, *, fails=False):
        """A unit of work that writes a word down, and may fail after it."""

        def unit(transaction):
            transaction.connection.execute(text("INSERT INTO words VALUES (:word)"), {"word": word})
            transaction.note("words")[word] = True
            transaction.announce(word)
            if fails:
                raise LookupError(word)
            return word

        return unit

    async def words(self):
        query = text("SELECT word FROM words ORDER BY rowid")
        return await self.database.read(lambda connection: list(connection.execute(query).scalars()))


@pytest.fixture
async def ledger(anyio_backend, tmp_path):
    ledger = await Ledger(tmp_path / "data").opens()
    yield ledger
    await ledger.database.close()
