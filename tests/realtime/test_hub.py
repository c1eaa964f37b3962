"""Delivery to many: who gets what, in how many writes, and what a slow one costs the others."""

import pytest
from hub_stage import RecordingConnection, Stage, recorded, seqs

from hubbub.protocol import frames
from hubbub.protocol.codes import CloseCode
from hubbub.realtime import audience, holes, hub, reads
from hubbub.realtime.connections import PreparedConnection


class Wire:
    """What a server offers with the extension, as far as the hub uses it."""

    framed = 0
    is_lagging = False
    buffered_bytes = 0

    def __init__(self):
        self.written = []

    def frame(self, payload):
        Wire.framed += 1
        return b"<" + payload + b">"

    def write(self, data):
        self.written.append(data)

    @staticmethod
    def write_to_each(wires, data):
        for wire in wires:
            wire.write(data)


@pytest.fixture
def stage():
    return Stage()


def test_a_thousand_members_get_the_same_bytes_framed_once_in_one_write(stage):
    wires = [Wire() for _ in range(1000)]
    for number, wire in enumerate(wires):
        stage.enters(f"user {number}", "lobby", connection=PreparedConnection(wire))
    Wire.framed = 0

    stage.posts("lobby", count=3)

    assert Wire.framed == 3
    assert {len(wire.written) for wire in wires} == {1}
    assert len({id(wire.written[0]) for wire in wires}) == 1
    assert wires[0].written[0].count(b"<{") == 3


def test_a_flush_to_many_is_sliced_so_that_others_get_their_turn(stage, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 10)
    many = [stage.enters(f"user {number}", "lobby") for number in range(35)]
    few = stage.enters("linus", "kitchen")

    stage.hub.announce([stage.happens("lobby"), stage.happens("kitchen")])
    stage.clockwork.turn()

    assert sum(len(session.connection.batches) for session in many) == 10
    assert seqs(few.connection, "kitchen") == [1]
    stage.clockwork.runs_dry()
    assert {tuple(seqs(session.connection, "lobby")) for session in many} == {(1,)}


def test_what_comes_during_a_flush_goes_out_together_after_it(stage, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 1)
    members = [stage.enters(name, "lobby") for name in ("ada", "grace", "linus")]
    for _ in range(4):
        stage.hub.announce([stage.happens("lobby")])
        stage.clockwork.turn()

    stage.clockwork.runs_dry()

    assert [seqs(member.connection, "lobby") for member in members] == [[1, 2, 3, 4]] * 3
    assert [len(member.connection.batches) for member in members] == [2, 2, 2]


def test_news_of_several_rooms_go_along_with_one_another_to_those_who_are_in_both(stage):
    both = stage.enters("ada", "lobby", "kitchen")
    one = stage.enters("grace", "kitchen")
    both.connection.took_along = one.connection.took_along = 0

    stage.hub.announce([stage.happens("lobby"), stage.happens("kitchen")])
    stage.clockwork.runs_dry()

    assert seqs(both.connection, "lobby") == seqs(both.connection, "kitchen") == [1]
    assert both.connection.took_along == 2
    assert seqs(one.connection, "kitchen") == [1]
    assert one.connection.took_along == 0


def test_who_syncs_in_the_middle_of_a_flush_of_several_rooms_gets_nothing_twice(stage, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 1)
    others = [stage.enters(name, "lobby", "kitchen") for name in ("grace", "linus", "joan")]
    ada = stage.enters("ada", "lobby", "kitchen")
    stage.hub.announce([stage.happens("lobby"), stage.happens("kitchen")])
    stage.clockwork.turn()

    stage.hub.sync(ada, "lobby", 0)
    stage.clockwork.runs_dry()
    stage.answers_reads()
    stage.clockwork.runs_dry()

    assert [seqs(session.connection, "lobby") for session in (*others, ada)] == [[1]] * 4
    assert [seqs(session.connection, "kitchen") for session in (*others, ada)] == [[1]] * 4


