"""Waiting for something real, with a bound."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

T = TypeVar("T")


async def first(count: int, feed: AsyncIterator[T], seconds: float = 20) -> list[T]:
    """The next so many of a feed."""
    found: list[T] = []
    async with asyncio.timeout(seconds):
        while len(found) < count:
            found.append(await anext(feed))
    return found
