"""`@here` means those who are online when it is said, for good."""

import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(make_stage):
    stage = await make_stage()
    cast = {name: await stage.enters(name) for name in ("ada", "grace", "linus", "joan")}
    await cast["joan"].watches("lobby", away=True)
    await cast["linus"].goes_offline()
    return stage, cast


async def mentions_of(person):
    return next(room["mentions"] for room in await person.asks_for_all("rooms") if room["name"] == "lobby")


async def test_those_who_are_online_are_meant_and_it_counts_for_them(room):
    _, cast = room
    seq = await cast["ada"].posts("@here, tea? @linus too")

    event = await cast["grace"].sees("@here, tea? @linus too")

    assert event["mentions"] == [cast["linus"].person.id, "@here", cast["grace"].person.id]
    assert [await mentions_of(actor.person) for actor in cast.values()] == [0, 1, 1, 0]
    found = await cast["grace"].person.asks("GET", "mentions")
    assert [message["seq"] for message in found["items"]] == [seq]


async def test_an_edit_means_the_same_people_and_a_first_here_those_of_then(room):
    _, cast = room
    ada, grace = cast["ada"], cast["grace"]
    seq, other = await ada.posts("@here, tee?"), await ada.posts("anybody?")
    await grace.goes_offline()
    await cast["linus"].comes_back()

    assert (await ada.edits(seq, "@here, tea?"))["mentions"] == ["@here", grace.person.id]
    assert (await ada.edits(other, "@here, anybody?"))["mentions"] == ["@here", cast["linus"].person.id]
    assert "mentions" not in await ada.edits(seq, "tea")
    assert [await mentions_of(actor.person) for actor in cast.values()] == [0, 0, 1, 0]


async def test_nobody_else_is_meant_where_nobody_is_there(room):
    _, cast = room
    await cast["grace"].goes_offline()
    await cast["ada"].posts("@here?")

    assert (await cast["ada"].sees("@here?"))["mentions"] == ["@here"]


async def test_one_who_is_in_another_room_only_is_not_meant(room):
    _, cast = room
    await cast["ada"].makes_room("kitchen", cast["linus"])
    await cast["ada"].posts("@here?", room="kitchen")

    assert (await cast["grace"].person.asks("GET", "mentions"))["items"] == []
