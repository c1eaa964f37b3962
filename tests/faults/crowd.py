"""Four who write in bursts, four who read in different ways, two rooms for all and one for some."""

import contextlib
import itertools
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from checker import check
from clients import Client, Message, Reader, Scene, Way, Writer, at_work
from history import History, Log
from server_process import ServerProcess
from stage import Stage, furnish, read_log

WRITERS = ("ada", "grace", "hedy", "joan")
READERS: dict[str, tuple[Way, int]] = {
    "katherine": ("cursors", 0),
    "margaret": ("sync", 0),
    "radia": ("cursors", 700),
    "sophie": ("sync", 450),
}
"""How they resume, and after how many events they hang up by themselves."""
EVERYBODY = (*WRITERS, *READERS)
ALREADY_THERE = 300
KITCHEN = ("ada", "grace", "katherine", "radia")
PRIVATE_ROOMS = {"kitchen": KITCHEN, "garden": EVERYBODY}


class Crowd:
    """The people of one scene, and what can be said of all of them."""

    def __init__(self, scene: Scene, seed: int, rest_seconds: float = 0) -> None:
        self.scene = scene
        self._random = random.Random(seed)
        self.writers = [
            Writer(name, scene, self._chatter(name), burst=self._random.randint(1, 60), rest_seconds=rest_seconds) for name in WRITERS
        ]
        self.readers = [
            Reader(name, scene, self._rooms_of(name), way=way, hangs_up_after=hangs_up) for name, (way, hangs_up) in READERS.items()
        ]

    @property
    def clients(self) -> list[Client]:
        """All of them."""
        return [*self.writers, *self.readers]

    @property
    def steady(self) -> list[Client]:
        """Those who never hang up by themselves."""
        return [*self.writers, *(reader for reader in self.readers if not reader.hangs_up_after)]

    @property
    def acknowledged(self) -> int:
        """How many answers said that a message is stored."""
        return sum(writer.acknowledged for writer in self.writers)

    @property
    def duplicates(self) -> int:
        """How many of these were to a message that had been stored before."""
        return sum(writer.duplicates for writer in self.writers)

    async def acknowledges(self, more: int) -> None:
        """Wait until so many more messages are acknowledged."""
        goal = self.acknowledged + more
        await self.scene.progress.until(lambda: self.acknowledged >= goal)

    async def comes_to_an_end(self) -> Log:
        """Wait until every message is acknowledged and every reader has read the log to its end; the log."""
        for writer in self.writers:
            writer.is_finishing = True
        await self.scene.progress.until(lambda: not any(writer.wants_more for writer in self.writers))
        rooms = self.scene.stage.rooms.values()
        log = await read_log(self.scene.server.url, self.scene.stage, dict.fromkeys(rooms, WRITERS[0]))
        ends = {room: len(events) for room, events in log.items()}
        await self.scene.progress.until(lambda: all(reader.has_all(ends) for reader in self.readers))
        return log

    def _rooms_of(self, name: str) -> list[str]:
        rooms = self.scene.stage.rooms
        return [rooms["lobby"], rooms["garden"]] + [rooms["kitchen"]] * (name in KITCHEN)

    def _chatter(self, name: str) -> Iterator[Message]:
        for number in itertools.count(1):
            yield Message(self._random.choice(self._rooms_of(name)), f"{name}-{number}", "x" * self._random.randint(1, 300))


@contextlib.asynccontextmanager
async def a_crowd_at_work(folder: Path, seed: int, **settings: object) -> AsyncIterator[Crowd]:
    """The crowd while it chats, on a server of its own. Afterwards no promise may have been broken."""
    stage = await furnish(folder, EVERYBODY, PRIVATE_ROOMS)
    async with ServerProcess(folder, **settings) as server, at_work_on(server, stage, seed) as crowd:
        yield crowd


@contextlib.asynccontextmanager
async def at_work_on(server: ServerProcess, stage: Stage, seed: int, rest_seconds: float = 0) -> AsyncIterator[Crowd]:
    """The crowd while it chats on this server. Afterwards no promise may have been broken."""
    crowd = Crowd(Scene(server, stage, History(stage.members)), seed, rest_seconds)
    async with at_work(*crowd.writers):
        # The readers come when there is a lot to read already, so with a low limit they are told `behind`.
        await crowd.acknowledges(ALREADY_THERE)
        async with at_work(*crowd.readers):
            yield crowd
            log = await crowd.comes_to_an_end()
    assert check(crowd.scene.history, log) == []
    assert sum(len(events) for events in log.values()) > crowd.acknowledged - crowd.duplicates
