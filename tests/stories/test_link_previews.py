"""Links show what their pages say of themselves: off until somebody in charge says so, fetched once, the same for everybody."""

import asyncio

import pytest

from hubbub.previews import actions
from hubbub.previews.model import Found
from hubbub.previews.store import Job
from hubbub.testing import refused
from strange_server import StrangeServer

pytestmark = pytest.mark.anyio

REACHABLE = {"outgoing_networks": ["127.0.0.1/32"]}
TEA = "<!doctype html><title>no</title><meta property='og:title' content='How to make tea'><meta name=description content='Boil water.'>"


@pytest.fixture
async def web(anyio_backend):
    """Somebody else's site, with a page about tea."""
    server = await StrangeServer().start()
    server.says("/tea", TEA)
    server.says("/cake", "<title>Cake</title>")
    yield server
    await server.stop()


@pytest.fixture
async def stage(make_stage):
    """A chat that may reach 127.0.0.1, where links are previewed."""
    stage = await make_stage(**REACHABLE)
    await turn(stage, previews=True)
    return stage


async def turn(stage, *, previews):
    owner = await stage.has("olga", role="owner")
    return await owner.asks("PATCH", "site", json={"previews": previews})


def titles(previews):
    return [preview["title"] for preview in previews]


async def looked(stage):
    """Everything that waits is looked at."""
    await stage.chat.features.previewing.catch_up()


async def test_nothing_is_asked_of_anybody_until_it_is_turned_on(make_stage, web):
    stage = await make_stage(**REACHABLE)
    ada = await stage.enters("ada")
    await ada.posts(f"look: {web.url('/tea')}")
    await looked(stage)
    assert (await ada.person.asks("GET", "site"))["previews"] is False
    assert (await turn(stage, previews=True))["previews"] is True
    await looked(stage)
    assert web.connections == 0

    second = await ada.posts(f"and now: {web.url('/tea')}")
    await ada.hears("message.previewed", target=second)
    assert (await turn(stage, previews=False))["previews"] is False
    await ada.posts(f"no more: {web.url('/cake')}")
    await looked(stage)
    assert web.paths == ["/tea"]


async def test_only_those_who_run_the_chat_turn_it_on(stage):
    ada, boss = await stage.has("ada"), await stage.has("boss", role="admin")
    with refused("forbidden"):
        await ada.asks("PATCH", "site", json={"previews": False})
    with refused("forbidden"):
        await ada.asks("PATCH", "site", json={})
    assert (await boss.asks("PATCH", "site", json={}))["previews"] is True


async def test_everybody_sees_what_the_page_says(stage, web):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")

    seq = await ada.posts(f"I like {web.url('/tea')}, and you?")

    event = await grace.hears("message.previewed", target=seq)
    assert event["by"]["name"] == "ada"
    preview = {"n": 0, "url": web.url("/tea"), "title": "How to make tea", "description": "Boil water."}
    assert event["previews"] == [preview]
    lobby = stage.id_of("lobby")
    assert (await ada.person.asks("GET", f"rooms/{lobby}/messages/{seq}"))["previews"] == [preview]
    assert web.paths == ["/tea"], "Fetched once, however many see it"
    assert grace.rooms[lobby].room["unread"] == 1


async def test_a_page_that_says_nothing_makes_no_event(stage, web):
    ada = await stage.enters("ada")
    web.says("/empty", "<p>hello")
    web.says("/image", "<title>x</title>", content_type="image/svg+xml")
    web.redirects("/inside", "http://169.254.169.254/latest/meta-data")
    web.sends("/broken", b"\x00\x01")
    ada.looks_away()
    for path in ("/empty", "/image", "/inside", "/broken", "/missing"):
        await ada.posts(web.url(path))
    await ada.posts("http://10.0.0.1/ http://[::1]/ http://localhost:1/")
    last = await ada.posts(web.url("/tea"))
    await looked(stage)

    event = await ada.hears("message.previewed")
    assert event["target"] == last


async def test_an_edit_takes_previews_along_with_their_links_and_looks_only_at_new_ones(stage, web):
    ada = await stage.enters("ada")
    seq = await ada.posts(f"{web.url('/tea')} {web.url('/cake')}")
    assert titles((await ada.hears("message.previewed", target=seq))["previews"]) == ["How to make tea", "Cake"]
    await ada.dismisses(seq, 1)
    assert titles((await ada.hears("message.previewed", target=seq))["previews"]) == ["How to make tea"]
    web.says("/milk", "<title>Milk</title>")

    await ada.edits(seq, f"{web.url('/cake')} {web.url('/milk')}")

    assert (await ada.hears("message.previewed", target=seq))["previews"] == []
    milk = {"n": 0, "url": web.url("/milk"), "title": "Milk"}
    assert (await ada.hears("message.previewed", target=seq))["previews"] == [milk]
    assert web.paths == ["/tea", "/cake", "/milk"]


