"""Who comes into a room and who leaves it while it is delivered: nothing to outsiders, everything to members."""

import pytest
from hub_stage import Somebody, Stage, seqs


@pytest.fixture
def stage():
    return Stage()


def leaves(stage, name, room="lobby"):
    return stage.happens(room, "member.left", by=name, user=Somebody(name).person)


def joins(stage, name, room="lobby"):
    return stage.happens(room, "member.joined", by=name, user=Somebody(name).person, role="member")


def describes(stage, room="lobby", last_seq=None):
    done = stage.descriptions.pop(0)[-1]
    done({"id": room, "last_seq": len(stage.logs[room]) if last_seq is None else last_seq})


def kinds(session):
    return [frame["type"] for frame in session.connection.heard]


def test_a_removed_member_gets_everything_up_to_the_removal_and_nothing_after_it(stage):
    removed, stays = stage.enters("linus", "lobby"), stage.enters("ada", "lobby")

    stage.hub.announce([stage.happens("lobby"), leaves(stage, "linus"), stage.happens("lobby")])
    stage.clockwork.runs_dry()

    assert kinds(removed) == ["message.created", "member.left", "room.removed"]
    assert seqs(stays.connection, "lobby") == [1, 2, 3]
    assert removed.rooms == {}


def test_a_removed_member_who_is_slow_gets_no_more_than_that_however_often_it_asks(stage):
    removed = stage.enters("linus", "lobby")
    removed.connection.stalls()
    stage.clockwork.runs_dry()
    stage.hub.announce([stage.happens("lobby"), leaves(stage, "linus"), stage.happens("lobby")])
    stage.clockwork.runs_dry()

    stage.hub.sync(removed, "lobby", 0)
    removed.connection.drains()
    stage.posts("lobby")

    assert kinds(removed) == ["message.created", "member.left", "room.removed"]


def test_a_slow_member_who_left_twice_gets_nothing_from_between(stage):
    slow = stage.enters("linus", "lobby")
    slow.connection.stalls()
    stage.clockwork.runs_dry()
    events = [leaves(stage, "linus"), stage.happens("lobby"), joins(stage, "linus"), leaves(stage, "linus")]
    stage.hub.announce(events)
    stage.clockwork.runs_dry()

    slow.connection.drains()

    assert kinds(slow) == ["member.left", "room.removed"]
    assert stage.descriptions == []


def test_a_slow_member_who_left_and_came_back_is_told_both(stage):
    slow = stage.enters("linus", "lobby")
    slow.connection.stalls()
    stage.clockwork.runs_dry()
    stage.hub.announce([leaves(stage, "linus"), stage.happens("lobby"), joins(stage, "linus")])
    stage.clockwork.runs_dry()
    assert stage.descriptions == []

    slow.connection.drains()
    describes(stage)
    stage.posts("lobby")

    assert kinds(slow) == ["member.left", "room.removed", "room.added", "message.created"]
    assert seqs(slow.connection, "lobby") == [1, 4]


def test_a_new_member_gets_the_room_and_then_what_comes_after_it(stage):
    joiner = stage.enters("linus")
    stage.hub.announce([joins(stage, "linus"), stage.happens("lobby")])
    describes(stage, last_seq=1)

    stage.answers_reads()
    stage.posts("lobby")

    assert kinds(joiner) == ["room.added", "message.created", "message.created"]
    assert seqs(joiner.connection, "lobby") == [2, 3]


def test_a_description_from_an_earlier_membership_is_not_taken_for_the_new_one(stage):
    joiner = stage.enters("linus")
    stage.hub.announce([joins(stage, "linus"), leaves(stage, "linus"), stage.happens("lobby"), joins(stage, "linus")])

    describes(stage, last_seq=1)
    assert kinds(joiner) == []
    describes(stage)

    assert kinds(joiner) == ["room.added"]


def test_rooms_that_were_read_before_what_began_here_with_are_read_again(stage):
    stage.happens("lobby")
    leaves(stage, "linus")
    stage.enters("ada", "lobby")  # her snapshot holds both, before any of them was announced

    assert stage.hub.is_ahead_of([{"id": "kitchen", "last_seq": 0}, {"id": "lobby", "last_seq": 1}])
    assert not stage.hub.is_ahead_of([{"id": "kitchen", "last_seq": 0}, {"id": "lobby", "last_seq": 2}])


def test_a_description_from_before_what_began_here_with_is_asked_for_again(stage):
    joiner = stage.enters("linus")
    stage.hub.announce([joins(stage, "linus")])
    leaves(stage, "linus")
    stage.enters("ada", "lobby")

    describes(stage, last_seq=1)
    assert kinds(joiner) == []
    _, _, done = stage.descriptions.pop()
    done(None)

    assert (kinds(joiner), joiner.adding) == ([], {})


def test_late_news_of_an_earlier_membership_end_no_later_one(stage):
    joiner = stage.enters("linus")
    joined, left, rejoined = joins(stage, "linus"), leaves(stage, "linus"), joins(stage, "linus")
    stage.hub.announce([rejoined, joined, left])
    assert joiner.adding == {"lobby": 3}


def test_a_removal_that_is_told_again_ends_no_membership_that_began_since(stage):
    member = stage.enters("linus", "lobby")
    events = [leaves(stage, "linus"), joins(stage, "linus")]
    stage.hub.announce(events)
    describes(stage)
    stage.hub.announce(events[:1])
    stage.posts("lobby")
    assert kinds(member) == ["member.left", "room.removed", "room.added", "message.created"]


def test_who_left_last_and_came_back_behind_a_hole_is_let_in_again(stage):
    member = stage.enters("linus", "lobby")
    events = [stage.happens("lobby"), leaves(stage, "linus"), stage.happens("lobby"), joins(stage, "linus")]
    stage.hub.announce(events[1:])
    stage.clockwork.passes(1)
    stage.answers_reads()
    stage.clockwork.runs_dry()
    describes(stage)
    assert kinds(member) == ["message.created", "member.left", "room.removed", "room.added"]


def test_a_change_while_a_session_loads_makes_it_stale(stage):
    loading = stage.enters("linus")
    loading.is_loading = True

    stage.hub.announce([joins(stage, "linus")])

    assert (loading.is_stale, stage.descriptions) == (True, [])
