"""Ending tasks that may not hear of it the first time."""

import asyncio
from collections.abc import Collection
from typing import Any

CANCEL_AGAIN_SECONDS = 0.2


async def end(tasks: Collection["asyncio.Task[Any]"]) -> None:
    """Cancel tasks until all of them have ended, whatever they raise; a cancellation of the caller comes after that.

    Until Python 3.12 `asyncio.wait_for` loses a cancellation that comes as what it waits for is done
    (https://github.com/python/cpython/issues/86296), and the client of Redis waits by it for every command.
    """
    cancelled: asyncio.CancelledError | None = None
    while not all(task.done() for task in tasks):
        for task in tasks:
            task.cancel()
        try:
            await asyncio.wait(tasks, timeout=CANCEL_AGAIN_SECONDS)
        except asyncio.CancelledError as error:
            cancelled = error
    for task in tasks:
        if not task.cancelled():
            task.exception()  # so that nobody complains that it was never asked for
    if cancelled is not None:
        raise cancelled