async def test_deleting_takes_the_words_of_the_pages_too(stage, web):
    ada = await stage.enters("ada")
    seq = await ada.posts(web.url("/tea"))
    await ada.hears("message.previewed", target=seq)

    await ada.deletes(seq)

    log = await ada.person.asks_for_all(f"rooms/{stage.id_of('lobby')}/events", limit=100)
    assert "How to make tea" not in str(log)
    with refused("not_found"):
        await ada.dismisses(seq)


async def test_the_author_and_those_who_moderate_take_a_preview_away_for_all(stage, web):
    ada, grace, moderator = [await stage.enters(name) for name in ("ada", "grace", "moderator")]
    await moderator.makes_room("kitchen", ada, grace)
    seq = await ada.posts(web.url("/tea"), room="kitchen")
    await grace.hears("message.previewed", target=seq)
    with refused("forbidden"):
        await grace.dismisses(seq, room="kitchen")

    await moderator.dismisses(seq, room="kitchen")

    event = await ada.hears("message.previewed", target=seq, previews=[])
    assert event["by"]["name"] == "moderator"
    grace.looks_away()
    await ada.dismisses(seq, room="kitchen")
    await grace.sees_nothing()


async def test_two_who_take_it_away_at_once_take_away_the_same_one(stage, web):
    ada = await stage.enters("ada")
    seq = await ada.posts(f"{web.url('/tea')} {web.url('/cake')}")
    await ada.hears("message.previewed", target=seq)

    await asyncio.gather(ada.dismisses(seq, 0), ada.dismisses(seq, 0))

    message = await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages/{seq}")
    assert titles(message["previews"]) == ["Cake"]


async def test_what_comes_too_late_is_not_shown(make_stage):
    stage = await make_stage()
    await turn(stage, previews=True)
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    kitchen = await grace.makes_room("kitchen", ada)
    link, found = "http://10.0.0.1/tea", {"http://10.0.0.1/tea": Found("Tea", "", "")}
    deleted, edited, left = [await ada.posts(link, room="kitchen") for _ in range(3)]
    archived = await grace.posts(link)
    await ada.deletes(deleted, room="kitchen")
    await ada.edits(edited, "never mind", room="kitchen")
    keep = stage.chat.features.previews.keep

    await keep(Job(kitchen, deleted, ada.person.id, [link]), found)
    await keep(Job(kitchen, edited, ada.person.id, [link]), found)
    await grace.removes(ada, from_="kitchen")
    await keep(Job(kitchen, left, ada.person.id, [link]), found)
    await turn(stage, previews=False)
    await keep(Job(stage.id_of("lobby"), archived, grace.person.id, [link]), found)

    for room in (kitchen, stage.id_of("lobby")):
        log = await grace.person.asks_for_all(f"rooms/{room}/events", limit=100)
        assert "message.previewed" not in {event["type"] for event in log}


async def test_a_page_that_is_there_already_and_one_who_comes_back_agree(stage, web):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await grace.goes_offline()
    seq = await ada.posts(web.url("/tea"))
    await ada.hears("message.previewed", target=seq)

    await grace.comes_back()

    await grace.hears("message.previewed", target=seq)
    found = (await grace.person.asks("GET", "rooms"))["items"]
    assert found
    await stage.holds()


async def test_what_waits_is_let_go_when_it_is_deleted_or_turned_off_and_nothing_waits_while_it_is_off(stage, web):
    ada = await stage.enters("ada")
    await stage.chat.features.previewing.stop()
    deleted = await ada.posts(web.url("/tea"))
    await ada.deletes(deleted)
    await looked(stage)
    await ada.posts(web.url("/tea"))
    await turn(stage, previews=False)
    await looked(stage)
    await ada.posts(web.url("/tea"))
    await turn(stage, previews=True)
    await looked(stage)
    assert web.connections == 0


async def test_what_waits_is_given_to_one_only(stage, web):
    ada = await stage.enters("ada")
    previews = stage.chat.features.previews
    await stage.chat.features.previewing.stop()
    for _ in range(6):
        await ada.posts(web.url("/tea"))

    taken = [job for job in await asyncio.gather(*(previews.take() for _ in range(10))) if job]

    assert len({job.seq for job in taken}) == len(taken) == 6
    assert web.connections == 0


async def test_what_waits_when_the_server_stops_is_looked_at_by_the_next(stage, web):
    ada = await stage.enters("ada")
    previewing = stage.chat.features.previewing
    await previewing.stop()
    seq = await ada.posts(web.url("/tea"))

    await previewing.start()

    await ada.hears("message.previewed", target=seq)


async def test_only_so_many_messages_wait(stage, web, monkeypatch):
    monkeypatch.setattr(actions, "MOST_WAITING", 2)
    ada = await stage.enters("ada")
    await stage.chat.features.previewing.stop()
    for _ in range(5):
        await ada.posts(web.url("/tea"))

    await looked(stage)

    assert web.paths == ["/tea", "/tea"]


async def test_a_page_of_this_chat_is_not_asked_for(make_stage, web):
    stage = await make_stage(**REACHABLE, public_url=web.url(""))
    await turn(stage, previews=True)
    ada = await stage.enters("ada")
    await ada.posts(web.url("/tea"))
    await looked(stage)
    assert web.connections == 0
