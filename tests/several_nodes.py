"""A stage on which the chat runs on several nodes, and everybody comes to another one."""

from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle

from hubbub.app import Hubbub
from hubbub.settings import Settings
from hubbub.testing.clock import Clock
from hubbub.testing.serving import served
from hubbub.testing.stage import Stage

ORIGIN = "http://stage.test"


class SpreadServing:
    """Several nodes behind a balancer that sends each who comes to the next one."""

    origin = ORIGIN

    def __init__(self, servings):
        self.servings = servings
        self._next_for_http, self._next_for_socket = cycle(servings), cycle(servings)

    def browser(self, base, headers):
        return next(self._next_for_http).browser(base, headers)

    async def connect(self, path, headers, subprotocol):
        return await next(self._next_for_socket).connect(path, headers, subprotocol)


@asynccontextmanager
async def stage_across(folder, *, nodes, database, bus=None, make_bus=None, server="hubbub", clock=None, **settings):
    """A stage with a chat on `nodes` nodes on one database; `stage.chats` are their chats."""
    clock = clock or Clock()
    chats = []
    async with AsyncExitStack() as running:
        servings = []
        for number in range(nodes):
            own = {"data": folder / f"node-{number}", "database": database, "bus": bus, "public_url": ORIGIN, "rate_limits": "off"}
            chat = Hubbub(Settings(**{**own, **settings}), clock=clock, bus=make_bus() if make_bus else None)
            chats.append(chat)
            # A server on a busy machine gives up waiting for it; the database goes away right after this.
            running.push_async_callback(chat.stop)
            servings.append(await running.enter_async_context(served(chat.app, server)))
        stage = Stage(chats[0], clock, SpreadServing(servings))
        stage.chats = chats
        try:
            yield stage
            await stage.holds()
        finally:
            await stage.closes()
