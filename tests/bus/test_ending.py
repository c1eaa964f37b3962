"""Tasks are ended though they do not hear of it at once, and so is whoever ends them."""

import asyncio

import pytest

from hubbub.bus.ending import end

pytestmark = pytest.mark.anyio


async def stubborn(times):
    """Loses so many cancellations."""
    for _ in range(times):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()


async def failing():
    """Raises when it is cancelled."""
    try:
        await asyncio.Event().wait()
    finally:
        raise ValueError("on the way out")


async def test_all_have_ended_whatever_they_raise():
    tasks = [asyncio.create_task(each) for each in (stubborn(0), stubborn(2), failing(), asyncio.sleep(0))]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await end(tasks)
    assert [task.cancelled() for task in tasks] == [True, True, False, False]


async def test_who_is_cancelled_meanwhile_hears_of_it_after_they_have_ended():
    task = asyncio.create_task(stubborn(2))
    ending = asyncio.create_task(end([task]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert task.cancelled()
