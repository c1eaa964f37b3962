"""Who is there is told to those who look, and to nobody else."""

import pytest

pytestmark = pytest.mark.anyio


async def test_who_watches_sees_who_is_there_who_looks_away_and_who_goes(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    await ada.watches("lobby")
    await ada.hears("presence", users={ada.person.id: "online", grace.person.id: "online"})

    await grace.watches("lobby", away=True)
    await ada.hears("presence", users={grace.person.id: "away"})
    await grace.watches("lobby")
    await ada.hears("presence", users={grace.person.id: "online"})
    await grace.goes_offline()
    await ada.hears("presence", users={grace.person.id: "offline"})


async def test_who_does_not_watch_is_told_nothing(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.watches("lobby")
    linus = await stage.enters("linus")
    await grace.hears("presence", users={linus.person.id: "online"})
    assert not [frame for frame in (*ada.line.frames, *linus.line.frames) if frame["type"] == "presence"]
