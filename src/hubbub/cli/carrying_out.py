"""Has a command carried out by whoever owns the data: the server that runs, or this process when none does."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubbub.control.asking import NobodyListens, ask
from hubbub.errors import DataInUse, Unavailable
from hubbub.settings import Settings

if TYPE_CHECKING:
    from hubbub.app import Hubbub

PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.1
BUS_SECONDS = 2.0
"""How long a bus may take to answer: without it the other nodes find out by themselves what was done."""
LOOK_SECONDS = 0.01


def carry_out(settings: Settings, command: str, **arguments: Any) -> Any:
    """Carry out a command. Raises what it was refused with, or `StartupError` when the data cannot be had.

    A server that is just starting or stopping holds the data and takes no commands yet, or no longer; it is waited for.
    """
    database = database_file(settings)
    if database is None:
        return asyncio.run(_here(settings, command, arguments))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return _there_or_here(settings, database, command, arguments)
        except DataInUse:
            if time.monotonic() > deadline:
                raise
        except Unavailable as refusal:
            if refusal.retry_after is None or time.monotonic() > deadline:
                raise
        time.sleep(PAUSE_SECONDS)


def database_file(settings: Settings) -> Path | None:
    """The file that holds the data, found without loading a database where that can be; None where others may write too."""
    if settings.database is None:
        return settings.data / "hubbub.db"
    from hubbub.database.kind import kind_of

    return kind_of(settings.database).path


def _there_or_here(settings: Settings, database: Path, command: str, arguments: dict[str, Any]) -> Any:
    try:
        return ask(database, command, arguments)
    except NobodyListens:
        return asyncio.run(_here(settings, command, arguments))


async def _here(settings: Settings, command: str, arguments: dict[str, Any]) -> Any:
    # Loaded only where no server runs, because it takes most of a second.
    from hubbub.app import Hubbub
    from hubbub.control.operator import QUESTIONS

    chat = Hubbub(settings)
    async with chat.lifespan():
        if command not in QUESTIONS:
            await _until_others_hear(chat)
        return await chat.operator.carry_out(command, arguments)


async def _until_others_hear(chat: "Hubbub") -> None:
    """A bus drops what is told before it is connected. What is told later is sent before the chat has stopped."""
    for _ in range(round(BUS_SECONDS / LOOK_SECONDS)):
        if chat.is_heard:
            break
        await asyncio.sleep(LOOK_SECONDS)
