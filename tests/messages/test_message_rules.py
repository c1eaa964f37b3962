"""The rules of messages that need no database, and how fast one may send."""

import json

import pytest

from hubbub.errors import Invalid, RateLimited, TooLarge
from hubbub.messages.model import Changes, Page, as_it_stands, checked_key, checked_text
from hubbub.messages.pace import BURST, PER_SECOND, Pace


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u3000", "a\x00b", "\ud800", "x\udfff"])
def test_what_says_nothing_or_cannot_be_kept_is_invalid(text):
    with pytest.raises(Invalid):
        checked_text(text, 100)


def test_a_text_is_measured_in_characters():
    assert checked_text("\U0001f600" * 100, 100)
    with pytest.raises(TooLarge):
        checked_text("x" * 101, 100)


def test_a_text_is_kept_as_it_was_written():
    assert checked_text("  indented\n\tcode \n", 100) == "  indented\n\tcode \n"


@pytest.mark.parametrize("key", ["", "k" * 65, "\x00", "\ud800"])
def test_a_bad_key_is_invalid(key):
    with pytest.raises(Invalid):
        checked_key(key)


def test_a_message_as_it_stands():
    plain = json.dumps(
        {"type": "message.created", "seq": 1, "text": "hi @ada", "mentions": ["a"], "key": "k"}, separators=(",", ":")
    ).encode()
    redacted = b'{"type":"message.created","seq":1,"key":"k","redacted":true}'

    assert as_it_stands(plain, None) is plain
    assert json.loads(as_it_stands(plain, Changes("bye", [], "now", {}))) == {
        "type": "message.created",
        "seq": 1,
        "text": "bye",
        "key": "k",
        "edited_at": "now",
    }
    assert json.loads(as_it_stands(plain, Changes("@bob", ["b"], "now", {})))["mentions"] == ["b"]
    noted = Changes(None, [], None, {"reactions": []})
    assert json.loads(as_it_stands(plain, noted)) == json.loads(plain) | {"reactions": []}
    assert json.loads(as_it_stands(redacted, None)) == json.loads(redacted) | {"deleted": True}


def test_words_that_look_like_a_redaction_are_words():
    text = '"redacted":true'
    message = json.dumps({"type": "message.created", "seq": 1, "text": text, "key": "k"}, separators=(",", ":")).encode()
    in_key = json.dumps({"type": "message.created", "seq": 1, "text": "x", "key": text}, separators=(",", ":")).encode()

    for body in (message, in_key):
        assert json.loads(as_it_stands(body, None)) == json.loads(body)


def test_a_page_is_joined_from_its_messages():
    assert json.loads(Page([b'{"seq":1}', b'{"seq":2}'], 1, None).as_json()) == {
        "items": [{"seq": 1}, {"seq": 2}],
        "before": 1,
        "after": None,
    }
    assert json.loads(Page([], None, None).as_json()) == {"items": [], "before": None, "after": None}


def test_who_sends_too_fast_is_told_how_long_to_wait():
    pace = Pace()
    for _ in range(BURST):
        pace.take("ada", 1000.0)

    with pytest.raises(RateLimited) as refusal:
        pace.take("ada", 1000.0)

    pace.take("grace", 1000.0)
    pace.take("ada", 1000.0 + refusal.value.retry_after)


def test_a_steady_pace_is_never_refused():
    pace = Pace()
    for n in range(2000):
        pace.take("ada", n / PER_SECOND)

    for _ in range(BURST):
        pace.take("ada", 2000.0)
    with pytest.raises(RateLimited):
        pace.take("ada", 2000.0)


def test_switched_off_it_counts_nothing():
    pace = Pace(is_on=False)

    assert [pace.take("ada", 0.0) for _ in range(10 * BURST)] == [None] * 10 * BURST
