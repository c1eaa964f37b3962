"""Whatever comes in is answered as defined, and nobody else notices."""

import asyncio
import contextlib
import json

import pytest

from hubbub.testing import HungUp

pytestmark = pytest.mark.anyio

MASK = b"\x01\x02\x03\x04"


@pytest.fixture(params=["hubbub", "uvicorn"])
async def stage(make_stage, request):
    """A chat over real sockets, with a bystander who talks while others misbehave."""
    stage = await make_stage(server=request.param)
    stage.ada, stage.grace = await stage.enters("ada"), await stage.enters("grace")
    yield stage
    stage.grace.looks_away()
    await stage.ada.posts("and life goes on")
    await stage.grace.sees("and life goes on")


class RawClient:
    """Somebody who writes bytes to a WebSocket themselves."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def opens(cls, stage, person):
        host, _, port = stage.serving.origin.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = ["GET /ws HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: hubbub.v1"]
        lines += [f"{name}: {value}" for name, value in person.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        assert b" 101 " in (await reader.readuntil(b"\r\n\r\n"))
        return cls(reader, writer)

    def sends(self, opcode, payload, *, is_last=True):
        head = bytes([opcode | (0x80 if is_last else 0)])
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0xFE]) + len(payload).to_bytes(2, "big")
        self.writer.write(head + size + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload)))

    async def is_closed_with(self):
        """The close code, after whatever else came."""
        while True:
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            payload = await self.reader.readexactly(size)
            if first & 0x0F == 8:
                self.writer.close()
                return int.from_bytes(payload[:2], "big")

    async def next_text(self):
        first, second = await self.reader.readexactly(2)
        assert first == 0x81
        size = second & 0x7F
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2), "big")
        return json.loads(await self.reader.readexactly(size))


async def answer_to(stage, frame):
    """What is answered to one frame, sent by somebody who has said hello."""
    wire = await stage.connect(stage.ada.person)
    await wire.send('{"type": "hello"}')
    assert json.loads(await wire.receive())["type"] == "welcome"
    await wire.send(frame)
    answer = json.loads(await wire.receive())
    await wire.send('{"type": "ping", "id": 7}')
    assert json.loads(await wire.receive()) == {"type": "ok", "id": 7}
    await wire.close()
    return answer


NO_PROTOCOL = [
    b"\x00\x01",
    b'{"type":"ping","id":1}',
    "",
    "hello",
    "[]",
    "null",
    "42",
    '"ping"',
    "{",
    '{"type":"ping"',
    '{"type":"ping"}{"type":"ping"}',
    '{"type":"ping","id":NaN}',
    '{"type":"ping","id":1,"extra":Infinity}',
    '{"id":1}',
    '{"type":null}',
    '{"type":7}',
    '{"type":["ping"]}',
    '{"type":"ping","id":"1"}',
    '{"type":"ping","id":1.5}',
    '{"type":"ping","id":true}',
    '{"type":"ping","id":{}}',
    '{"type":"ping","id":' + "9" * 30 + "}",
    '{"type":"ping","id":' + "9" * 5000 + "}",
    '{"type":"ping","extra":' + "[" * 30_000 + "]" * 30_000 + "}",
    "[" * 60_000,
    '{"a":' * 10_000,
    '{"type":"ping","extra":"\\ud800"}',
    '{"type":"\\udfff"}',
    "{'type': 'ping'}",
    '{"type":"ping",}',
    "\ufeff{}",
]


async def test_what_is_no_frame_is_answered_and_the_connection_stays(stage):
    answers = {repr(frame[:60]): await answer_to(stage, frame) for frame in NO_PROTOCOL}

    wrong = {frame: answer for frame, answer in answers.items() if (answer["type"], answer["code"]) != ("error", "bad_frame")}
    assert not wrong
    answered_to = {'{"type":"ping","id":1,"extra":Infinity}', '{"id":1}'}
    assert {frame for frame, answer in answers.items() if "id" in answer} == {repr(frame) for frame in answered_to}


async def test_all_bad_frames_on_one_connection_are_one_too_many(stage):
    raw = await RawClient.opens(stage, stage.ada.person)
    for _ in range(21):
        raw.sends(1, b"nonsense")

    for _ in range(20):
        assert (await raw.next_text())["code"] == "bad_frame"
    assert await raw.is_closed_with() == 4400


REFUSED = [
    ({"type": "dance"}, "unknown_type"),
    ({"type": ""}, "unknown_type"),
    ({"type": "PING"}, "unknown_type"),
    ({"type": "message.created", "text": "forged", "seq": 1}, "unknown_type"),
    ({"type": "hello"}, "conflict"),
    ({"type": "send"}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k"}, "invalid"),
    ({"type": "send", "room": "ROOM", "text": "hi"}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "", "text": "hi"}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k" * 65, "text": "hi"}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": 7, "text": "hi"}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": None, "text": "hi"}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k", "text": 7}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k", "text": None}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k", "text": ["hi"]}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k", "text": ""}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k", "text": "a\x00b"}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k\x00", "text": "hi"}, "invalid"),
    ({"type": "send", "room": "ROOM", "key": "k", "text": "x" * 8001}, "too_large"),
    ({"type": "send", "room": 7, "key": "k", "text": "hi"}, "invalid"),
    ({"type": "send", "room": {}, "key": "k", "text": "hi"}, "invalid"),
    ({"type": "send", "room": "lobby", "key": "k", "text": "hi"}, "not_found"),
    ({"type": "send", "room": "0" * 16, "key": "k", "text": "hi"}, "not_found"),
    ({"type": "send", "room": "' OR 1=1 --", "key": "k", "text": "hi"}, "not_found"),
    ({"type": "send", "room": "a\x00b", "key": "k", "text": "hi"}, "invalid"),
    ({"type": "read", "room": "ROOM"}, "invalid"),
    ({"type": "read", "room": "ROOM", "seq": -1}, "invalid"),
    ({"type": "read", "room": "ROOM", "seq": 1.5}, "invalid"),
    ({"type": "read", "room": "ROOM", "seq": "1"}, "invalid"),
    ({"type": "read", "room": "ROOM", "seq": True}, "invalid"),
    ({"type": "read", "room": "ROOM", "seq": 10**6}, "invalid"),
    ({"type": "read", "room": "ROOM", "seq": 2**53}, "invalid"),
    ({"type": "read", "room": "ROOM", "seq": 2**64}, "invalid"),
    ({"type": "read", "room": "ROOM", "seq": 10**400}, "invalid"),
    ({"type": "read", "room": "0" * 16, "seq": 1}, "not_found"),
    ({"type": "sync", "room": "ROOM", "after": -1}, "invalid"),
    ({"type": "sync", "room": "ROOM", "after": 10**6}, "invalid"),
    ({"type": "sync", "room": "ROOM", "after": None}, "invalid"),
    ({"type": "sync", "room": "0" * 16, "after": 0}, "not_found"),
    ({"type": "typing"}, "invalid"),
    ({"type": "typing", "room": "0" * 16}, "not_found"),
    ({"type": "watch", "rooms": "ROOM"}, "invalid"),
    ({"type": "watch", "rooms": [7]}, "invalid"),
    ({"type": "watch", "rooms": ["x"] * 1001}, "invalid"),
]


async def test_what_is_wrong_in_a_command_is_said_with_its_id(stage):
    wrong = []
    for command, code in REFUSED:
        words = json.dumps({"id": 1, **command}).replace('"ROOM"', f'"{stage.id_of("lobby")}"')
        answer = await answer_to(stage, words)
        if (answer["type"], answer.get("id"), answer["code"]) != ("error", 1, code) or not answer["message"]:
            wrong.append((command, code, answer))

    assert not wrong


async def test_fields_nobody_knows_are_ignored(stage):
    room = stage.id_of("lobby")
    words = {"type": "send", "id": 1, "room": room, "key": "k", "text": "hi", "seq": 99, "by": {"id": "x"}, "at": "now", "is_admin": True}

    answer = await stage.ada.line.says(**{"kind" if name == "type" else name: value for name, value in words.items() if name != "id"})
    event = await stage.grace.sees("hi", by=stage.ada)

    assert event["seq"] == answer["seq"] != 99
    assert event.keys() == {"type", "room", "seq", "at", "by", "text", "key"}


async def test_a_command_before_hello_is_answered_and_hello_may_follow(stage):
    wire = await stage.connect(stage.ada.person)
    for number, command in enumerate(({"type": "ping"}, {"type": "send", "room": stage.id_of("lobby"), "key": "k", "text": "hi"})):
        await wire.send(json.dumps({**command, "id": number}))
        answer = json.loads(await wire.receive())
        assert (answer["type"], answer["id"], answer["code"]) == ("error", number, "bad_frame")

    await wire.send('{"type": "hello", "id": 9}')

    assert json.loads(await wire.receive())["id"] == 9
    await wire.close()


async def test_hello_with_a_bad_cursor_is_refused_and_another_may_follow(stage):
    for cursor in (-1, 1.5, "1", None, True, 2**53, 10**400, [1], {"deep": {}}):
        wire = await stage.connect(stage.ada.person)
        await wire.send(json.dumps({"type": "hello", "id": 1, "cursors": {stage.id_of("lobby"): cursor}}))
        answer = json.loads(await wire.receive())
        await wire.send('{"type": "hello", "id": 2}')

        assert (answer["type"], answer["id"], answer["code"]) == ("error", 1, "invalid"), cursor
        assert json.loads(await wire.receive())["type"] == "welcome"
        await wire.close()


async def test_a_cursor_of_a_room_that_one_has_left_is_ignored(stage):
    await stage.ada.makes_room("kitchen", stage.grace)
    await stage.grace.leaves("kitchen")

    await stage.grace.goes_offline()
    await stage.grace.comes_back(cursors={stage.id_of("kitchen"): 1})

    assert stage.id_of("kitchen") not in json.dumps(stage.grace.line.frames)


async def test_text_that_is_not_utf_8_ends_the_connection(stage):
    raw = await RawClient.opens(stage, stage.ada.person)

    raw.sends(1, b'{"type": "hello\xff\xfe"}')

    assert await raw.is_closed_with() == 1007


async def test_a_frame_in_ten_thousand_pieces_is_one_frame(stage):
    raw = await RawClient.opens(stage, stage.ada.person)
    words = json.dumps({"type": "hello", "id": 1, "client": "x"}).ljust(10_000).encode()

    for at in range(10_000):
        raw.sends(1 if at == 0 else 0, words[at : at + 1], is_last=at == 9_999)

    first, second = await raw.reader.readexactly(2)
    assert (first, second & 0x80) == (0x81, 0)
    raw.writer.close()


async def test_ten_thousand_pieces_over_the_limit_are_too_much(stage):
    raw = await RawClient.opens(stage, stage.ada.person)

    for at in range(10_000):
        raw.sends(1 if at == 0 else 0, b"x" * 10, is_last=False)

    assert await raw.is_closed_with() == 1009


async def test_who_announces_a_gigabyte_is_shown_out_before_it_comes(stage):
    raw = await RawClient.opens(stage, stage.ada.person)

    raw.writer.write(bytes([0x81, 0xFF]) + (2**30).to_bytes(8, "big") + MASK + b"x" * 100)

    assert await raw.is_closed_with() == 1009


async def test_a_frame_over_the_limit_is_too_much(stage):
    wire = await stage.connect(stage.ada.person)

    await wire.send("x" * 65_537)

    with pytest.raises(HungUp) as hung_up:
        await wire.receive()
    assert hung_up.value.code == 1009


async def test_the_longest_message_fits_into_a_frame(stage):
    await stage.ada.posts("\U0001f600" * 8000, by_rest=True)
    wire = await stage.connect(stage.ada.person)
    await wire.send('{"type": "hello"}')
    await wire.receive()

    await wire.send(
        json.dumps({"type": "send", "id": 1, "room": stage.id_of("lobby"), "key": "k", "text": "\U0001f600" * 8000}, ensure_ascii=False)
    )

    assert json.loads(await wire.receive())["type"] in ("ok", "message.created")
    await wire.close()


@pytest.mark.parametrize("server", ["hubbub", "uvicorn", "none"])
async def test_who_says_nothing_is_shown_out(make_stage, server):
    # Nobody says hello here, so that the short time counts for the silent one alone.
    stage = await make_stage(server=server, hello_seconds=0.05)
    wire = await stage.connect(await stage.has("ada"))

    with pytest.raises(HungUp) as hung_up:
        await wire.receive()

    assert hung_up.value.code == 4408


STRANGERS = [
    ({}, {}, 4401),
    ({}, {"token": "hub_wrong"}, 4401),
    ({}, {"token": ""}, 4401),
    ({}, {"token": "\u00e9"}, 4401),
    ({"Authorization": "Bearer hub_wrong"}, {}, 4401),
    ({"Authorization": "Basic YTpi"}, {}, 4401),
    ({"Cookie": "hubbub_login=nonsense", "Origin": "ORIGIN"}, {}, 4401),
    ({"Cookie": "hubbub_login=nonsense", "Origin": "http://evil.example"}, {}, 4403),
]


async def test_somebody_unknown_is_shown_out(stage):
    for headers, hello, code in STRANGERS:
        ours = {name: value.replace("ORIGIN", stage.serving.origin) for name, value in headers.items()}
        stranger = stage.somebody("nobody", "nobody", ours)
        wire = await stage.connect(stranger)

        with contextlib.suppress(HungUp):
            await wire.send(json.dumps({"type": "hello", **hello}))
        with pytest.raises(HungUp) as hung_up:
            await wire.receive()

        assert hung_up.value.code == code, (headers, hello)
        await stranger.close()
