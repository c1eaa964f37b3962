"""What one node tells the others, and what it asks so as to be sure."""

import pytest
from hub_stage import Somebody, Stage, seqs
from several_nodes_machine import ModelBus

from hubbub.protocol.codes import CloseCode
from hubbub.realtime import neighbours
from hubbub.realtime.neighbours import TICKS_TO_ASK_ALL, Neighbours
from hubbub.realtime.packing import Kind, room_shard, sender, unpack
from hubbub.realtime.standing import Answer

LATE_TICK_SECONDS = 1.1
SLOW_ANSWER_SECONDS = 0.1


class Node(Stage):
    """A stage with neighbours."""

    def __post_init__(self):
        super().__post_init__()
        self.questions, self.ended, self.changed, self.heard_of = [], [], [], []

    def joins(self, ends, *, has_bus=True):
        self.bus = ModelBus(ends) if has_bus else None
        self.name = f"node-{len(ends):011}"
        self.neighbours = Neighbours(
            self.name,
            self.hub,
            self.bus,
            self.clockwork,
            ask=lambda question, done: self.questions.append((question, done)),
            ended=lambda *ended: self.ended.append(ended),
            changed=self.changed.append,
            account_news=self.heard_of.append,
            wake=lambda: None,
        )
        self.hub.elsewhere = self.neighbours
        with pytest.raises(StopIteration):
            self.neighbours.start("test:").send(None)
        self.attaches()
        return self

    def attaches(self):
        if self.bus:
            self.bus.attaches()

    def ticks(self, count=1):
        for _ in range(count):
            self.clockwork.passes(1)
            self.clockwork.runs_dry()

    def answers(self, **differences):
        """The database says that all is as it is known, but for these."""
        for question, done in self.questions:
            last_seqs = {room: len(self.logs[room]) for room in question.rooms}
            answer = {"last_seqs": last_seqs, "users": dict(question.users), "rooms_of": {}, "ended": []}
            done(Answer(**{**answer, **differences}))
        self.questions.clear()


@pytest.fixture
def node():
    return Node().joins([])


@pytest.fixture
def pair():
    ends = []
    return Node().joins(ends), Node().joins(ends)


def told(node):
    """The kinds of news that have arrived, message by message, from whom."""
    return [(sender(message), [kind for kind, _ in unpack(message)]) for _, message in node.bus.arriving]


def test_what_was_committed_together_goes_out_as_one_message_for_each_shard(pair):
    ours, theirs = pair
    shared = next(f"room {number}" for number in range(5000) if room_shard(f"room {number}") == room_shard("lobby"))
    theirs.enters("grace", "lobby")
    theirs.attaches()
    ours.neighbours.announce([ours.happens(room) for room in ("lobby", shared, "lobby", "kitchen", "lobby")])
    assert told(theirs) == [(ours.name, [Kind.EVENT] * 4)]


def test_a_node_hears_only_of_rooms_that_somebody_on_it_is_in(pair):
    ours, theirs = pair
    grace = theirs.enters("grace", "lobby")
    theirs.attaches()
    theirs.hub.close(grace)
    ours.neighbours.announce([ours.happens("lobby")])
    assert told(theirs) == []


def test_a_node_does_not_take_in_its_own_news_twice(pair):
    ours, _ = pair
    ada = ours.enters("ada", "lobby")
    ours.attaches()
    ours.neighbours.announce([ours.happens("lobby")])
    ours.hub.tell_user("ada", b'{"type":"read"}')
    ours.clockwork.runs_dry()
    assert len(ours.bus.arriving) == 2
    for channel, message in ours.bus.arriving:
        ours.neighbours.heard(channel, message)
    ours.clockwork.runs_dry()
    assert sorted(frame["type"] for frame in ada.connection.heard) == ["message.created", "read"]


def test_where_a_room_ends_is_told_twice_more_after_its_last_news_and_then_no_more(pair):
    ours, theirs = pair
    theirs.enters("grace", "lobby")
    theirs.attaches()
    ours.neighbours.announce([ours.happens("lobby")])
    ours.ticks(10)
    assert [kinds for _, kinds in told(theirs)] == [[Kind.EVENT], [Kind.HEADS], [Kind.HEADS]]


def test_what_is_to_be_told_while_the_bus_is_away_is_bounded(node, monkeypatch):
    monkeypatch.setattr(neighbours, "ROOMS_TOLD", 3)
    node.bus.breaks()
    for number in range(10):
        node.neighbours.announce([node.happens(f"room {number}")])
    assert list(node.neighbours._heads) == ["room 7", "room 8", "room 9"]


