"""Two nodes on one PostgreSQL, and people whom both know."""

import pytest
from postgres_nodes import nodes_on


@pytest.fixture
async def two_nodes(anyio_backend, postgres_url, tmp_path):
    async with nodes_on(postgres_url, tmp_path) as nodes:
        yield nodes
