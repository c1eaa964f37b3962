"""An ear that remembers, and can be waited for."""

import asyncio

PATIENCE_SECONDS = 60.0


class Listener:
    """What one node hears of a bus."""

    def __init__(self):
        self.messages = []
        self.attachments = []
        self._something = asyncio.Event()

    def heard(self, channel, payload):
        self.messages.append((channel, payload))
        self._something.set()

    def attached(self, channel):
        self.attachments.append(channel)
        self._something.set()

    async def until(self, condition):
        """Wait until something that was heard makes the condition true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition(self):
                self._something.clear()
                await self._something.wait()

    async def is_attached(self, channel, times=1):
        await self.until(lambda me: me.attachments.count(channel) >= times)

    async def hears(self, *messages):
        """Wait until all of these were heard, in whatever company."""
        await self.until(lambda me: all(message in me.messages for message in messages))