def test_a_lost_last_message_is_noticed_by_where_the_room_ends(pair):
    ours, theirs = pair
    grace = theirs.enters("grace", "lobby")
    theirs.attaches()
    ours.neighbours.announce([ours.happens("lobby")])
    theirs.bus.arriving.clear()
    theirs.logs = ours.logs
    ours.ticks()
    theirs.neighbours.heard(*theirs.bus.arriving.pop())
    theirs.clockwork.passes(1)
    theirs.answers_reads()
    theirs.clockwork.runs_dry()
    assert seqs(grace.connection, "lobby") == [1]


def test_every_room_and_every_user_is_asked_about_in_its_turn_while_the_bus_carries(node):
    rooms = [f"room {number}" for number in range(60)]
    for room in rooms:
        node.enters(f"user of {room}", room)
    node.attaches()
    node.clockwork.runs_dry()
    node.answers()
    node.questions.clear()
    asked = []
    for _ in range(TICKS_TO_ASK_ALL):
        node.ticks()
        asked += [(sorted(question.rooms), sorted(question.users)) for question, _ in node.questions]
        node.answers()
    assert sorted(room for some, _ in asked for room in some) == sorted(rooms)
    assert len({user for _, some in asked for user in some}) == 60
    assert max(len(some) for some, _ in asked) < 30


@pytest.mark.parametrize("fault", ["loses everything", "is away"])
def test_who_was_deactivated_elsewhere_is_shown_out_within_ten_seconds_whatever_the_bus_does(node, fault):
    people = [f"person {number}" for number in range(60)]
    for name in people:
        node.enters(name, "lobby")
    node.attaches()
    node.clockwork.runs_dry()
    node.answers()
    if fault == "is away":
        node.bus.breaks()
    # Everybody is asked about once more, and deactivated right after that.
    for _ in range(TICKS_TO_ASK_ALL):
        node.ticks()
        node.answers()
    since, shown_out = node.clockwork.now, {}
    while len(shown_out) < len(people):
        node.clockwork.passes(LATE_TICK_SECONDS)
        node.clockwork.runs_dry()
        node.clockwork.passes(SLOW_ANSWER_SECONDS)
        node.answers(users={})
        shown_out |= {user: node.clockwork.now - since for user, _, _ in node.ended if user not in shown_out}
    assert max(shown_out.values()) <= 10


@pytest.mark.parametrize("has_bus", [True, False])
def test_without_a_bus_every_room_is_asked_about_every_second(has_bus):
    node = Node().joins([], has_bus=has_bus)
    if has_bus:
        node.bus.breaks()
    for number in range(20):
        node.enters("ada", f"room {number}")
    for _ in range(3):
        node.ticks()
        assert len({room for question, _ in node.questions for room in question.rooms}) == 20
        node.answers()


def test_a_database_that_cannot_answer_is_asked_again(node):
    node.enters("ada", "lobby")
    node.attaches()
    node.clockwork.runs_dry()
    for _ in range(3):
        ((question, done),) = node.questions
        node.questions.clear()
        assert "lobby" in question.rooms
        done(None)
        node.ticks()


def test_who_stands_otherwise_than_is_known_is_ended_renamed_and_let_in(node):
    for name in ("ada", "grace", "linus"):
        node.enters(name, "lobby", credential=f"login of {name}")
    node.bus.breaks()
    node.logs["kitchen"] = []
    node.ticks(4)
    known = {name: Somebody(name) for name in ("ada", "grace")}
    renamed = type("Renamed", (), {"id": "ada"})()
    node.answers(users={**known, "ada": renamed}, rooms_of={"grace": ["lobby", "kitchen"]}, ended=["login of grace"])
    assert ("linus", None, CloseCode.FORBIDDEN) in node.ended
    assert ("grace", "login of grace", CloseCode.SIGNED_OUT) in node.ended
    assert renamed in node.changed
    assert {room for _, room, _ in node.descriptions} == {"kitchen"}


def test_news_of_accounts_reach_every_other_node(pair):
    ours, theirs = pair
    ours.neighbours.tell_everybody({"changed": "grace"})
    for channel, message in theirs.bus.arriving:
        theirs.neighbours.heard(channel, message)
    assert (theirs.heard_of, ours.heard_of) == ([{"changed": "grace"}], [])


def test_typing_is_told_again_only_now_and_then(pair):
    ours, theirs = pair
    ada, grace = ours.enters("ada", "lobby"), theirs.enters("grace", "lobby")
    theirs.attaches()
    for _ in range(50):
        ours.hub.typing(ada, "lobby")
    assert len(theirs.bus.arriving) == 1
    theirs.neighbours.heard(*theirs.bus.arriving.pop())
    assert grace.connection.heard[-1] == {"type": "typing", "room": "lobby", "users": ["ada"]}
