"""The stage itself: what it promises to notice, it notices."""

import pytest

from hubbub.testing import BrokenPromise, Clock, refused
from hubbub.testing.snapshot import RoomNow
from hubbub.testing.view import RoomView

ME, ADA = "m" * 16, "a" * 16
ROOM = {"id": "r" * 16, "kind": "private", "name": "kitchen", "topic": "", "role": "member"}


def view(last_seq=5, read_seq=5):
    made = RoomView({**ROOM, "last_seq": last_seq, "read_seq": read_seq, "unread": 0, "mentions": 0}, ME)
    made.load({"read_seq": read_seq, "unread": 0, "mentions": 0}, {"items": [], "before": None}, [])
    return made


def event(seq, kind="message.created", by=ADA, **fields):
    return {"type": kind, "room": ROOM["id"], "seq": seq, "at": "now", "by": {"id": by, "name": "ada"}, "text": "hi", **fields}


@pytest.mark.parametrize("seq", [5, 7, 1])
def test_a_view_notices_holes_and_repetitions(seq):
    with pytest.raises(BrokenPromise):
        view().apply(event(seq))


def test_a_view_notices_news_after_the_end():
    left = view()
    left.apply(event(6, "member.left", user={"id": ME}))

    with pytest.raises(BrokenPromise):
        left.apply(event(7))


def test_a_view_notices_news_while_it_is_held():
    held = view()
    held.is_held = True

    with pytest.raises(BrokenPromise):
        held.apply(event(6))


def test_a_view_counts_what_is_unread_and_mentions():
    counted = view()
    counted.apply(event(6, mentions=[ME]))
    counted.apply(event(7, mentions=[ADA]))
    counted.apply(event(8, "message.edited", target=7, mentions=[ME], text="ho"))
    assert (counted.room["unread"], counted.room["mentions"]) == (2, 2)

    counted.read_up_to(6)
    assert (counted.room["unread"], counted.room["mentions"]) == (1, 1)
    counted.apply(event(9, by=ME))
    assert (counted.room["read_seq"], counted.room["unread"], counted.room["mentions"]) == (9, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"room": {"unread": 4}},
        {"room": {"last_seq": 9}},
        {"room": {"name": "pantry"}},
        {"page": []},
        {"page": [event(6, text="ho")]},
        {"members": [{"user": {"id": ADA}, "role": "owner"}]},
    ],
)
def test_a_snapshot_that_differs_is_noticed(wrong):
    folded = view()
    folded.apply(event(6))
    now = RoomNow(
        {**folded.room, **wrong.get("room", {})},
        {"items": wrong.get("page", [event(6)]), "before": None},
        wrong.get("members", []),
    )

    assert RoomNow(folded.room, {"items": [event(6)], "before": None}, []).differences(folded) == []
    assert len(now.differences(folded)) == 1


def test_time_passes_only_when_it_is_told_to():
    clock = Clock(1000.0)
    clock.passes(seconds=1, minutes=1, hours=1, days=1)

    assert clock() == clock() == 1000.0 + 1 + 60 + 3600 + 86400


@pytest.mark.anyio
async def test_whoever_sees_something_does_not_see_nothing(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.posts("hi")

    with pytest.raises(AssertionError, match="was to see nothing"):
        await grace.sees_nothing()
    await grace.sees_nothing()


@pytest.mark.anyio
async def test_the_stage_notices_what_a_client_was_not_told(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    grace.rooms[stage.id_of("lobby")].read_up_to(1)
    await ada.posts("hi")

    del grace.rooms[stage.id_of("lobby")].messages[3]

    with pytest.raises(BrokenPromise, match="grace: room 'lobby'"):
        await stage.holds()
    await grace.goes_offline()


@pytest.mark.anyio
@pytest.mark.parametrize("server", ["hubbub", "none"])
async def test_a_chat_mounted_under_a_prefix_is_played_the_same(make_stage, server):
    stage = await make_stage(server=server, prefix="/community/chat")
    ada, grace = await stage.enters("ada"), await stage.enters("grace", by_password=True)

    await ada.posts("hi")

    await grace.sees("hi")
    with refused("not_found"):
        await grace.posts("hi", room="0" * 16)
