"""Alarms ring when something is due, and lose nothing that is set meanwhile."""

import asyncio
import logging

import pytest

from hubbub.database import Database, alarm
from hubbub.database.alarm import Alarm
from hubbub.testing import Clock

pytestmark = pytest.mark.anyio


class Diary:
    """What is due at which times, kept in memory, and the alarm that rings for it."""

    def __init__(self, database, clock):
        self.clock = clock
        self.due = set()
        self.done = []
        self.rang = asyncio.Event()
        self.meanwhile = None
        self.failures = 0
        self.alarm = Alarm(database, "diary", next_due=lambda _: min(self.due, default=None), ring=self.ring)

    def add(self, seconds):
        moment = int((self.clock.now + seconds) * 1000)
        self.due.add(moment)
        self.alarm.set_to(moment)
        return moment

    async def ring(self):
        if self.failures:
            self.failures -= 1
            raise OSError("not now")
        if self.meanwhile:
            self.meanwhile, act = None, self.meanwhile
            act()
        now = self.clock.now * 1000
        self.done += sorted(moment for moment in self.due if moment <= now)
        self.due = {moment for moment in self.due if moment > now}
        self.rang.set()

    async def rings(self):
        async with asyncio.timeout(30):
            await self.rang.wait()
        self.rang.clear()


@pytest.fixture
async def diary(tmp_path, monkeypatch):
    monkeypatch.setattr(alarm, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(alarm, "TRY_AGAIN_SECONDS", 0.01)
    clock = Clock()
    database = Database(f"sqlite:///{tmp_path}/hubbub.db", clock=clock)
    await database.open(lambda events: None)
    diary = Diary(database, clock)
    yield diary
    await diary.alarm.stop()
    await database.close()


async def test_it_rings_when_the_time_has_come_and_for_what_was_missed(diary):
    missed = diary.add(-60)
    await diary.alarm.start()
    await diary.rings()
    later = diary.add(60)
    diary.clock.passes(seconds=60)
    await diary.rings()
    assert diary.done == [missed, later]


async def test_what_is_set_while_it_rings_rings_too(diary):
    diary.add(0)
    diary.meanwhile = lambda: diary.add(60)
    await diary.alarm.start()
    await diary.rings()
    diary.clock.passes(seconds=60)
    await diary.rings()
    assert len(diary.done) == 2


async def test_an_alarm_that_fails_rings_again(diary, caplog):
    diary.failures = 2
    moment = diary.add(0)
    with caplog.at_level(logging.CRITICAL):
        await diary.alarm.start()
        await diary.rings()
    assert diary.done == [moment]
