"""The stories play on the stage of `hubbub.testing`. With HUBBUB_TEST_DATABASE=postgresql they all play on PostgreSQL."""

import asyncio
import os

import pytest

from hubbub.checking.check import check
from hubbub.testing import make_stage as make_plain_stage
from hubbub.testing import stage

__all__ = ["make_plain_stage", "make_stage", "stage"]


@pytest.fixture
def make_database(request):
    """Makes fresh databases on PostgreSQL, which are there until the stages are closed; None to play on SQLite."""
    wanted = getattr(request.module, "DATABASE", os.environ.get("HUBBUB_TEST_DATABASE"))
    if wanted != "postgresql":
        yield None
        return
    postgres, made = request.getfixturevalue("postgres"), []

    def make():
        made.append(postgres.make_database())
        return made[-1]

    yield make
    for url in made:
        postgres.drop_database(url)


@pytest.fixture
async def make_stage(make_database, make_plain_stage):
    """Makes stages, each with a chat and a database of its own. At the end of every story its whole database is checked."""
    made = []

    async def make(**options):
        if make_database is not None:
            options = {"database": make_database(), **options}
        made.append(await make_plain_stage(**options))
        return made[-1]

    yield make
    for played in made:
        report = await asyncio.to_thread(check, played.chat.settings.database_url)
        assert report.is_sound, report.faults


@pytest.fixture(params=["hubbub", "none"])
async def any_stage(make_stage, request):
    """The same chat over sockets with our own WebSocket class, and called directly: the story must be the same."""
    return await make_stage(server=request.param)
