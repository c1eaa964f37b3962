"""A connection that takes prepared bytes: what goes along with something else is one write, and nothing overtakes."""

import asyncio

import pytest

from hubbub.realtime.connections import PreparedConnection, take_together
from hubbub.realtime.outbox import Batch, Frame, Outbox

pytestmark = pytest.mark.anyio


class Wire:
    """What a server offers, as far as it matters here."""

    is_lagging = False

    def __init__(self):
        self.written = []
        self.write = self.written.append

    def frame(self, payload):
        return b"<" + payload + b">"

    @staticmethod
    def write_to_each(wires, data):
        for wire in wires:
            wire.written.append(b"together " + data)

    def close(self, code, reason):
        self.written.append(code)


def batch(*payloads):
    return Batch([Frame(payload) for payload in payloads])


async def turn():
    await asyncio.sleep(0)


async def test_what_goes_along_is_one_write_with_what_comes_next_and_stays_in_front_of_it():
    wire = Wire()
    connection = PreparedConnection(wire)
    connection.take_along(batch(b"1"))
    connection.take_along(batch(b"2", b"3"))
    connection.take(batch(b"4"))
    await turn()
    assert wire.written == [b"<1><2><3><4>"]


async def test_what_goes_along_with_nothing_goes_by_itself_in_the_next_turn():
    wire = Wire()
    connection = PreparedConnection(wire)
    connection.take_along(batch(b"1"))
    assert wire.written == []
    await turn()
    assert wire.written == [b"<1>"]
    connection.take_along(batch(b"2"))
    await turn()
    assert wire.written == [b"<1>", b"<2>"]


async def test_what_was_to_go_along_is_said_before_the_close():
    wire = Wire()
    connection = PreparedConnection(wire)
    connection.take_along(batch(b"1"))
    connection.close(1000, "")
    await turn()
    assert wire.written == [b"<1>", 1000]


async def test_those_to_whom_nothing_is_owed_before_are_written_to_together():
    wires, outbox = [Wire(), Wire(), Wire()], Outbox()
    connections = [PreparedConnection(wire) for wire in wires]
    connections[1].take_along(batch(b"1"))
    take_together([outbox, *connections], batch(b"2"), pytest.fail)
    await turn()
    assert [wire.written for wire in wires] == [[b"together <2>"], [b"<1><2>"], [b"together <2>"]]
    assert await outbox.next_text() == "2"


async def test_a_batch_that_cannot_be_framed_is_told_of_everyone_it_was_for_and_of_nobody_else():
    connections, outbox, broken = [PreparedConnection(Wire()) for _ in range(2)], Outbox(), []
    connections[0]._wire.frame = connections[1]._wire.frame = None
    take_together([*connections, outbox], batch(b"1"), broken.append)
    assert broken == connections
    assert await outbox.next_text() == "1"
