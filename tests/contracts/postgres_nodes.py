"""Several chats on one PostgreSQL, as nodes are: they share the database and nothing else."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

from hubbub import Hubbub, Settings
from hubbub.journal.reading import read_after


@asynccontextmanager
async def nodes_on(url, folder, count=2, prepare=lambda chat: None, **settings):
    """This many chats on one database. `prepare` gets each of them before it starts."""
    chats = []
    async with AsyncExitStack() as stack:
        for number in range(count):
            chat = Hubbub(Settings(data=folder / f"node-{number}", database=url, rate_limits="off", **settings))
            prepare(chat)
            chats.append(chat)
            await stack.enter_async_context(chat.lifespan())
        yield chats


async def log_of(chat, room):
    """A room's whole log as this chat reads it: (seq, bytes)."""
    return await chat.database.read(lambda connection: read_after(connection, room, 0, 10**9, 10**6))


async def together(*work):
    """Do all of it at once; what each of them came to, be it an error."""
    return await asyncio.gather(*work, return_exceptions=True)
