"""The event loop as the clockwork of a node."""

import asyncio
from collections.abc import Callable


class RunningLoop:
    """The running event loop as the hub's clockwork, found when it is needed: a chat is built before there is one."""

    def time(self) -> float:
        """As the loop counts."""
        return asyncio.get_running_loop().time()

    def call_soon(self, callback: Callable[..., object], *args: object) -> object:
        """Run the callback in the next turn."""
        return asyncio.get_running_loop().call_soon(callback, *args)

    def call_later(self, delay: float, callback: Callable[..., object], *args: object) -> object:
        """Run the callback in `delay` seconds."""
        return asyncio.get_running_loop().call_later(delay, callback, *args)
