"""Who is told of what, as the page decides it too: `decisions.json` is played to both."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hubbub.notifications.model import Following, Listener, beginning, said_of, why_told
from hubbub.notifications.wishes import EMAIL_MINUTES_AT_FIRST, KEYWORDS, NOTHING_CHOSEN, wishes_from

CASES = json.loads(Path(__file__).with_name("decisions.json").read_text())
AT = 1_800_000_000_000


def wishes(**chosen):
    return wishes_from(json.dumps({"notifications": chosen}))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_the_server_decides_as_it_is_written(case):
    event = {"room": "lobby", "seq": 5, "text": "hello", **case.get("event", {}), "by": {"id": case.get("event", {}).get("by", "grace")}}
    levels = {"lobby": case["level"]} if "level" in case else {}
    thread = case.get("thread")
    threads = {1: Following(thread["level"], 5 if thread.get("read") else 4)} if thread else {}
    listener = Listener("ada", wishes(rooms=levels, keywords=case.get("keywords", [])), 1, 5 if case.get("read") else 4, threads)

    assert bool(why_told(said_of(event, case.get("kind", "public"), AT), listener)) is case["told"]


def test_nobody_is_told_of_what_they_may_not_see_or_of_what_was_said_before_they_could_be():
    said = said_of({"room": "lobby", "seq": 5, "by": {"id": "grace"}, "mentions": ["ada"]}, "private", AT)
    ada = Listener("ada", NOTHING_CHOSEN, 1, 0)
    assert why_told(said, ada) == "mention"
    assert why_told(said, ada._replace(first_seq=6)) is None
    assert why_told(said, ada._replace(reachable_since=AT + 1)) is None


@pytest.mark.parametrize(
    "kept", [None, 7, "x", [], {}, {"quiet": 5, "rooms": None, "paused": "x", "keywords": {}, "words": 1, "email_minutes": "x"}]
)
def test_what_makes_no_sense_counts_as_never_chosen(kept):
    assert wishes_from(json.dumps({"notifications": kept})) == NOTHING_CHOSEN


def test_quiet_hours_are_those_of_the_persons_own_clock():
    def at(hour, minute=0):
        return int(datetime(2026, 7, 1, hour, minute, tzinfo=UTC).timestamp() * 1000)

    night = wishes(quiet={"from": "22:00", "to": "07:00"}, zone="Europe/Berlin")  # two hours ahead in July
    assert [hour for hour in range(24) if night.want_peace(at(hour))] == [0, 1, 2, 3, 4, 20, 21, 22, 23]
    siesta = wishes(quiet={"from": "13:00", "to": "15:00"}, zone="Nowhere/../etc")
    assert [hour for hour in range(24) if siesta.want_peace(at(hour))] == [13, 14]
    assert siesta.want_peace(at(14, 59))
    assert wishes(paused=at(12)).want_peace(at(11, 59))
    assert not wishes(paused=at(12)).want_peace(at(12))
    assert not wishes(quiet={"from": "25:00", "to": "07:00"}).want_peace(at(3))


def test_letters_come_after_a_while_unless_nobody_wants_them():
    chosen = [wishes(email=on, email_minutes=minutes).email_after for on, minutes in ((True, 60), (True, 1), (True, 10**9), (False, 60))]
    assert chosen == [60, 5, 24 * 60, None]
    assert NOTHING_CHOSEN.email_after == EMAIL_MINUTES_AT_FIRST


def test_only_so_many_words_of_ones_own_are_looked_for():
    many = wishes(keywords=[f"word{n}" for n in range(KEYWORDS + 1)]).keywords
    assert many.search(f"word{KEYWORDS - 1}")
    assert not many.search(f"word{KEYWORDS}")
    assert wishes(keywords=["x" * 51]).keywords is None


def test_a_message_begins_with_its_words_or_the_names_of_its_files():
    assert beginning({"text": "a\n\n b"}) == "a b"
    assert len(beginning({"text": "x" * 4000})) == 181
    assert beginning({"files": [{"name": "plan.pdf"}, {"name": "b.txt"}]}) == "plan.pdf, b.txt"
    assert beginning({}) == ""
