"""The tutorial's conversation: its pace, its bounds and its end, on a clock that jumps instead of waiting."""

import asyncio

import pytest
from starlette.websockets import WebSocket

from hubbub.protocol.codes import CloseCode
from hubbub.realtime.echo import MESSAGES_PER_SECOND, echo


class JumpingLoop(asyncio.SelectorEventLoop):
    """A real event loop whose time passes only when it would have waited."""

    now = 1000.0

    def __init__(self):
        super().__init__()
        select = self._selector.select

        def jump(timeout):
            self.now += timeout or 0.0
            return select(0)

        self._selector.select = jump

    def time(self):
        return self.now


class Visitor:
    """Says what it was given at the given times, and notes when each answer came."""

    def __init__(self, *frames):
        self._frames = [{"type": "websocket.connect"}, *frames]
        self.answers = []

    async def receive(self):
        if not self._frames:
            await asyncio.Event().wait()
        frame = self._frames.pop(0)
        if isinstance(frame, (int, float)):
            await asyncio.sleep(frame)
            frame = self._frames.pop(0)
        return frame

    async def send(self, message):
        self.answers.append((asyncio.get_running_loop().time() - 1000.0, message))

    def visits(self, **options):
        """The times and messages of all answers but the accept."""
        websocket = WebSocket({"type": "websocket", "headers": []}, self.receive, self.send)
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(echo(websocket, max_bytes=64, **options))
        return self.answers[1:]


def text(words):
    return {"type": "websocket.receive", "text": words}


GONE = {"type": "websocket.disconnect", "code": 1001}


def test_a_burst_of_ten_goes_straight_through_and_then_ten_a_second():
    answers = Visitor(*[text("hi")] * 30, GONE).visits()

    times = [time for time, _ in answers]
    assert times[:10] == pytest.approx([0.0] * 10)
    assert times[10:] == pytest.approx([number / MESSAGES_PER_SECOND for number in range(1, 21)])


def test_whoever_pauses_may_burst_again_and_no_more_than_that():
    times = [time for time, _ in Visitor(*[text("hi")] * 10, 60, *[text("hi")] * 12, GONE).visits()]

    assert times[10:20] == pytest.approx([60.0] * 10)
    assert times[20:] == pytest.approx([60.1, 60.2])


def test_texts_come_back_with_the_tutorials_words_and_bytes_as_they_are():
    answers = Visitor(text("hi"), text(""), {"type": "websocket.receive", "bytes": b"\x00"}, GONE).visits()

    assert [message.get("text", message.get("bytes")) for _, message in answers] == ["Message text was: hi", "Message text was: ", b"\x00"]


@pytest.mark.parametrize("frame", [text("x" * 65), text("é" * 33), {"type": "websocket.receive", "bytes": b"x" * 65}])
def test_too_much_at_once_ends_it(frame):
    [(_, message)] = Visitor(frame).visits()

    assert (message["type"], message["code"]) == ("websocket.close", CloseCode.TOO_BIG)


def test_as_much_as_is_allowed_comes_back():
    answers = Visitor(text("é" * 32), GONE).visits()

    assert answers[0][1]["text"] == "Message text was: " + "é" * 32


def test_whoever_says_nothing_for_long_is_closed():
    answers = Visitor(200, text("still here"), 299, text("and here")).visits()

    assert [(round(time), message.get("code")) for time, message in answers] == [(200, None), (499, None), (799, CloseCode.GOING_AWAY)]