def test_commits_meet_in_one_write_while_more_is_on_its_way(stage, monkeypatch):
    def take_slowly(connection, batch, take=RecordingConnection.take):
        stage.clockwork.now += 0.004
        take(connection, batch)

    monkeypatch.setattr(RecordingConnection, "take", take_slowly)
    member = stage.enters("ada", "lobby")
    stage.has_more_coming = True
    stage.hub.announce([stage.happens("lobby")])
    stage.clockwork.turn()
    for _ in range(3):
        stage.hub.announce([stage.happens("lobby")])
        stage.clockwork.passes(0.0005)
    assert len(member.connection.batches) == 1

    stage.clockwork.passes(0.002)

    assert [len(batch.frames) for batch in member.connection.batches] == [1, 3]


def test_a_session_that_lags_in_the_middle_of_a_flush_gets_nothing_twice_and_nothing_missing(stage, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 1)
    first, slow, last = (stage.enters(name, "lobby") for name in ("ada", "grace", "linus"))
    stage.hub.announce([stage.happens("lobby"), stage.happens("lobby")])
    stage.clockwork.turn()
    slow.connection.stalls()
    stage.clockwork.runs_dry()
    stage.posts("lobby", count=2)
    assert seqs(slow.connection, "lobby") == [1, 2]

    slow.connection.drains()
    stage.posts("lobby")

    assert [seqs(member.connection, "lobby") for member in (first, slow, last)] == [[1, 2, 3, 4, 5]] * 3
    assert stage.reads == []


def test_a_slow_client_is_brought_up_from_the_journal_at_its_own_pace(stage, monkeypatch):
    monkeypatch.setattr(audience, "TAIL_EVENTS", 2)
    slow, quick = stage.enters("grace", "lobby"), stage.enters("ada", "lobby")
    slow.connection.stalls()
    stage.clockwork.runs_dry()
    stage.posts("lobby", count=10)
    assert (seqs(slow.connection, "lobby"), seqs(quick.connection, "lobby")) == ([], list(range(1, 11)))

    slow.connection.drains()
    while stage.answers_reads(at_most=3):
        stage.clockwork.runs_dry()

    assert seqs(slow.connection, "lobby") == list(range(1, 11))


def test_those_who_come_back_together_share_one_read_and_its_bytes(stage):
    for _ in range(20):
        stage.happens("lobby")
    back = [stage.enters(f"user {number}", "lobby", cursor=5) for number in range(50)]

    assert stage.answers_reads() == 1

    assert {tuple(seqs(session.connection, "lobby")) for session in back} == {tuple(range(6, 21))}
    assert len({id(session.connection.batches[0]) for session in back}) == 1


def test_one_session_never_has_two_reads_under_way(stage):
    for room in ("lobby", "kitchen", "attic"):
        for _ in range(3):
            stage.happens(room)
    session = stage.enters("ada", "lobby", "kitchen", "attic", cursor=0)

    for _ in range(3):
        assert stage.answers_reads() == 1

    assert [seqs(session.connection, room) for room in ("lobby", "kitchen", "attic")] == [[1, 2, 3]] * 3
    assert stage.reads == []


def test_a_read_that_fails_is_made_again_a_little_later(stage):
    stage.happens("lobby")
    session = stage.enters("ada", "lobby", cursor=0)
    stage.answers_reads(fails=True)
    assert stage.reads == []

    stage.clockwork.passes(reads.READ_AGAIN_SECONDS)
    stage.answers_reads()

    assert seqs(session.connection, "lobby") == [1]


@pytest.mark.parametrize("rows", [[], [(2, b"{}")], [(1, b"{}"), (3, b"{}")]])
def test_a_session_is_closed_rather_than_given_a_hole(stage, rows, caplog):
    for _ in range(3):
        stage.happens("lobby")
    session = stage.enters("ada", "lobby", cursor=0)

    stage.reads.pop()[-1](rows)

    assert (session.connection.taken, session.connection.closed[0]) == ([], CloseCode.INTERNAL_ERROR)
    assert stage.hub.sessions() == []
    assert "rather than given a hole" in caplog.text


def test_what_is_missing_is_read_from_the_journal_before_what_came_after_it(stage):
    listener = stage.enters("ada", "lobby")
    events = [stage.happens("lobby") for _ in range(5)]

    stage.hub.announce([events[2], events[4]])
    stage.clockwork.runs_dry()
    assert (seqs(listener.connection, "lobby"), stage.reads) == ([], [])  # it may be on its way

    stage.clockwork.passes(1)
    assert [read[:3] for read in stage.reads] == [("lobby", 0, 2)]
    stage.answers_reads()
    stage.answers_reads()
    stage.clockwork.runs_dry()

    assert seqs(listener.connection, "lobby") == [1, 2, 3, 4, 5]
    assert listener.connection.closed is None


