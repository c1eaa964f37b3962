"""Web push, to a real push service over TLS: who is told, what it says, and when it is given up."""

import pytest

from hubbub.notifications.pushing import TRY_AGAIN_AFTER
from hubbub.notifications.store import next_due
from hubbub.testing import refused
from push_service import is_signed

pytestmark = pytest.mark.anyio


async def subscribes(house, actor, name=None):
    """A browser of somebody's is told from now on."""
    browser = house.push.browser(name or actor.person.name)
    await actor.person.asks("PUT", "push", json=browser.subscription())
    return browser


async def chooses(actor, **wishes):
    await actor.person.asks("PATCH", "me", json={"preferences": {"notifications": wishes}})


async def passes(house, seconds=10):
    """Let time pass, and everything be told that is due."""
    await house.chat.features.notifications.telling.catch_up()
    house.clock.passes(seconds=seconds)
    await house.chat.features.notifications.telling.catch_up()


async def test_somebody_who_is_named_is_told_where_and_nothing_of_the_words(house):
    ada, grace = await house.enters("ada"), await house.enters("grace")
    browser = await subscribes(house, grace)
    seq = await ada.posts("@grace swordfish")
    await ada.posts("nothing for anybody")
    await passes(house)

    assert browser.pushes == [{"room": house.id_of("lobby"), "seq": seq}]
    headers, _ = house.push.posts["/grace"][0]
    key = (await grace.person.asks("GET", "push"))["key"]
    assert is_signed(headers, key, f"https://127.0.0.1:{house.push.port}")
    assert (headers["urgency"], headers["content-encoding"], headers["ttl"]) == ("high", "aes128gcm", "86400")


async def test_who_wants_the_words_gets_them_and_of_a_room_only_the_newest(house):
    ada, grace = await house.enters("ada"), await house.enters("grace")
    browser = await subscribes(house, grace)
    await chooses(grace, words=True, rooms={house.id_of("lobby"): "all"})
    for text in ("one", "two", "three\n\nlines"):
        last = await ada.posts(text)
    direct = await ada.opens_direct(grace)
    await ada.posts("\N{FISH}" * 3000, room=direct)
    await passes(house)

    lobby, secret = sorted(browser.pushes, key=lambda push: push["title"], reverse=True)
    assert lobby == {"room": house.id_of("lobby"), "seq": last, "title": "ada · lobby", "body": "three lines"}
    assert secret["title"] == "ada"
    assert secret["body"].startswith("\N{FISH}")


async def test_who_reads_it_meanwhile_leaves_wants_peace_or_looks_is_not_told(house):
    ada = await house.enters("ada")
    people = {name: await house.enters(name) for name in ("reader", "leaver", "sleeper", "looker", "silent", "grace")}
    kitchen = await ada.makes_room("kitchen", *people.values())
    browsers = {name: await subscribes(house, actor) for name, actor in people.items()}
    await chooses(people["sleeper"], quiet={"from": "00:00", "to": "23:59"}, zone="UTC")
    await chooses(people["silent"], rooms={kitchen: "nothing"})
    await people["looker"].watches(kitchen)
    gone = await ada.posts("@room never mind", room=kitchen)
    await ada.deletes(gone, room=kitchen)
    seq = await ada.posts("@room dinner", room=kitchen)
    await house.chat.features.notifications.telling.catch_up()
    await people["reader"].reads(room=kitchen)
    await ada.removes(people["leaver"], from_=kitchen)
    await passes(house)

    told = {name: browser.pushes for name, browser in browsers.items() if browser.pushes}
    assert told == {"grace": [{"room": kitchen, "seq": seq}]}


async def test_who_looks_at_a_room_is_told_of_what_stands_in_a_thread_only(house):
    ada, grace = await house.enters("ada"), await house.enters("grace")
    browser = await subscribes(house, grace)
    await grace.watches("lobby")
    first = await ada.posts("shall we?")
    await ada.posts("@grace both here and there", thread=first, also_to_room=True)
    await passes(house)
    assert browser.pushes == []

    reply = await ada.posts("@grace there", thread=first)
    await passes(house)
    assert browser.pushes == [{"room": house.id_of("lobby"), "seq": reply, "thread": first}]
    read = await ada.posts("@grace read", thread=first)
    await grace.reads_thread(first, read)
    await passes(house)
    assert len(browser.pushes) == 1


