"""What a client may say: every field of every command, and every way to get it wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.protocol.codes import ErrorCode
from hubbub.protocol.frames import COMMANDS, MAX_SEQ, Command, FrameError, parse_command

GOOD = [
    ({"type": "hello"}, {"cursors": {}, "epoch": None, "token": None, "client": None}),
    ({"type": "hello", "cursors": {"lobby": 0, "kitchen": MAX_SEQ}, "epoch": "e1", "token": "t", "client": "web/1"}, {"epoch": "e1"}),
    ({"type": "hello", "id": None, "epoch": None}, {"id": None}),
    ({"type": "send", "id": 1, "room": "lobby", "key": "k", "text": "hi"}, {"room": "lobby", "key": "k", "text": "hi", "id": 1}),
    ({"type": "send", "room": "lobby", "key": "k" * 64, "text": "\n \u2028 \U0001f600 \\u0000\n"}, {"id": None}),
    ({"type": "send", "room": "lobby", "key": "k", "text": "x" * 60_000}, {}),
    ({"type": "read", "room": "lobby", "seq": 0}, {"seq": 0}),
    ({"type": "typing", "room": "lobby"}, {"room": "lobby"}),
    ({"type": "watch", "rooms": []}, {"rooms": []}),
    ({"type": "watch", "rooms": ["lobby", "kitchen"]}, {"rooms": ["lobby", "kitchen"]}),
    ({"type": "sync", "room": "lobby", "after": MAX_SEQ}, {"after": MAX_SEQ}),
    ({"type": "ping", "id": 0}, {"id": 0}),
    ({"type": "ping", "id": -MAX_SEQ}, {"id": -MAX_SEQ}),
    ({"type": "ping", "new_in_v9": {"deep": [1, None]}, "": 0}, {}),
]


@pytest.mark.parametrize(("frame", "fields"), GOOD)
def test_a_good_command_is_understood(frame, fields):
    for text in (json.dumps(frame), json.dumps(frame).encode(), json.dumps(frame, ensure_ascii=False, indent=2)):
        command = parse_command(text)

        assert type(command) is COMMANDS[frame["type"]]
        assert {name: getattr(command, name) for name in fields} == fields


NOT_THE_PROTOCOL = [
    "",
    " ",
    "null",
    "7",
    "true",
    '"ping"',
    "[]",
    '[{"type":"ping"}]',
    "{}",
    "{",
    '{"type":"ping"',
    '{"type":"ping"}}',
    '{"type":"ping"} {"type":"ping"}',
    "{'type':'ping'}",
    '{"type":"ping",}',
    '{type:"ping"}',
    '{"type":null}',
    '{"type":1}',
    '{"type":true}',
    '{"type":["ping"]}',
    '{"type":"ping","id":true}',
    '{"type":"ping","id":false}',
    '{"type":"ping","id":1.0}',
    '{"type":"ping","id":1e3}',
    '{"type":"ping","id":"1"}',
    '{"type":"ping","id":[1]}',
    '{"type":"ping","id":{}}',
    f'{{"type":"ping","id":{2**53}}}',
    f'{{"type":"ping","id":-{2**53}}}',
    f'{{"type":"ping","id":{10**400}}}',
    '{"type":"ping","id":NaN}',
    '{"type":"ping","x":NaN}',
    '{"type":"ping","x":Infinity}',
    '{"type":"ping","x":-Infinity}',
    '{"type":"ping","x":"\\ud800"}',
    '{"type":"ping","x":"\\udc00"}',
    '{"type":"ping","x":"\\x"}',
    '{"type":"ping","x":"\n"}',
    '{"type":"ping","x":01}',
    '{"type":"ping","x":' + "[" * 10_000 + "]" * 10_000 + "}",
    '{"type":"ping","x":' + '{"a":' * 10_000 + "1" + "}" * 10_000 + "}",
    "[" * 60_000,
    "\ud800",
    '{"type":"ping","x":"\ud800"}',
    b"\xff\xfe",
    b'{"type":"ping","x":"\xff"}',
    b'{"type":"ping","x":"\xed\xa0\x80"}',
    b"\xef\xbb\xbf{}",
    b"\x00",
]


@pytest.mark.parametrize("frame", NOT_THE_PROTOCOL, ids=lambda frame: repr(frame[:50]))
def test_what_is_not_the_protocol_is_a_bad_frame(frame):
    with pytest.raises(FrameError) as caught:
        parse_command(frame)

    assert caught.value.code == ErrorCode.BAD_FRAME
    assert caught.value.message.startswith("Expected")
    assert len(caught.value.message) < 300
    assert json.loads(json.dumps(caught.value.message)) == caught.value.message


INVALID = [
    {"type": "hello", "cursors": None},
    {"type": "hello", "cursors": []},
    {"type": "hello", "cursors": {"lobby": -1}},
    {"type": "hello", "cursors": {"lobby": "1"}},
    {"type": "hello", "cursors": {"lobby": 1.5}},
    {"type": "hello", "cursors": {"lobby": 1.0}},
    {"type": "hello", "cursors": {"lobby": True}},
    {"type": "hello", "cursors": {"lobby": None}},
    {"type": "hello", "cursors": {"lobby": 2**53}},
    {"type": "hello", "cursors": {"lobby": 10**400}},
    {"type": "hello", "cursors": {"": 1}},
    {"type": "hello", "cursors": {"x" * 65: 1}},
    {"type": "hello", "cursors": {f"r{number}": 1 for number in range(10_001)}},
    {"type": "hello", "epoch": 1},
    {"type": "hello", "epoch": "e" * 65},
    {"type": "hello", "token": 5},
    {"type": "hello", "token": "t" * 257},
    {"type": "hello", "client": {}},
    {"type": "send"},
    {"type": "send", "room": "lobby", "key": "k"},
    {"type": "send", "room": "lobby", "text": "hi"},
    {"type": "send", "key": "k", "text": "hi"},
    {"type": "send", "room": "lobby", "key": "k", "text": None},
    {"type": "send", "room": "lobby", "key": "k", "text": None},
    {"type": "send", "room": "lobby", "key": "k", "text": 7},
    {"type": "send", "room": "lobby", "key": "k", "text": ["hi"]},
    {"type": "send", "room": "lobby", "key": "k", "text": "a\x00b"},
    {"type": "send", "room": "lobby", "key": "k", "text": "first line\n\x00"},
    {"type": "send", "room": "lobby", "key": "", "text": "hi"},
    {"type": "send", "room": "lobby", "key": "k" * 65, "text": "hi"},
    {"type": "send", "room": "lobby", "key": "k\x00", "text": "hi"},
    {"type": "send", "room": "lobby", "key": 1, "text": "hi"},
    {"type": "send", "room": "", "key": "k", "text": "hi"},
    {"type": "send", "room": 1, "key": "k", "text": "hi"},
    {"type": "send", "room": "lob\x00by", "key": "k", "text": "hi"},
    {"type": "read", "room": "lobby"},
    {"type": "read", "room": "lobby", "seq": -1},
    {"type": "read", "room": "lobby", "seq": "1"},
    {"type": "read", "room": "lobby", "seq": True},
    {"type": "read", "room": "lobby", "seq": 2**53},
    {"type": "typing"},
    {"type": "typing", "room": None},
    {"type": "watch"},
    {"type": "watch", "rooms": "lobby"},
    {"type": "watch", "rooms": {"lobby": 1}},
    {"type": "watch", "rooms": [1]},
    {"type": "watch", "rooms": ["r"] * 1001},
    {"type": "sync", "room": "lobby"},
    {"type": "sync", "room": "lobby", "after": -1},
    {"type": "sync", "room": "lobby", "after": 0.5},
    {"type": "sync", "room": ["lobby"], "after": 1},
]


@pytest.mark.parametrize("frame", INVALID, ids=lambda frame: repr(frame)[:60])
def test_a_command_with_a_wrong_field_is_invalid_and_answered_to_its_id(frame):
    with pytest.raises(FrameError) as caught:
        parse_command(json.dumps(frame | {"id": 7}))

    assert (caught.value.code, caught.value.id) == (ErrorCode.INVALID, 7)
    assert caught.value.message.startswith("`")
    assert len(caught.value.message) < 400


@pytest.mark.parametrize("kind", ["", "Hello", "welcome", "message.created", "x" * 5000, "__class__", "\u0000"])
def test_an_unknown_type_is_told_the_known_ones(kind):
    with pytest.raises(FrameError) as caught:
        parse_command(json.dumps({"type": kind, "id": 3}))

    assert (caught.value.code, caught.value.id) == (ErrorCode.UNKNOWN_TYPE, 3)
    assert "hello, send, read" in caught.value.message
    assert len(caught.value.message) < 300


def test_of_a_repeated_key_the_last_counts():
    assert parse_command('{"type":"send","type":"ping","id":1,"id":2}').id == 2


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
fields = st.dictionaries(
    st.sampled_from(("id", "type", "room", "rooms", "key", "text", "seq", "after", "cursors", "epoch", "token", "client")), json_values
)
commands = st.builds(lambda kind, rest: rest | {"type": kind}, st.sampled_from(sorted(COMMANDS)), fields)


@pytest.mark.parametrize(
    "frame",
    [
        r'{"type":"send","id":42,"room":"x","key":"k","text":"\ud800"}',
        '{"id": 42, "type": "ping", "x": ' + "[" * 15_000 + "]" * 15_000 + "}",
        b'{"type":"ping","id":42,"text":"\xff"}',
    ],
)
def test_what_cannot_be_taken_is_answered_to_its_id(frame):
    with pytest.raises(FrameError) as refused:
        parse_command(frame)
    assert (refused.value.code, refused.value.id) == ("bad_frame", 42)


def understood_or_refused(frame):
    try:
        return isinstance(parse_command(frame), Command)
    except FrameError as error:
        return bool(error.message)


@given(st.binary() | st.text(st.characters()))
def test_no_bytes_and_no_text_raise_anything_but_a_frame_error(frame):
    assert understood_or_refused(frame)


@given(json_values | fields | commands)
def test_no_json_raises_anything_but_a_frame_error(value):
    assert understood_or_refused(json.dumps(value))