def test_news_that_come_late_close_the_hole_and_nothing_is_read(stage):
    listener = stage.enters("ada", "lobby")
    events = [stage.happens("lobby") for _ in range(4)]

    stage.hub.announce([events[3], events[1]])
    stage.hub.announce([events[0], events[1], events[2], events[0]])
    stage.clockwork.passes(1)
    stage.clockwork.runs_dry()

    assert (seqs(listener.connection, "lobby"), stage.reads) == ([1, 2, 3, 4], [])


def test_a_journal_that_cannot_be_read_is_asked_again_until_the_hole_is_filled(stage):
    listener = stage.enters("ada", "lobby")
    events = [stage.happens("lobby") for _ in range(2)]
    stage.hub.announce(events[1:])
    for _ in range(3):
        stage.clockwork.passes(1)
        assert stage.answers_reads(fails=True) == 1

    stage.clockwork.passes(1)
    stage.answers_reads()
    stage.clockwork.runs_dry()

    assert seqs(listener.connection, "lobby") == [1, 2]


def test_more_than_is_held_back_is_read_when_its_turn_comes(stage, monkeypatch):
    monkeypatch.setattr(holes, "HELD_EVENTS", 2)
    listener = stage.enters("ada", "lobby")
    events = [stage.happens("lobby") for _ in range(9)]
    for event in events[1:]:
        stage.hub.announce([event])
    stage.clockwork.passes(1)
    while stage.answers_reads(at_most=2):
        stage.clockwork.runs_dry()
    assert seqs(listener.connection, "lobby") == list(range(1, 10))


def test_a_hint_at_what_the_journal_does_not_have_is_forgotten(stage, caplog):
    listener = stage.enters("ada", "lobby")
    stage.hub.holes.note(listener.rooms["lobby"], 7)
    stage.answers_reads()
    stage.posts("lobby")
    assert seqs(listener.connection, "lobby") == [1]
    assert "the journal ends at 0" in caplog.text
    assert not stage.hub.holes


def test_news_that_came_before_anybody_listened_are_not_missed(stage):
    seen = len(stage.logs.setdefault("lobby", []))
    stage.posts("lobby", count=2)  # while somebody's rooms were being read
    late = stage.enters("ada", connection=RecordingConnection())
    stage.hub.listen(late, "lobby", seen, seen)

    stage.answers_reads()
    stage.posts("lobby")

    assert seqs(late.connection, "lobby") == [1, 2, 3]


def test_a_fault_in_one_connection_harms_no_other(stage, caplog):
    class Broken(RecordingConnection):
        def take(self, batch):
            raise RuntimeError("the handler is closed")

    before = stage.enters("ada", "lobby")
    broken = stage.enters("grace", "lobby", connection=Broken())
    after = stage.enters("linus", "lobby")

    stage.posts("lobby")
    stage.posts("lobby")

    assert [seqs(session.connection, "lobby") for session in (before, after)] == [[1, 2], [1, 2]]
    assert (broken.connection.closed[0], stage.hub.knows(broken)) == (CloseCode.INTERNAL_ERROR, False)
    assert "the handler is closed" in caplog.text


# Sync


def test_sync_goes_back_and_on_in_the_middle_of_a_flush_without_a_repetition(stage, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 1)
    first, second = stage.enters("ada", "lobby"), stage.enters("grace", "lobby")
    stage.posts("lobby", count=3)
    stage.hub.announce([stage.happens("lobby")])
    stage.clockwork.turn()
    for session in (first, second):
        session.connection.taken.clear()
        stage.hub.sync(session, "lobby", 1)

    stage.clockwork.runs_dry()

    assert [seqs(session.connection, "lobby") for session in (first, second)] == [[2, 3, 4]] * 2


def test_sync_to_what_the_news_have_not_reached_yet_waits_for_them(stage):
    session = stage.enters("ada", "lobby")
    ahead = stage.enters("grace", connection=RecordingConnection())
    events = [stage.happens("lobby") for _ in range(3)]
    stage.hub.listen(ahead, "lobby", 2, 2)
    stage.hub.sync(ahead, "lobby", 2)

    stage.hub.announce(events)
    stage.clockwork.runs_dry()

    assert (seqs(session.connection, "lobby"), seqs(ahead.connection, "lobby")) == ([1, 2, 3], [3])


