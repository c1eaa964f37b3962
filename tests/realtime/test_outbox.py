"""The bounded queue before a plain connection, and the bytes that everybody shares."""

import asyncio

import pytest

from hubbub.realtime.outbox import OVERFULL_BYTES, Batch, Frame, Outbox


def batch(*texts):
    return Batch([Frame(text.encode()) for text in texts])


async def taken(outbox, count):
    async with asyncio.timeout(5):
        return [await outbox.next_text() for _ in range(count)]


def watched(**options):
    outbox, calls = Outbox(**options), []
    outbox.watch(on_lagging=lambda: calls.append("lagging"), on_drained=lambda: calls.append("drained"))
    return outbox, calls


def test_a_frame_is_prepared_once_for_everybody():
    made = []
    frames = [Frame(b"a"), Frame(b"b")]
    first, second = Batch(frames), Batch(frames[1:])

    def framed(payload):
        made.append(payload)
        return b"<" + payload + b">"

    assert (first.prepare(framed), second.prepare(framed)) == (b"<a><b>", b"<b>")
    assert made == [b"a", b"b"]
    assert second.prepared is frames[1].prepared


@pytest.mark.anyio
async def test_frames_come_out_in_the_order_they_went_in():
    outbox = Outbox()
    outbox.take(batch("a", "b"))
    outbox.take(batch("c"))

    assert await taken(outbox, 3) == ["a", "b", "c"]


@pytest.mark.anyio
async def test_whoever_waits_for_a_frame_gets_the_next_one():
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.next_text())
    await asyncio.sleep(0)
    assert not waiting.done()

    outbox.take(batch("at last"))

    assert await asyncio.wait_for(waiting, 5) == "at last"


@pytest.mark.anyio
async def test_over_its_bound_it_lags_until_it_is_empty_and_tells_both():
    outbox, calls = watched(limit_bytes=10)
    outbox.take(batch("12345", "12345"))
    assert (outbox.is_lagging, calls) == (False, [])

    outbox.take(batch("x"))
    assert (outbox.is_lagging, calls) == (True, ["lagging"])
    outbox.take(batch("y"))
    assert calls == ["lagging"]

    await taken(outbox, 3)
    assert outbox.is_lagging
    await taken(outbox, 1)
    assert (outbox.is_lagging, calls) == (False, ["lagging", "drained"])


def test_who_begins_to_watch_a_lagging_outbox_is_told_at_once():
    outbox, calls = Outbox(limit_bytes=1), []
    outbox.take(batch("too much"))

    outbox.watch(on_lagging=lambda: calls.append("lagging"), on_drained=lambda: calls.append("drained"))

    assert calls == ["lagging"]


@pytest.mark.anyio
async def test_what_is_given_while_it_tells_that_it_has_drained_is_kept_and_may_fill_it_again():
    outbox, calls = Outbox(limit_bytes=3), []

    def drained():
        calls.append("drained")
        if calls.count("drained") == 1:
            outbox.take(batch("more of it"))

    outbox.watch(on_lagging=lambda: calls.append("lagging"), on_drained=drained)
    outbox.take(batch("first"))

    assert await taken(outbox, 2) == ["first", "more of it"]
    assert calls == ["lagging", "drained", "lagging", "drained"]


@pytest.mark.anyio
async def test_the_farewell_comes_after_what_was_queued_and_nothing_after_it():
    outbox, calls = watched()
    outbox.when_closing(lambda: calls.append("closing"))
    outbox.take(batch("last words"))

    outbox.close(4400, "enough")
    outbox.close(1000, "too late")
    outbox.take(batch("never sent"))

    assert await taken(outbox, 2) == ["last words", None]
    assert (outbox.has_farewell, outbox.farewell, calls) == (True, (4400, "enough"), ["closing"])


@pytest.mark.anyio
async def test_closing_wakes_whoever_waits_for_a_frame():
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.next_text())
    await asyncio.sleep(0)

    outbox.close(1012, "restart")

    assert await asyncio.wait_for(waiting, 5) is None


def test_it_is_overfull_only_far_beyond_its_bound():
    outbox = Outbox()
    outbox.take(batch("x" * OVERFULL_BYTES))
    assert not outbox.is_overfull

    outbox.take(batch("x"))
    assert outbox.is_overfull
