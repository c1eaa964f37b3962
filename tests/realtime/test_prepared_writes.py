"""A connection that takes prepared bytes: what goes along with something else is one write, and nothing overtakes."""

import asyncio

import pytest

from hubbub.realtime.connections import PreparedConnection
from hubbub.realtime.outbox import Batch, Frame

pytestmark = pytest.mark.anyio


class Wire:
    """What a server offers, as far as it matters here."""

    is_lagging = False

    def __init__(self):
        self.written = []
        self.write = self.written.append

    def frame(self, payload):
        return b"<" + payload + b">"

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