async def test_a_browser_that_is_gone_is_forgotten_and_one_that_fails_is_tried_again(house):
    ada, grace = await house.enters("ada"), await house.enters("grace")
    gone, failing = await subscribes(house, grace), await subscribes(house, await house.enters("linus"))
    house.push.answers |= {"/grace": 410, "/linus": 503}
    await ada.posts("@grace @linus hello")
    await passes(house)
    assert (await grace.person.asks("GET", "push"))["subscribed"] is False
    assert len(failing.pushes) == 1

    for seconds in TRY_AGAIN_AFTER:
        await passes(house, seconds / 1000)
    await passes(house, 100_000)
    assert len(gone.pushes) == 1
    assert len(failing.pushes) == len(TRY_AGAIN_AFTER)
    assert await house.chat.database.read(next_due) is None


async def test_a_push_that_failed_comes_with_what_is_newest_by_then(house):
    ada, grace = await house.enters("ada"), await house.enters("grace")
    browser = await subscribes(house, grace)
    house.push.answers["/grace"] = 503
    await ada.posts("@grace one")
    await passes(house)
    del house.push.answers["/grace"]
    seq = await ada.posts("@grace two")
    await passes(house, TRY_AGAIN_AFTER[0] / 1000)
    await passes(house, 1000)

    assert [push["seq"] for push in browser.pushes] == [seq - 1, seq]


async def test_nobody_is_told_after_signing_out(house):
    ada = await house.enters("ada")
    grace = await house.enters("grace", by_password=True)
    browser = await subscribes(house, grace)
    await ada.posts("@grace one")
    await house.chat.features.notifications.telling.catch_up()
    await grace.person.asks("DELETE", "session")
    await passes(house)

    assert browser.pushes == []
    assert await house.chat.database.read(next_due) is None


async def test_a_browser_belongs_to_whoever_subscribed_it_last(house):
    ada, grace = await house.enters("ada"), await house.enters("grace")
    await subscribes(house, grace, "shared")
    shared = await subscribes(house, ada, "shared")
    await ada.posts("@grace hello")
    await grace.posts("@ada hello")
    await passes(house)
    assert len(shared.pushes) == 1

    await ada.person.asks("DELETE", "push")
    await grace.posts("@ada are you there?")
    await passes(house)
    assert len(shared.pushes) == 1


async def test_nobody_is_told_of_what_was_said_before_they_could_be(house):
    ada, grace = await house.enters("ada"), await house.enters("grace")
    await ada.posts("@grace early")
    house.clock.passes(seconds=1)
    browser = await subscribes(house, grace)
    await passes(house)
    assert browser.pushes == []


async def test_only_what_a_push_service_gives_out_is_taken(house):
    ada = await house.enters("ada")
    right = house.push.browser("ada").subscription()
    for wrong in (
        {"endpoint": "http://push.example/x"},
        {"endpoint": "https://"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": f"https://push.example/{'x' * 2000}"},
        {"keys": {**right["keys"], "p256dh": "AAAA"}},
        {"keys": {**right["keys"], "auth": "\u00e9"}},
    ):
        with refused("invalid"):
            await ada.person.asks("PUT", "push", json=right | wrong)
    assert (await ada.person.asks("GET", "push"))["subscribed"] is False


async def test_no_address_of_a_private_network_is_posted_to(make_house):
    house = await make_house(outgoing_networks=[])
    ada, grace = await house.enters("ada"), await house.enters("grace")
    await subscribes(house, grace)
    await ada.posts("@grace hello")
    await passes(house)
    assert house.push.posts == {}


async def test_a_decision_outlives_a_restart_and_the_key_is_the_same(make_house, tmp_path):
    house = await make_house()
    ada, grace = await house.enters("ada"), await house.enters("grace")
    browser = await subscribes(house, grace)
    key = house.chat.features.notifications.telling.public_key
    await ada.posts("@grace hello")
    await house.chat.features.notifications.telling.catch_up()
    await house.chat.features.notifications.telling.stop()
    house.clock.passes(seconds=10)
    await house.chat.features.notifications.telling.start()
    await house.chat.features.notifications.telling.catch_up()
    await house.chat.features.notifications.telling.catch_up()

    assert len(browser.pushes) == 1
    assert house.chat.features.notifications.telling.public_key == key
