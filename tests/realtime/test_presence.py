"""Presence: who watches is told who is there, at most once a second, and nobody else is told anything."""

import pytest
from hub_stage import RecordingConnection, Stage

from hubbub.realtime import presence


@pytest.fixture
def stage():
    return Stage()


class TwoNodes:
    """Two hubs on one clock that hear each other at once."""

    def __init__(self):
        self.here, self.there = Stage(), Stage()
        self.there.clockwork = self.here.clockwork
        self.there.__post_init__()
        for mine, other, name in ((self.here, self.there, "here"), (self.there, self.here, "there")):
            mine.hub.elsewhere = Telling(name, other.hub)

    def passes(self, seconds):
        for _ in range(int(seconds)):
            self.here.clockwork.passes(1)
            self.here.clockwork.runs_dry()


class Telling:
    """How one hub tells the other."""

    can_hear = True

    def __init__(self, name, hub):
        self.name, self.hub = name, hub
        self.is_cut = False
        self.told = []

    def watched(self, room):
        if not self.is_cut:
            self.hub.presence.asked(room)

    def here(self, room, states, *, is_all):
        self.told.append((dict(states), is_all))
        if not self.is_cut:
            self.hub.presence.heard(self.name, room, dict(states), is_all=is_all)

    def room_opened(self, room):
        pass

    room_closed = room_opened


def watches(stage, session, *rooms, away=False):
    session.watching = frozenset(rooms)
    stage.hub.presence.watch(session, rooms, is_away=away)


def told(session):
    """What the session was told of presence, one frame after the other."""
    return [frame["users"] for frame in session.connection.heard if frame["type"] == "presence"]


def told_of(session):
    """The rooms whose presence the session was told of, one after the other."""
    return [frame["room"] for frame in session.connection.heard if frame["type"] == "presence"]


def passes(stage, seconds):
    for _ in range(int(seconds)):
        stage.clockwork.passes(1)
        stage.clockwork.runs_dry()


def test_who_begins_to_watch_is_told_who_is_there_and_then_what_changes(stage):
    ada, grace = stage.enters("ada", "lobby"), stage.enters("grace", "lobby")
    watches(stage, ada, "lobby")
    assert told(ada) == [{"ada": "online", "grace": "online"}]

    watches(stage, grace, away=True)
    linus = stage.enters("linus", "lobby")
    passes(stage, 1)
    stage.hub.close(linus)
    passes(stage, 6)

    assert told(ada)[1:] == [{"grace": "away", "linus": "online"}, {"linus": "offline"}]
    assert told(grace) == told(linus) == []


def test_somebody_is_there_while_one_of_their_devices_is(stage):
    ada, desk, phone = stage.enters("ada", "lobby"), stage.enters("grace", "lobby"), stage.enters("grace", "lobby")
    watches(stage, ada, "lobby")
    watches(stage, phone, away=True)
    passes(stage, 1)
    stage.hub.close(desk)
    passes(stage, 6)
    stage.hub.close(phone)
    passes(stage, 6)
    assert told(ada) == [{"ada": "online", "grace": "online"}, {"grace": "away"}, {"grace": "offline"}]


def test_a_page_that_is_loaded_again_is_no_news(stage):
    ada, grace = stage.enters("ada", "lobby"), stage.enters("grace", "lobby")
    watches(stage, ada, "lobby")
    stage.hub.close(grace)
    passes(stage, 2)
    stage.enters("grace", "lobby")
    passes(stage, 10)
    assert told(ada) == [{"ada": "online", "grace": "online"}]


def test_whoever_looks_elsewhere_is_told_nothing_more(stage):
    ada = stage.enters("ada", "lobby", "kitchen")
    watches(stage, ada, "lobby")
    watches(stage, ada, "kitchen")
    stage.enters("grace", "lobby")
    passes(stage, 2)
    assert told(ada) == [{"ada": "online"}, {"ada": "online"}]
    assert told_of(ada) == ["lobby", "kitchen"]


def test_a_room_one_is_not_in_is_not_watched(stage):
    ada, _ = stage.enters("ada", "lobby"), stage.enters("grace", "kitchen")
    watches(stage, ada, "kitchen")
    stage.enters("linus", "kitchen")
    passes(stage, 2)
    assert told(ada) == []


def test_who_was_watching_a_room_before_joining_it_is_told_from_then_on(stage):
    ada, _ = stage.enters("ada"), stage.enters("grace", "lobby")
    watches(stage, ada, "lobby")
    stage.hub.listen(ada, "lobby", 0, 0)
    assert told(ada) == [{"ada": "online", "grace": "online"}]


def test_who_was_removed_is_told_nothing_and_nothing_is_told_of_them(stage):
    ada, linus = stage.enters("ada", "lobby"), stage.enters("linus", "lobby")
    watches(stage, ada, "lobby")
    watches(stage, linus, "lobby")
    stage.hub.announce([stage.happens("lobby", "member.left", by="linus", user={"id": "linus"})])
    stage.clockwork.runs_dry()
    before = len(told(linus))
    stage.enters("grace", "lobby")
    stage.hub.close(linus)
    passes(stage, 10)
    assert len(told(linus)) == before
    assert told(ada)[1:] == [{"grace": "online"}]


