"""The stories of search play on both databases."""

import pytest

from hubbub.testing import make_stage

__all__ = ["make_stage"]


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request):
    """Each kind of database, as a setting."""
    return {"database": request.getfixturevalue("postgres_url")} if request.param == "postgresql" else {}


@pytest.fixture
async def library(where, make_stage):
    """A chat on each kind of database."""
    return await make_stage(**where)
