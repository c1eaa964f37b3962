"""Who is there, and who somebody is: dots and words where one looks, and a card behind every name."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio

# A browser without a window never hides a page by itself.
HIDDEN = """
Object.defineProperty(document, "hidden", { value: true, configurable: true });
document.dispatchEvent(new Event("visibilitychange"));
"""
SHOWN = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'));"


def dot(place, state):
    """The dot of this state somewhere."""
    return place.locator(f".dot.is-{state}")


async def test_who_is_there_is_seen_in_the_list_the_room_and_among_its_people(stage, enters):
    grace, linus = await stage.enters("grace"), await stage.enters("linus")
    actor = await stage.enters("ada", by_password=True)
    await grace.posts("hi", room=await grace.opens_direct(actor))
    await linus.goes_offline()
    await actor.goes_offline()
    ada = await enters("ada")
    await ada.is_at("lobby")
    await expect(dot(ada.room("grace"), "online")).to_be_visible()
    await expect(ada.room("grace")).to_contain_text("Online")
    await expect(dot(ada.page.locator(".myself"), "online")).to_be_visible()
    await grace.watches(away=True)
    await expect(dot(ada.room("grace"), "away")).to_be_visible()

    await ada.page.get_by_role("button", name="People and settings").click()
    people = ada.page.locator(".people > .person .person-name")
    await expect(people).to_have_text(
        [re.compile("^ada"), re.compile("^grace, Away"), re.compile("^linus, Offline"), re.compile("^margaret")]
    )
    await ada.goes_to("grace")
    await expect(ada.page.locator(".room-presence")).to_have_text("Away")
    await grace.watches()
    await expect(ada.page.locator(".room-presence")).to_have_text("Online")
    await grace.goes_offline()
    await expect(ada.page.locator(".room-presence")).to_have_text("Offline")


async def test_others_see_that_one_looks_and_that_one_looks_elsewhere(stage, enters):
    grace = await stage.enters("grace")
    await grace.watches("lobby")
    ada = await enters("ada")
    await ada.is_at("lobby")
    me = await ada.evaluates("fetch('api/me').then((answer) => answer.json()).then(({ id }) => id)")
    await grace.hears("presence", users={me: "online"})
    await ada.evaluates(
        "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    await grace.hears("presence", users={me: "away"})
    await ada.evaluates(SHOWN)
    await grace.hears("presence", users={me: "online"})
    await grace.types()
    await ada.sees("grace is typing")


async def test_a_second_tab_knows_who_is_there_and_goes_on_knowing_it_alone(stage, enters):
    grace = await stage.enters("grace")
    await grace.posts("hi", room=await grace.opens_direct(await stage.enters("ada", by_password=True)))
    ada = await enters("ada")
    await expect(dot(ada.room("grace"), "online")).to_be_visible()
    tab = type(ada)(await ada.page.context.new_page())
    await tab.page.goto(ada.page.url)
    await expect(dot(tab.room("grace"), "online")).to_be_visible()
    await ada.page.close()
    await expect(dot(tab.room("grace"), "online")).to_be_visible()
    await grace.watches(away=True)
    await expect(dot(tab.room("grace"), "away")).to_be_visible()
    assert tab.complaints() == []


async def test_behind_a_name_stands_who_it_is_and_the_way_to_a_word_with_them(stage, enters):
    grace = await stage.enters("grace")
    await grace.posts("ask me")
    ada = await enters("ada")
    card = ada.page.get_by_role("dialog", name="grace")
    await ada.page.get_by_role("button", name="grace", exact=True).click()
    await expect(card).to_contain_text("Online")
    await ada.page.keyboard.press("Escape")
    await expect(card).to_have_count(0)

    await ada.does("ask me", "About grace")
    await expect(card.get_by_role("button", name="Send a message")).to_be_focused()
    await card.get_by_role("button", name="Mention").click()
    await expect(ada.composer).to_have_value("@grace ")
    await expect(ada.composer).to_be_focused()
    await ada.does("ask me", "About grace")
    await ada.page.keyboard.press("Enter")
    await ada.is_at("grace")
    await expect(card).to_have_count(0)


async def test_a_new_name_is_seen_by_others_without_loading_the_page_again(stage, enters):
    grace, actor = await stage.enters("grace"), await stage.enters("ada", by_password=True)
    room = await grace.opens_direct(actor)
    await grace.posts("before", room=room)
    ada = await enters("ada")
    await expect(ada.room("grace")).to_be_visible()
    await grace.person.asks("PATCH", "me", json={"name": "Hopper"})
    await ada.goes_to("Hopper")
    await grace.posts("after", room=room)
    await expect(ada.page.locator(".message-author")).to_have_text(["grace", "Hopper"])

    await ada.page.get_by_role("button", name="Your account").click()
    await ada.page.get_by_role("button", name="Change name").click()
    await expect(ada.page.get_by_label("Name", exact=True)).to_be_focused()
    await ada.page.get_by_label("Name", exact=True).fill("Hopper")
    ada.expects_trouble("409")
    await ada.page.keyboard.press("Enter")
    await ada.sees("'Hopper' is taken")
    await ada.page.get_by_label("Name", exact=True).fill("Countess")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.locator(".account-head")).to_contain_text("Countess")
    await expect(ada.page.get_by_role("button", name="Change name")).to_be_focused()
    await ada.page.keyboard.press("Escape")
    await expect(ada.page.locator(".myself-name")).to_contain_text("Countess")
