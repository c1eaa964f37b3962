"""The timelines under tests/timelines: frames in, and what every client holds then. The browser plays the same ones."""

import json
from pathlib import Path

import pytest
from timeline_player import TimelinePlayer

from hubbub.protocol.events import EVENTS
from hubbub.protocol.frames import ANSWERS
from hubbub.protocol.signals import SIGNALS

FOLDER = Path(__file__).parents[1] / "timelines"
TIMELINES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
FRAMES = EVENTS | SIGNALS | ANSWERS
# They answer a command, and no timeline has any.
ANSWERED = {"ok", "error"}


def steps(kind):
    return [step[kind] for timeline in TIMELINES.values() for step in timeline["story"] if kind in step]


@pytest.mark.parametrize("name", TIMELINES)
def test_the_python_client_holds_what_the_timeline_says(name):
    player = TimelinePlayer()
    for number, step in enumerate(TIMELINES[name]["story"]):
        ((verb, given),) = step.items()
        if verb == "holds":
            assert player.holds() == given, f"{name}, step {number}"
        else:
            {"hears": player.hears, "writes": player.writes, "loads": player.loads}[verb](given)


@pytest.mark.parametrize("name", TIMELINES)
def test_a_timeline_tells_what_it_is_about_and_ends_with_what_is_held(name):
    assert TIMELINES[name]["tells"].endswith(".")
    assert "holds" in TIMELINES[name]["story"][-1]


def test_every_frame_of_every_timeline_is_of_the_protocol():
    for frame in steps("hears") + steps("writes"):
        FRAMES[frame["type"]].model_validate(frame)


def test_every_event_every_signal_and_all_else_that_a_server_says_is_in_some_timeline():
    assert {frame["type"] for frame in steps("hears")} == FRAMES.keys() - ANSWERED
