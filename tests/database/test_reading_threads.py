"""The readers' threads: what they are given is done, told, and bounded."""

import asyncio
import threading

import pytest

from hubbub.database.threads import Threads

pytestmark = pytest.mark.anyio


@pytest.fixture
async def threads():
    made = Threads(2, "reading")
    yield made
    await asyncio.to_thread(made.close)


async def test_what_comes_of_it_is_told_in_whatever_way_it_came(threads):
    with pytest.raises(ZeroDivisionError):
        await threads.submit(lambda: 1 // 0)
    assert await threads.submit(lambda: 6 * 7) == 42


async def test_as_many_threads_as_there_is_work_and_never_more_than_allowed(threads):
    names = {await threads.submit(lambda: threading.current_thread().name) for _ in range(5)}
    assert names == {"reading-0"}

    everybody = threading.Barrier(3)
    waiting = [threads.submit(lambda: everybody.wait(30)) for _ in range(2)]
    third = threads.submit(lambda: threading.current_thread().name)
    await asyncio.to_thread(everybody.wait, 30)  # the two are there, and this one; a third thread is not
    await asyncio.gather(*waiting)
    assert await third in {"reading-0", "reading-1"}


async def test_nobody_minds_that_who_asked_has_gone(threads):
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        may_end.wait(30)

    asked = threads.submit(slow)
    await asyncio.to_thread(begun.wait, 30)
    asked.cancel()
    may_end.set()
    assert await threads.submit(lambda: "the next") == "the next"


async def test_what_was_handed_over_is_finished_before_it_closes():
    made, done = Threads(1, "closing"), []
    for number in range(10):
        made.submit(lambda number=number: done.append(number))
    await asyncio.to_thread(made.close)
    assert done == list(range(10))
