"""What a server says: each frame as PROTOCOL's tables have it, and each event as its model has it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hubbub.protocol import frames, signals
from hubbub.protocol.codes import CloseCode, ErrorCode
from hubbub.protocol.events import EVENTS, encode_event, timestamp
from hubbub.protocol.ids import is_id, new_id
from hubbub.protocol.signals import Read, Typing

ADA = {"id": "1", "name": "ada", "kind": "human"}
ROOM = {"id": "lobby", "kind": "public", "name": "lobby", "topic": "", "role": "member", "last_seq": 3}

FRAMES = [
    (frames.ok(7), {"type": "ok", "id": 7}),
    (
        frames.ok(7, room="lobby", seq=3, at="now", duplicate=True),
        {"type": "ok", "id": 7, "room": "lobby", "seq": 3, "at": "now", "duplicate": True},
    ),
    (frames.error(None, ErrorCode.BAD_FRAME, "Say hello."), {"type": "error", "code": "bad_frame", "message": "Say hello."}),
    (
        frames.error(0, ErrorCode.RATE_LIMITED, "Wait.", 1.5),
        {"type": "error", "id": 0, "code": "rate_limited", "message": "Wait.", "retry_after": 1.5},
    ),
    (frames.welcome(1, epoch="e", rooms=[ROOM]), {"type": "welcome", "id": 1, "epoch": "e", "rooms": [ROOM]}),
    (frames.behind("lobby", 3000), {"type": "behind", "room": "lobby", "last_seq": 3000}),
    (frames.room_added(ROOM), {"type": "room.added", "room": ROOM}),
    (frames.room_removed("lobby"), {"type": "room.removed", "room": "lobby"}),
    (frames.bye("restart", 2.0), {"type": "bye", "reason": "restart", "retry_after": 2.0}),
    (signals.typing("lobby", ["ada", "grace"]), {"type": "typing", "room": "lobby", "users": ["ada", "grace"]}),
    (signals.typing("lobby", []), {"type": "typing", "room": "lobby", "users": []}),
    (signals.read("lobby", 3), {"type": "read", "room": "lobby", "seq": 3}),
    (signals.presence("lobby", {"u1": "away"}), {"type": "presence", "room": "lobby", "users": {"u1": "away"}}),
    (signals.user_changed(ADA), {"type": "user.changed", "user": ADA}),
]


@pytest.mark.parametrize(("frame", "expected"), FRAMES, ids=[expected["type"] for _, expected in FRAMES])
def test_a_frame_is_as_the_protocol_says(frame, expected):
    assert json.loads(frame) == expected


def test_the_signals_are_what_their_models_say():
    assert Typing.model_validate_json(signals.typing("lobby", ["ada"])).users == ["ada"]
    assert Read.model_validate_json(signals.read("lobby", 3)).seq == 3


EVENT_FIELDS = [
    ("message.created", {"text": "hi", "key": "k"}),
    ("message.created", {"text": "hi @grace", "key": "k", "mentions": ["2"]}),
    ("message.created", {"key": "k", "redacted": True}),
    ("message.edited", {"target": 3, "text": "ho"}),
    ("message.edited", {"target": 3, "text": "ho", "mentions": []}),
    ("message.edited", {"target": 3, "redacted": True}),
    ("message.deleted", {"target": 3}),
    ("message.created", {"text": "hi", "key": "k", "thread": 2, "also_to_room": True, "reply_to": 3}),
    ("message.deleted", {"target": 3, "thread": 2}),
    ("message.pinned", {"target": 3}),
    ("message.unpinned", {"target": 3}),
    ("reaction.added", {"target": 3, "emoji": "\N{FISH}"}),
    ("reaction.removed", {"target": 3, "emoji": "\N{FISH}"}),
    ("message.created", {"text": "tea?", "key": "k", "poll": {"options": ["yes", "no"], "multiple": True}}),
    ("poll.voted", {"target": 3, "choices": [0, 2]}),
    ("poll.closed", {"target": 3}),
    ("message.previewed", {"target": 3, "previews": [{"n": 0, "url": "https://a.example", "title": "A", "site": "B"}]}),
    ("message.previewed", {"target": 3, "redacted": True}),
    ("member.joined", {"user": ADA, "role": "member"}),
    ("member.left", {"user": ADA}),
    ("member.changed", {"user": ADA, "role": "admin"}),
    ("room.changed", {"name": "kitchen"}),
    ("room.changed", {"topic": "", "kind": "private", "archived": True}),
]


@pytest.mark.parametrize(("kind", "fields"), EVENT_FIELDS)
def test_an_event_is_encoded_as_its_model_says(kind, fields):
    body = encode_event(kind, "lobby", 4, timestamp(1_700_000_000_123), ADA, fields)

    decoded = EVENTS[kind].model_validate_json(body)
    assert decoded.model_dump(exclude_unset=True) == json.loads(body)
    assert json.loads(body) == {"type": kind, "room": "lobby", "seq": 4, "at": "2023-11-14T22:13:20.123Z", "by": ADA} | fields


def test_every_event_has_an_example_here():
    assert {kind for kind, _ in EVENT_FIELDS} == set(EVENTS)


@pytest.mark.parametrize("wrong", [{"seq": 0}, {"seq": None}, {"by": "ada"}, {"more": 1}, {"type": "message.edited"}])
def test_a_model_refuses_what_is_no_such_event(wrong):
    event = json.loads(encode_event("message.created", "lobby", 1, "now", ADA, {"text": "hi", "key": "k"})) | wrong

    with pytest.raises(ValidationError):
        EVENTS["message.created"].model_validate(event)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_words_come_through_as_they_are(text):
    body = encode_event("message.created", "lobby", 1, "now", ADA, {"text": text, "key": "k"})

    assert json.loads(body)["text"] == text
    assert b"\n" not in body


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [(0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (1_699_999_999_999, "2023-11-14T22:13:19.999Z")],
)
def test_a_time_is_utc_to_the_millisecond(milliseconds, expected):
    assert timestamp(milliseconds) == expected


def test_ids_are_sixteen_characters_that_nobody_else_gets():
    ids = [new_id() for _ in range(2000)]

    assert len(set(ids)) == 2000
    assert all(is_id(id) for id in ids)


@pytest.mark.parametrize("text", ["", "short", "x" * 17, "I" * 16, "0123456789abcdeu", "0123456789abcde\n", "0123456789abcdef\n"])
def test_nonsense_is_no_id(text):
    assert not is_id(text)


def test_the_codes_are_those_of_the_protocol():
    assert {code.value for code in ErrorCode} == {
        *("bad_frame", "unknown_type", "unauthenticated", "forbidden", "not_found"),
        *("invalid", "too_large", "rate_limited", "conflict", "unavailable"),
    }
    assert {code.value for code in CloseCode} >= {1001, 1009, 1011, 1012, 4400, 4401, 4403, 4408, 4410}