# Signals, and the end


def test_typing_is_told_to_the_others_and_never_to_oneself(stage):
    ada, ada_too, grace, linus = (stage.enters(name, "lobby") for name in ("ada", "ada", "grace", "linus"))
    outsider = stage.enters("mary", "kitchen")

    stage.hub.typing(ada, "lobby")
    stage.hub.typing(ada, "lobby")
    stage.hub.typing(grace, "lobby")

    def names(session):
        return [frame["users"] for frame in session.connection.heard]

    assert names(ada) == names(ada_too) == [["grace"]]
    assert names(grace) == [["ada"]]
    assert names(linus) == [["ada"], ["ada", "grace"]]
    assert names(outsider) == []
    stage.posts("lobby", by="ada")
    stage.clockwork.passes(10)
    assert [frame["users"] for frame in linus.connection.heard if frame["type"] == "typing"][2:] == [["grace"], []]
    assert not stage.clockwork.is_waiting


def test_typing_and_stopping_again_and_again_keeps_one_timer(stage):
    ada = stage.enters("ada", "lobby")
    for _ in range(20):
        stage.hub.typing(ada, "lobby")
        stage.posts("lobby", by="ada")

    assert len(stage.clockwork._later) == 1


def test_typing_goes_only_to_those_who_watch_the_room_and_keep_up(stage):
    ada, grace, linus = (stage.enters(name, "lobby") for name in ("ada", "grace", "linus"))
    grace.watching = frozenset({"kitchen"})
    linus.connection.stalls()

    stage.hub.typing(ada, "lobby")

    assert (grace.connection.taken, linus.connection.taken) == ([], [])


def test_a_user_is_told_on_all_devices_but_the_one_that_knows(stage):
    here, there, elsewhere = stage.enters("ada"), stage.enters("ada"), stage.enters("grace")
    loading, slow = stage.enters("ada"), stage.enters("ada")
    loading.is_loading = True
    slow.connection.stalls()

    stage.hub.tell_user("ada", frames.ok(1), but=here)

    assert [len(session.connection.taken) for session in (here, there, elsewhere, loading, slow)] == [0, 1, 0, 0, 0]


def test_ending_one_login_ends_its_sessions_and_no_others(stage):
    phone, laptop = stage.enters("ada", "lobby", credential="phone"), stage.enters("ada", "lobby", credential="laptop")
    grace = stage.enters("grace", "lobby", credential="phone")

    stage.hub.end_sessions("ada", "phone", CloseCode.SIGNED_OUT, "signed out")
    stage.posts("lobby")

    assert phone.connection.closed == (CloseCode.SIGNED_OUT, "signed out")
    assert [seqs(session.connection, "lobby") for session in (phone, laptop, grace)] == [[], [1], [1]]
    assert not stage.hub.knows(phone)
    stage.hub.end_sessions("ada", None, CloseCode.FORBIDDEN, "deactivated")
    assert laptop.connection.closed[0] == CloseCode.FORBIDDEN
    assert grace.connection.closed is None


def test_nothing_is_kept_of_those_who_went(stage):
    sessions = [stage.enters(name, "lobby", "kitchen") for name in ("ada", "ada", "grace")]
    stage.posts("lobby")

    for session in sessions:
        stage.hub.close(session)
        stage.hub.close(session)

    assert (stage.hub.sessions(), stage.hub._sessions, stage.hub._audiences) == ([], {}, {})


def test_the_memory_of_rooms_without_listeners_is_bounded(stage, monkeypatch):
    monkeypatch.setattr(hub, "UNHEARD_ROOMS", 3)
    for number in range(10):
        stage.hub.announce([recorded(f"room {number}", 1)])

    assert list(stage.hub._unheard) == ["room 7", "room 8", "room 9"]


def test_deleted_words_are_forgotten_at_once(stage):
    stage.enters("ada", "lobby")
    stage.posts("lobby", count=2)
    stage.hub.announce([stage.happens("lobby", "message.deleted", target=1)])
    stage.clockwork.runs_dry()

    stage.enters("grace", "lobby", cursor=0)

    assert [read[:3] for read in stage.reads] == [("lobby", 0, 3)]
