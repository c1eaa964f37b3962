"""One session's way through a room's journal: every small case there is."""

from itertools import product

import pytest

from hubbub.realtime.catch_up import CatchUp, HoleInJournal, Step

SEQS = range(5)


def every_case():
    yield from product(SEQS, SEQS, range(1, 6), (None, *SEQS), (False, True), (False, True), (False, True))


def test_every_small_case_is_decided_as_the_promises_say():
    steps = {}
    for case in every_case():
        cursor, delivered, tail_from, until, is_held, is_reading, is_lagging = case
        catch_up = CatchUp(cursor, is_held=is_held)
        catch_up.until, catch_up.is_reading = until, is_reading
        step = catch_up.next_step(delivered, tail_from, is_lagging=is_lagging)
        allowed = min(delivered, until if until is not None else delivered)
        steps[step] = steps.get(step, 0) + 1
        if is_reading:
            assert step is Step.WAIT, case
        if step in (Step.READ, Step.TAKE_TAIL):
            assert cursor < allowed, case
            assert (is_held, is_lagging) == (False, False), case
            assert (step is Step.TAKE_TAIL) == (cursor + 1 >= tail_from), case
        if step is Step.GO_LIVE:
            assert (cursor, until, is_held, is_lagging) == (delivered, None, False, False), case
        if step is Step.END:
            assert until is not None, case
            assert is_held or cursor >= until, case
    assert steps.keys() == set(Step)


def test_whoever_can_go_on_is_never_left_waiting():
    for case in every_case():
        cursor, delivered, tail_from, until, is_held, is_reading, is_lagging = case
        if is_held or is_reading or is_lagging:
            continue
        catch_up = CatchUp(cursor)
        catch_up.until = until
        step = catch_up.next_step(delivered, tail_from, is_lagging=False)
        assert (step is not Step.WAIT) or cursor >= catch_up.goal(delivered), case


@pytest.mark.parametrize("cursor", SEQS)
def test_a_catch_up_always_reaches_live_whatever_a_read_gives(cursor):
    for delivered, tail_from, size in product(range(cursor, 12), range(1, 13), (1, 2, 5)):
        catch_up = CatchUp(cursor)
        sent = []
        while (step := catch_up.next_step(delivered, tail_from, is_lagging=False)) is not Step.GO_LIVE:
            count = size if step is Step.READ else delivered
            seqs = range(catch_up.cursor + 1, min(delivered, catch_up.cursor + count) + 1)
            catch_up.accept(seqs)
            sent += seqs
        assert sent == list(range(cursor + 1, delivered + 1))


@pytest.mark.parametrize("seqs", [[4], [2], [1, 2], [3, 5], [3, 3], [3, 2], [0]])
def test_events_that_do_not_follow_on_are_refused(seqs):
    catch_up = CatchUp(2)

    with pytest.raises(HoleInJournal, match="expected seq"):
        catch_up.accept(seqs)


def test_the_end_of_a_membership_is_never_stepped_over():
    catch_up = CatchUp(2)
    catch_up.until = 4

    assert catch_up.goal(delivered=9) == 4
    catch_up.accept([3, 4])
    assert catch_up.next_step(9, 1, is_lagging=True) is Step.END


def test_what_was_not_announced_yet_is_not_read():
    catch_up = CatchUp(8)

    assert catch_up.next_step(delivered=5, tail_from=9, is_lagging=False) is Step.WAIT
    catch_up.cursor = 4
    assert catch_up.next_step(delivered=5, tail_from=9, is_lagging=False) is Step.READ
    assert catch_up.goal(delivered=5) == 5
