"""A journal in a real database of either kind, with two rooms."""

import pytest
from sqlalchemy import insert

from hubbub.database import Database
from hubbub.database.schema import rooms
from hubbub.journal.writing import Draft, Journal

ADA = {"id": "a" * 16, "name": "ada", "kind": "human"}


class Archive:
    """A journal and what it announced."""

    def __init__(self, url):
        self.announced = []
        self.database = Database(url, clock=lambda: 1_800_000_000.123)
        self.journal = Journal()

    async def opens(self, *names):
        await self.database.open(self.announced.extend)
        for name in names:
            row = {"id": name, "kind": "private", "name": name, "created_at": 0}
            await self.database.write(lambda transaction, row=row: transaction.connection.execute(insert(rooms).values(row)))
        return self

    async def appends(self, room, text, *, key=None, fails=False):
        def unit(transaction):
            event = self.journal.append(
                transaction, Draft(room, "message.created", ADA, {"text": text, "key": key or text}, key=key or text)
            )
            if fails:
                raise LookupError(text)
            return event

        return await self.database.write(unit, rooms=(room,))


@pytest.fixture
async def archive(anyio_backend, database_url):
    archive = await Archive(database_url).opens("kitchen", "garden")
    yield archive
    await archive.database.close()
