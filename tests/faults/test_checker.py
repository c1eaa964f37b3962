"""The checker itself: silent about a sound history, and red for each fault that is planted."""

import dataclasses

import pytest
from checker import check
from history import History, Logged, Outcome, Received

ROOMS = ("lobby", "kitchen")
MEMBERS = {"kitchen": {"ada", "grace"}}


class Told:
    """A sound history of two rooms, two writers and two readers, to be spoilt."""

    def __init__(self):
        self.history = History(MEMBERS)
        self.log = {room: [] for room in ROOMS}
        for number in range(12):
            for room in ROOMS:
                self.posts("ada" if number % 2 else "grace", room, f"{room}-{number}")
        for reader in ("ada", "grace"):
            for room in ROOMS:
                self.reads(reader, room)

    def posts(self, client, room, key):
        lost = self.history.invokes(client, room, key)
        self.history.ends(lost, Outcome.UNKNOWN)
        seq = len(self.log[room]) + 1
        self.log[room].append(Logged(seq, b'{"seq":%d}' % seq, client, key))
        self.history.ends(self.history.invokes(client, room, key), Outcome.OK, seq)

    def reads(self, reader, room):
        self.history.resumes(reader, room, 0)
        for event in self.log[room][:8]:
            self.history.receives(reader, room, event.seq, event.raw)
        self.history.resumes(reader, room, 6)
        for event in self.log[room][6:]:
            self.history.receives(reader, room, event.seq, event.raw)

    def broken(self):
        """The names of the promises that the checker sees broken."""
        return {line.split(":")[0] for line in check(self.history, self.log)}

    def renumber(self, room):
        self.log[room] = [dataclasses.replace(event, seq=seq) for seq, event in enumerate(self.log[room], 1)]


@pytest.fixture
def told():
    return Told()


def test_a_sound_history_is_green(told):
    assert check(told.history, told.log) == []


def test_an_acknowledged_message_that_is_gone_is_lost(told):
    del told.log["lobby"][-1]
    assert "lost" in told.broken()


def test_a_message_that_is_gone_from_the_middle_leaves_a_gap(told):
    del told.log["lobby"][4]
    assert {"lost", "gap"} <= told.broken()


def test_a_log_that_begins_late_has_a_gap(told):
    told.log["kitchen"] = [dataclasses.replace(event, seq=event.seq + 1) for event in told.log["kitchen"]]
    assert "gap" in told.broken()


def test_a_key_that_is_there_twice_is_doubled(told):
    last = told.log["lobby"][-1]
    told.log["lobby"].append(dataclasses.replace(last, seq=last.seq + 1))
    assert "doubled" in told.broken()


def test_a_message_that_nobody_asked_for_is_a_ghost(told):
    told.log["lobby"].append(Logged(13, b"{}", "ada", "never-sent"))
    assert "ghost" in told.broken()


def test_a_message_that_was_refused_and_is_there_is_a_ghost(told):
    told.history.ends(told.history.invokes("ada", "lobby", "refused"), Outcome.REFUSED)
    told.log["lobby"].append(Logged(13, b"{}", "ada", "refused"))
    assert "ghost" in told.broken()


def test_a_message_of_unknown_fate_may_be_there_or_not(told):
    told.history.ends(told.history.invokes("ada", "lobby", "perhaps"), Outcome.UNKNOWN)
    assert check(told.history, told.log) == []
    told.log["lobby"].append(Logged(13, b"{}", "ada", "perhaps"))
    assert told.broken() == {"missed"}


def test_two_messages_in_each_others_place_are_seen(told):
    events = told.log["lobby"]
    events[3], events[4] = events[4], events[3]
    told.renumber("lobby")
    assert {"misplaced", "bytes"} <= told.broken()


def test_an_ack_with_a_wrong_number_is_seen(told):
    next(told.history.acknowledged()).seq = 7
    assert "misplaced" in told.broken()


def test_an_ack_that_changes_its_mind_is_seen(told):
    told.history.ends(told.history.invokes("grace", "lobby", "lobby-0"), Outcome.OK, 9)
    assert "changed" in told.broken()


def test_a_number_below_what_was_acknowledged_before_is_late(told):
    first, *_, last = [attempt for attempt in told.history.acknowledged() if attempt.op.room == "lobby"]
    first.seq, last.seq = last.seq, first.seq
    assert "late" in told.broken()


@pytest.mark.parametrize(
    ("spoil", "promise"),
    [
        (lambda sights: sights.pop(4), "order"),
        (lambda sights: sights.insert(4, sights[4]), "order"),
        (lambda sights: sights.insert(3, sights.pop(5)), "order"),
        (lambda sights: sights.pop(), "missed"),
        (lambda sights: sights.append(Received(13, b"{}")), "unlogged"),
        (lambda sights: sights.__setitem__(4, Received(4, b'{"seq":4,"text":"forged"}')), "bytes"),
    ],
    ids=["dropped", "given twice", "swapped", "cut short", "made up", "forged"],
)
def test_what_a_reader_was_given_wrongly_is_seen(told, spoil, promise):
    spoil(told.history.sights["grace", "lobby"])
    assert promise in told.broken()


def test_an_outsider_who_is_given_something_is_a_leak(told):
    told.reads("linus", "kitchen")
    assert told.broken() == {"leak"}


# What nodes do to each other when the database does not order them.


def test_two_nodes_that_give_one_number_to_two_messages_are_seen(told):
    for writer in ("ada", "grace"):
        told.history.ends(told.history.invokes(writer, "lobby", f"of-{writer}"), Outcome.OK, 13)
    told.log["lobby"].append(Logged(13, b'{"seq":13}', "ada", "of-ada"))
    assert "lost" in told.broken()


def test_a_retry_that_another_node_takes_for_new_is_seen(told):
    told.history.ends(told.history.invokes("grace", "lobby", "lobby-0"), Outcome.OK, 13)
    told.log["lobby"].append(Logged(13, b'{"seq":13}', "grace", "lobby-0"))
    assert {"changed", "doubled"} <= told.broken()


def test_readers_of_two_nodes_who_see_two_orders_are_seen(told):
    sights = told.history.sights["ada", "lobby"]
    sights[3], sights[4] = Received(3, sights[4].raw), Received(4, sights[3].raw)
    assert told.broken() == {"bytes"}


def test_a_reader_who_is_given_again_what_the_last_node_gave_is_seen(told):
    seen = told.history.sights["grace", "kitchen"]
    seen.extend(seen[-3:])
    assert told.broken() == {"order"}


def test_a_node_that_never_heard_of_the_last_messages_is_seen(told):
    told.posts("ada", "lobby", "said on another node")
    assert told.broken() == {"missed"}
