"""The rules that a room can have: who may post in it, and what those see who join it."""

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


async def test_the_description_is_part_of_the_room(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    garden = await ada.makes_room("garden", grace, description="Roses.\n\nAnd weeds.")
    assert grace.rooms[garden].room["description"] == "Roses.\n\nAnd weeds."

    await ada.changes("garden", description="  Weeds \n only ")

    await grace.hears("room.changed", description="Weeds\n only")
    assert (await grace.person.asks("GET", f"rooms/{garden}"))["description"] == "Weeds\n only"
    with refused("too_large"):
        await ada.changes("garden", description="x" * 1001)
    with refused("invalid"):
        await ada.changes("garden", description="\u202etxet")


async def test_in_an_announcement_room_only_those_who_moderate_post(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    boss = await any_stage.enters("boss", role="admin")
    news = await ada.makes_room("news", grace, boss, posting="moderators")
    assert {actor.rooms[news].room["posting"] for actor in (ada, grace, boss)} == {"moderators"}

    await ada.posts("We moved.", room="news")
    await boss.posts("To the third floor.", room="news")
    for by_rest in (False, True):
        with refused("forbidden"):
            await grace.posts("Where is the lift?", room="news", by_rest=by_rest)

    await ada.promotes(grace, "admin", in_="news")
    await grace.posts("The lift works again.", room="news")
    await ada.promotes(grace, "member", in_="news")
    await ada.changes("news", posting="everyone")
    await grace.posts("Now everybody may.", room="news")


async def test_in_a_crowd_of_messages_only_those_that_may_be_posted_are(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    news = await ada.makes_room("news", grace, posting="moderators")

    async with stage.in_a_hurry():
        asked = [
            await actor.line.begins_to_say("send", room=news, key=f"{actor.person.name}-{n}", text=f"{actor.person.name} {n}")
            for n in range(40)
            for actor in (ada, grace)
        ]
        for n, answer in enumerate(asked):
            if n % 2:
                with refused("forbidden"):
                    await (ada, grace)[n % 2].line.answer(answer)
            else:
                await ada.line.answer(answer)

    page = await ada.person.asks("GET", f"rooms/{news}/messages")
    assert [message["text"] for message in page["items"]] == [f"ada {n}" for n in range(40)]


async def test_who_joins_a_room_that_keeps_its_past_sees_what_comes_from_then_on(any_stage):
    ada, grace, linus = [await any_stage.enters(name) for name in ("ada", "grace", "linus")]
    cellar = await ada.makes_room("cellar", linus, history="joined")
    secret = await ada.posts("swordfish", room="cellar")
    await ada.adds(grace, to="cellar")
    first = grace.rooms[cellar].room["first_seq"]
    said = await ada.posts("@grace welcome", room="cellar")
    await grace.sees("@grace welcome")

    address = f"rooms/{cellar}"
    told = [
        await grace.person.asks("GET", f"{address}/messages", params=params)
        for params in (
            {},
            {"before": said},
            {"before": 2},
            {"after": 0},
            {"after": said},
            {"around": secret},
            {"around": said},
            {"limit": 1},
        )
    ]
    told += [
        await grace.person.asks("GET", f"{address}/events", params=params) for params in ({}, {"after": 0}, {"after": secret, "limit": 1})
    ]
    assert "swordfish" not in str(told)
    assert all(item["seq"] >= first for page in told for item in page["items"])
    assert [page["before"] for page in told[:8]] == [None] * 4 + [said + 1] + [None] * 3
    assert [message["text"] for message in told[0]["items"]] == ["@grace welcome"]
    for attempt in (
        lambda: grace.edits(secret, "mine", room="cellar"),
        lambda: grace.deletes(secret, room="cellar"),
    ):
        with refused("not_found"):
            await attempt()
    assert linus.rooms[cellar].room["first_seq"] < secret


async def test_by_no_cursor_one_comes_to_what_was_before(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    cellar = await ada.makes_room("cellar", history="joined")
    await ada.posts("swordfish", room="cellar")
    await ada.adds(grace, to="cellar")
    first = grace.rooms[cellar].room["first_seq"]
    await ada.posts("after", room="cellar")

    await grace.goes_offline()
    await grace.comes_back(cursors={cellar: 0})
    await grace.sees("after")
    await grace.line.says("sync", room=cellar, after=0, on_ok=lambda _: grace.rooms[cellar].__setattr__("cursor", first - 1))
    await grace.hears("message.created", text="after")

    assert "swordfish" not in str(grace.line.frames)
    assert min(frame["seq"] for frame in grace.line.frames if frame.get("room") == cellar and "by" in frame) == first


async def test_one_who_comes_back_to_such_a_room_begins_anew(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    cellar = await ada.makes_room("cellar", grace, history="joined")
    await ada.posts("for both", room="cellar")
    await grace.goes_offline()
    await ada.removes(grace, from_="cellar")
    await ada.posts("swordfish", room="cellar")
    await ada.adds(grace, to="cellar")

    await grace.comes_back()

    assert "swordfish" not in str(grace.line.frames)
    assert grace.rooms[cellar].messages == {}


async def test_another_rule_holds_for_those_who_join_from_then_on(stage):
    ada, grace, linus, margaret = [await stage.enters(name) for name in ("ada", "grace", "linus", "margaret")]
    cellar = await ada.makes_room("cellar", history="joined")
    await ada.posts("one", room="cellar")
    await ada.adds(grace, to="cellar")
    await ada.changes("cellar", history="all")
    await ada.adds(linus, to="cellar")
    await ada.changes("cellar", history="joined")
    await ada.adds(margaret, to="cellar")

    seen = [[message["text"] for message in actor.rooms[cellar].messages.values()] for actor in (ada, grace, linus, margaret)]

    assert seen == [["one"], [], ["one"], []]


async def test_public_rooms_have_no_such_past(stage):
    ada = await stage.enters("ada")
    with refused("invalid"):
        await ada.makes_room("garden", kind="public", history="joined")
    await ada.makes_room("garden", kind="public")
    with refused("invalid"):
        await ada.changes("garden", history="joined")


async def test_public_rooms_are_found_by_words_of_their_name_or_topic(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    visitor = await stage.enters("visitor", role="guest")
    await ada.makes_room("Garden", grace, kind="public", topic="Roses, mostly")
    await ada.makes_room("kitchen", kind="public", topic="100% tea")
    await ada.makes_room("secret garden", topic="Roses")
    old = await ada.makes_room("old garden", kind="public")
    await ada.archives(old)

    async def found(words, actor=grace, **params):
        page = await actor.person.asks("GET", "directory", params={"q": words, **params})
        return [(room["name"], room["people"], room["role"]) for room in page["items"]]

    assert await found("") == [("Garden", 2, "member"), ("kitchen", 1, None), ("lobby", 3, "member")]
    assert await found("GARDEN") == await found("roses") == [("Garden", 2, "member")]
    assert await found("100%") == await found("0% t") == [("kitchen", 1, None)]
    assert await found("_") == await found("!") == []
    assert await found("", actor=visitor) == []

    first = await grace.person.asks("GET", "directory", params={"limit": 2})
    assert [room["name"] for room in first["items"]] == ["Garden", "kitchen"]
    assert await found("", after=first["next"]) == [("lobby", 3, "member")]
    with refused("invalid"):
        await grace.person.asks("GET", "directory", params={"after": "x"})
