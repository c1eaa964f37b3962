"""`hubbub serve` on a bus that is as bad as a bus may be: it drops, doubles and shuffles what others say."""

import random

import hubbub.app
from hubbub.cli import app

DROPPED, DOUBLED, LATE = 0.1, 0.2, 0.4


class FaultyBus:
    """A bus in front of a real one."""

    def __init__(self, bus):
        self._bus = bus

    def __getattr__(self, name):
        return getattr(self._bus, name)

    async def start(self, ear):
        await self._bus.start(FaultyEar(ear))


class FaultyEar:
    """Passes on what it hears: not all of it, some twice, some after what came later."""

    def __init__(self, ear):
        self._ear = ear
        self._late = []

    def attached(self, channel):
        self._ear.attached(channel)

    def heard(self, channel, payload):
        luck = random.random()
        if luck < DROPPED:
            return
        if DOUBLED < luck < LATE:
            self._late.append((channel, payload))
            return
        for _ in range(2 if luck < DOUBLED else 1):
            self._ear.heard(channel, payload)
        late, self._late = self._late, []
        for one in reversed(late):
            self._ear.heard(*one)


if __name__ == "__main__":
    real = hubbub.app.bus_at
    hubbub.app.bus_at = lambda url: FaultyBus(real(url))
    app()
