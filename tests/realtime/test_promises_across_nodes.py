"""The promises hold on several nodes too, whatever the bus loses: in hundreds of random histories."""

import os

import pytest
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test
from promise_machine import histories, make_world_small
from several_nodes_machine import SeveralNodesMachine
from suspicious_client import PromiseBroken

from hubbub.realtime import holes
from hubbub.realtime.audience import Audience
from hubbub.realtime.holes import Holes
from hubbub.realtime.hub import Hub
from hubbub.realtime.neighbours import Neighbours

HISTORIES = int(os.environ.get("HUBBUB_TEST_HISTORIES", "150"))


@pytest.fixture(autouse=True)
def small_world(monkeypatch):
    """Bounds so small that every history runs into them."""
    make_world_small(monkeypatch)
    monkeypatch.setattr(holes, "HELD_EVENTS", 3)
    monkeypatch.setattr(holes, "READS_AT_ONCE", 1)


@pytest.mark.timeout(600)
def test_every_history_on_several_nodes_keeps_every_promise():
    run_state_machine_as_test(SeveralNodesMachine, settings=histories(HISTORIES))


def never_asks(patch):
    patch.setattr(Neighbours, "_ask_now", lambda self: None)


def does_not_see_holes(patch):
    def faulty(self, audience, event):
        audience.head = event.seq - 1
        audience.announce(event)

    patch.setattr(Holes, "hold", faulty)


def never_reads_what_is_missing(patch):
    patch.setattr(Holes, "_start_reads", lambda self: None)


def loses_what_it_held(patch):
    def faulty(self, audience):
        if (event := next_after(self, audience)) is not None:
            audience.head = event.seq

    next_after = Holes.next_after
    patch.setattr(Holes, "next_after", faulty)


def takes_doubles_for_news(patch):
    announce = Audience.announce

    def faulty(self, event):
        if event.seq <= self.head:
            self.head = event.seq - 1
        announce(self, event)

    def announce_all(self, audience, event):
        audience.announce(event)
        self._take_in(event, audience)

    patch.setattr(Audience, "announce", faulty)
    patch.setattr(Hub, "_announce_to", announce_all)


def lets_nobody_in(patch):
    patch.setattr(Hub, "let_in", lambda self, user_id, room, joined: None)


FAULTS = [
    never_asks,
    does_not_see_holes,
    never_reads_what_is_missing,
    loses_what_it_held,
    takes_doubles_for_news,
    lets_nobody_in,
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_between_nodes_is_found(fault, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(PromiseBroken):
        run_state_machine_as_test(SeveralNodesMachine, settings=histories(1500, derandomize=True, phases=[Phase.generate]))
