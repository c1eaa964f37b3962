"""Several nodes on one PostgreSQL and one Redis, behind a balancer that knows who is up and nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from itertools import cycle
from pathlib import Path

from crowd import EVERYBODY, PRIVATE_ROOMS, Crowd, at_work_on
from server_process import ServerProcess
from stage import furnish

FAULTY_BUS = (str(Path(__file__).with_name("faulty_bus_node.py")),)
"""The program of a node whose bus drops, doubles and shuffles."""

REST_SECONDS = 0.3
"""How long a writer rests after a burst: while a node starts, the others would take tens of thousands of messages."""


class Nodes:
    """What clients take for one server: whoever connects comes to the next node that is up."""

    def __init__(self, nodes: list[ServerProcess]) -> None:
        self.nodes = nodes
        self.is_up = asyncio.Event()
        self.is_up.set()
        self._turns = cycle(range(len(nodes)))

    @property
    def port(self) -> int:
        """The next one's."""
        for _ in self.nodes:
            node = self.nodes[next(self._turns)]
            if node.is_up.is_set():
                return node.port
        return self.nodes[0].port

    @property
    def url(self) -> str:
        """The next one's."""
        return f"http://127.0.0.1:{self.port}"


@contextlib.asynccontextmanager
async def a_crowd_across(
    folder: Path, seed: int, *, nodes: int, database: str, bus: str | None, program: tuple[str, ...] = ("-m", "hubbub"), **settings: object
) -> AsyncIterator[tuple[Crowd, list[ServerProcess]]]:
    """The crowd while it chats on several nodes. Afterwards no promise may have been broken."""
    stage = await furnish(folder, EVERYBODY, PRIVATE_ROOMS, database=database)
    if bus is not None:
        settings["bus"] = bus
    running = [ServerProcess(folder / f"node-{number}", program=program, database=database, **settings) for number in range(nodes)]
    for node in running:
        node.folder.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        for node in running:
            stack.push_async_exit(node)
        await asyncio.gather(*(node.start() for node in running))
        # The crowd takes them for one server.
        async with at_work_on(Nodes(running), stage, seed, REST_SECONDS) as crowd:  # type: ignore[arg-type]
            yield crowd, running
