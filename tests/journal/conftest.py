"""A journal in a real database, with one room."""

import pytest
from sqlalchemy import insert

from hubbub.database import Database
from hubbub.database.schema import rooms
from hubbub.journal.writing import Draft, Journal

ADA = {"id": "a" * 16, "name": "ada", "kind": "human"}


class Archive:
    """A journal and what it announced."""

    def __init__(self, folder):
        self.announced = []
        self.database = Database(f"sqlite:///{folder}/hubbub.db", clock=lambda: 1_800_000_000.123)
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

        return await self.database.write(unit)


@pytest.fixture
async def archive(anyio_backend, tmp_path):
    archive = await Archive(tmp_path / "data").opens("kitchen", "garden")
    yield archive
    await archive.database.close()
