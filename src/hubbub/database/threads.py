"""A few threads to which the event loop hands work. What `run_in_executor` does, at half its price: that is most of a short question's."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Threads:
    """Threads of one event loop; each is started when there is more to do than the ones before it can take."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._under_way = 0

    def submit(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Have `work` done in a thread, in the order of asking; its result, or what it raised, is the future's."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._under_way += 1
        if len(self._threads) < min(self._most, self._under_way):
            self._start(loop)
        self._jobs.put((work, done))
        return done

    def close(self) -> None:
        """Finish what was handed over. Blocks."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        name = f"{self._name}-{len(self._threads)}"
        thread = threading.Thread(target=self._work, args=(loop,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while (job := self._jobs.get()) is not None:
            work, done = job
            result = error = None
            try:
                result = work()
            except BaseException as raised:
                error = raised
            with suppress(RuntimeError):  # the loop is closed, and nobody waits any more
                loop.call_soon_threadsafe(self._settle, done, result, error)
            del job, work, done, result, error  # nothing is kept alive while waiting for the next

    def _settle(self, done: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
        self._under_way -= 1
        if done.done():
            return  # whoever asked has gone
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)
