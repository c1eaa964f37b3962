"""The votes that are kept of a poll are those of the log."""

from pydantic_core import to_json

from hubbub.checking.message_fate import Fate, KeptState, LaterEvent

ADA = {"id": "ada", "name": "Ada", "kind": "human"}
OPTIONS = {"options": ["tea", "coffee"]}
VOTED = OPTIONS | {"votes": [{"count": 0, "users": []}, {"count": 1, "users": ["ada"]}]}
CLOSED = VOTED | {"closed": {"at": "noon", "by": ADA}}


def later(seq, kind, **fields):
    return LaterEvent("lobby", 2, seq, kind, to_json({"seq": seq, "at": "noon", "by": ADA, **fields}), False)


def faults(poll, *events):
    fate = Fate()
    for event in events:
        fate.take(event)
    kept = KeptState("lobby", 2, to_json({"poll": poll}).decode(), None)
    return [fault.what for fault in fate.faults("lobby", 2, kept)]


def test_votes_and_the_end_are_compared_with_the_log():
    first, second, end = later(3, "poll.voted", choices=[0]), later(4, "poll.voted", choices=[1]), later(5, "poll.closed")

    assert faults(OPTIONS) == faults(VOTED, first, second) == faults(CLOSED, first, second, end) == []
    assert faults(OPTIONS, first, second) == ["room lobby: the votes of 2: {} here, and {1: ['ada']} by the log"]
    assert len(faults(VOTED, second, end)) == len(faults(CLOSED, second)) == 1
    assert faults(OPTIONS, second, later(6, "message.deleted")) == []
