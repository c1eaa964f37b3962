"""Nothing lost, nothing twice, nothing out of order, nothing to outsiders: in hundreds of random histories."""

import os

import pytest
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test
from promise_machine import PromiseMachine, histories, make_world_small
from suspicious_client import PromiseBroken

from hubbub.realtime.audience import Audience
from hubbub.realtime.catch_up import CatchUp
from hubbub.realtime.hub import Hub
from hubbub.realtime.outbox import Batch

HISTORIES = int(os.environ.get("HUBBUB_TEST_HISTORIES", "200"))


@pytest.fixture(autouse=True)
def small_world(monkeypatch):
    make_world_small(monkeypatch)


@pytest.mark.timeout(600)
def test_every_history_keeps_every_promise():
    steps_before = PromiseMachine.steps
    run_state_machine_as_test(PromiseMachine, settings=histories(HISTORIES))
    assert PromiseMachine.steps - steps_before > 10 * HISTORIES


# The machine is worth something only if it goes red: each of these is a fault that such code has had somewhere.


def loses_an_event(patch):
    begin = Audience._begin_flush

    def faulty(self, shared=frozenset()):
        if len(self._pending) > 2:
            del self._pending[1]
        begin(self, shared)

    patch.setattr(Audience, "_begin_flush", faulty)


def sends_twice(patch):
    patch.setattr(Audience, "_write", lambda self, count: [one.connection.take(self._batch) for one in self._flushing or () for _ in "12"])
    patch.setattr(Audience, "_flush_slice", lambda self: (self._write(1), self._end_flush()))


def swaps_two_events(patch):
    begin = Audience._begin_flush

    def faulty(self, shared=frozenset()):
        self._pending[-2:] = reversed(self._pending[-2:])
        begin(self, shared)

    patch.setattr(Audience, "_begin_flush", faulty)


def gives_memory_one_off(patch):
    patch.setattr(Audience, "_tail_from", property(lambda self: self.head - len(self._tail)))


def goes_on_after_the_end(patch):
    patch.setattr(Audience, "expel", lambda self, session, seq: None)


def goes_live_too_early(patch):
    def faulty(self, session, last_seq, cursor, *, is_held=False):
        session.rooms[self.room] = self
        self.live[session] = None

    patch.setattr(Audience, "join", faulty)


def never_wakes_those_behind(patch):
    patch.setattr(Audience, "_advance_all", lambda self: None)


def flushes_to_the_lagging_twice(patch):
    def faulty(self, session):
        if session in self.live:
            del self.live[session]
            self.behind[session] = CatchUp(self.delivered)

    patch.setattr(Audience, "fall_behind", faulty)


def trusts_old_snapshots(patch):
    patch.setattr(Hub, "_note_unheard", lambda self, room, seq: None)


def never_reads_again(patch):
    patch.setattr(Hub, "let_in", lambda self, user_id, room, joined: None)


def remembers_deleted_words(patch):
    patch.setattr(Audience, "forget_words", lambda self: None)


def spoils_the_bytes(patch):
    prepare = Audience.hand_over

    def faulty(self, session, catch_up, seqs, batch):
        prepare(self, session, catch_up, seqs, Batch([*batch.frames[:-1], type(batch.frames[0])(batch.frames[-1].payload + b" ")]))

    patch.setattr(Audience, "hand_over", faulty)


def keeps_audiences_of_nobody(patch):
    patch.setattr(Hub, "_drop_if_empty", lambda self, audience: None)


def forgets_a_rejoin(patch):
    patch.setattr(Audience, "is_leaving", lambda self, session: False)


FAULTS = [
    loses_an_event,
    sends_twice,
    swaps_two_events,
    gives_memory_one_off,
    goes_on_after_the_end,
    goes_live_too_early,
    never_wakes_those_behind,
    flushes_to_the_lagging_twice,
    trusts_old_snapshots,
    never_reads_again,
    remembers_deleted_words,
    spoils_the_bytes,
    keeps_audiences_of_nobody,
    forgets_a_rejoin,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(PromiseBroken):
        run_state_machine_as_test(PromiseMachine, settings=histories(1500, derandomize=True, phases=[Phase.generate]))
