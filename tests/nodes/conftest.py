"""The stories here play on two nodes with one database."""

import pytest

from hubbub.bus.memory import MemoryBus, Square
from several_nodes import stage_across


@pytest.fixture(params=["memory", "redis", "no bus"])
async def nodes(request, tmp_path, postgres_url):
    """A stage on two nodes: with a bus in memory, over Redis, or with none at all."""
    square = Square()
    bus = request.getfixturevalue("redis_url") if request.param == "redis" else None
    make_bus = (lambda: MemoryBus(square)) if request.param == "memory" else None
    async with stage_across(tmp_path, nodes=2, database=postgres_url, bus=bus, make_bus=make_bus) as stage:
        stage.has_bus = request.param != "no bus"
        yield stage