def test_changes_of_many_go_out_in_one_frame_of_the_same_bytes(stage):
    watchers = [stage.enters(f"user {number}", "lobby") for number in range(20)]
    for watcher in watchers:
        watches(stage, watcher, "lobby")
    for number in range(30):
        stage.enters(f"newcomer {number}", "lobby")
    passes(stage, 1)
    assert {len(told(watcher)) for watcher in watchers} == {2}
    assert len({id(watcher.connection.taken[-1]) for watcher in watchers}) == 1


@pytest.mark.parametrize("people", [20, 40])
def test_what_everybody_is_told_of_everybody_is_written_once_and_goes_to_each_once_a_second(stage, people, monkeypatch):
    everybody = [stage.enters(f"user {number}", "lobby") for number in range(people)]
    for each in everybody:
        watches(stage, each, "lobby")
    passes(stage, 2)
    before = sum(len(told(each)) for each in everybody)
    written = []
    monkeypatch.setattr(
        presence.signals, "presence", lambda room, users, write=presence.signals.presence: written.append(users) or write(room, users)
    )

    for each in everybody:
        watches(stage, each, "lobby", away=True)
    passes(stage, 1)

    assert [len(users) for users in written] == [people]
    assert sum(len(told(each)) for each in everybody) - before == people


def test_in_a_crowd_nothing_is_told_until_it_is_smaller(stage, monkeypatch):
    monkeypatch.setattr(presence, "CROWD", 4)
    ada, grace, *_ = [stage.enters(name, "lobby") for name in ("ada", "grace", "linus", "joan")]
    watches(stage, ada, "lobby")
    extra = stage.enters("fifth", "lobby")
    stage.hub.close(grace)
    stage.enters("sixth", "lobby")
    passes(stage, 10)
    assert len(told(ada)) == 1

    stage.hub.close(extra)
    passes(stage, 10)
    assert told(ada)[1] == {"grace": "offline", "sixth": "online"}


def test_a_slow_watcher_is_told_later_what_it_has_become(stage):
    slow = stage.enters("ada", "lobby", connection=RecordingConnection())
    watches(stage, slow, "lobby")
    slow.connection.stalls()
    grace = stage.enters("grace", "lobby")
    passes(stage, 1)
    watches(stage, grace, away=True)
    passes(stage, 1)
    assert told(slow) == [{"ada": "online"}]
    slow.connection.drains()
    passes(stage, 1)
    assert told(slow)[1:] == [{"grace": "away"}]


def test_where_nobody_watches_there_is_no_timer(stage):
    ada, grace = stage.enters("ada", "lobby"), stage.enters("grace", "lobby")
    watches(stage, ada, "lobby")
    stage.hub.close(grace)
    passes(stage, 10)
    stage.hub.close(ada)
    passes(stage, 10)
    assert not stage.clockwork.is_waiting
    assert not stage.hub.presence._watched


def test_who_is_on_another_node_is_seen_and_their_changes_too():
    nodes = TwoNodes()
    ada, grace = nodes.here.enters("ada", "lobby"), nodes.there.enters("grace", "lobby")
    watches(nodes.here, ada, "lobby")
    nodes.passes(2)
    watches(nodes.there, grace, away=True)
    nodes.passes(3)
    nodes.there.hub.close(grace)
    nodes.passes(12)
    states = {}
    for users in told(ada):
        states |= users
    assert [users.get("grace") for users in told(ada) if "grace" in users] == ["online", "away", "offline"]
    assert states["ada"] == "online"


def test_a_node_that_says_nothing_any_more_has_nobody():
    nodes = TwoNodes()
    ada, _ = nodes.here.enters("ada", "lobby"), nodes.there.enters("grace", "lobby")
    watches(nodes.here, ada, "lobby")
    nodes.passes(30)
    assert [users.get("grace") for users in told(ada) if "grace" in users] == ["online"]
    nodes.there.hub.elsewhere.is_cut = True
    nodes.passes(presence.FORGET_SECONDS + 10)
    assert [users.get("grace") for users in told(ada) if "grace" in users] == ["online", "offline"]


def test_a_device_that_moves_to_another_node_is_no_news():
    nodes = TwoNodes()
    ada, grace = nodes.here.enters("ada", "lobby"), nodes.there.enters("grace", "lobby")
    watches(nodes.here, ada, "lobby")
    nodes.passes(3)
    nodes.there.hub.close(grace)
    nodes.here.enters("grace", "lobby")
    nodes.passes(30)
    assert [users.get("grace") for users in told(ada) if "grace" in users] == ["online"]


def test_nodes_tell_nothing_of_rooms_that_nobody_watches_any_more():
    nodes = TwoNodes()
    ada, _ = nodes.here.enters("ada", "lobby"), nodes.there.enters("grace", "lobby")
    watches(nodes.here, ada, "lobby")
    nodes.passes(2)
    watches(nodes.here, ada)
    nodes.passes(presence.FORGET_SECONDS + 10)
    before = len(nodes.there.hub.elsewhere.told)
    nodes.there.enters("linus", "lobby")
    nodes.passes(30)
    assert len(nodes.there.hub.elsewhere.told) == before
    assert not nodes.there.hub.presence._watched
