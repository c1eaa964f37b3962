"""Searching in the browser: what was said is found with where it stands, and one press leads there."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


def found(visitor):
    return visitor.page.get_by_role("list", name="Found messages").locator(".found")


async def talk(stage):
    """Two rooms in which something was said, and it is indexed."""
    grace = await stage.enters("grace")
    await stage.has("ada", by_password=True)
    ada = await stage.enters("ada")
    await grace.makes_room("kitchen", ada)
    await grace.posts("The tea is ready.", room="kitchen")
    for n in range(60):
        await grace.posts(f"Spoon number {n}", room="kitchen")
    await grace.posts("Tea for **everybody** in <the lobby>")
    await stage.chat.features.search_index.catch_up()


async def test_a_message_is_found_and_one_press_leads_to_it(stage, enters):
    await talk(stage)
    ada = await enters("ada")
    await ada.page.get_by_role("button", name="Search messages").click()
    await expect(ada.page.get_by_role("searchbox", name="Search messages")).to_be_focused()

    await ada.page.keyboard.type("tea")

    await expect(found(ada)).to_have_text(
        [re.compile("lobby.*grace.*Tea for", re.DOTALL), re.compile("kitchen.*grace.*The tea is ready", re.DOTALL)]
    )
    await expect(ada.page.locator(".found mark")).to_have_text(["Tea", "tea"])
    await ada.page.keyboard.press("ArrowDown")
    await ada.page.keyboard.press("ArrowDown")
    await ada.page.keyboard.press("Enter")
    await ada.is_at("kitchen")
    await expect(ada.message("The tea is ready.")).to_be_in_viewport()

    await ada.page.go_back()
    await expect(found(ada)).to_have_count(2)


async def test_it_is_narrowed_by_operators_and_goes_on_by_pages(stage, enters):
    await talk(stage)
    ada = await enters("ada")
    await ada.page.keyboard.press("Control+Shift+F")
    await ada.page.get_by_role("button", name="in:kitchen").click()
    await expect(found(ada)).to_have_count(20)

    for count in (40, 60, 61):
        await ada.page.get_by_role("button", name="Older ones").click()
        await expect(found(ada)).to_have_count(count)

    await ada.sees("That is all.")
    await ada.page.get_by_label("Search messages").last.fill("in:kitchen tea")
    await expect(found(ada)).to_have_count(1)
    await ada.page.get_by_label("Search messages").last.fill("nowhere said")
    await ada.sees("Nothing found.")


async def test_what_was_found_is_told_by_the_address(stage, enters):
    await talk(stage)
    ada = await enters("ada")
    await ada.evaluates("location.hash = '#/search/' + encodeURIComponent('tea from:grace in:kitchen')")
    await expect(found(ada)).to_have_count(1)
    await ada.page.reload()
    await expect(found(ada)).to_have_count(1)


async def test_of_a_public_room_that_one_is_not_in_the_name_is_shown(stage, enters):
    await talk(stage)
    grace = await stage.enters("grace")
    await grace.makes_room("garden", kind="public")
    await grace.posts("Roses everywhere", room="garden")
    await stage.chat.features.search_index.catch_up()
    ada = await enters("ada")
    await ada.evaluates("location.hash = '#/search/roses'")
    await expect(found(ada)).to_have_text([re.compile("garden")])
    await found(ada).click()
    await expect(ada.page.get_by_role("button", name="Join garden")).to_be_visible()


async def test_a_reply_is_shown_in_its_thread_and_the_way_back_leads_to_where_one_was(stage, enters):
    grace = await stage.enters("grace")
    async with stage.in_a_hurry():
        first = await grace.posts("What is in the cupboard?")
        replies = [await grace.posts(f"Cup number {n}", thread=first) for n in range(120)]
    await stage.chat.features.search_index.catch_up()
    ada = await enters("ada", phone=True)
    await ada.evaluates("location.hash = '#/search/cup%20number'")
    await expect(found(ada)).to_have_count(20)
    await ada.page.get_by_role("button", name="Older ones").click()
    await expect(found(ada)).to_have_count(40)

    wanted = found(ada).filter(has_text="Cup number 85")
    await wanted.click()

    row = ada.page.locator(f'.panel article[data-seq="{replies[85]}"]')
    await expect(row).to_be_in_viewport()
    await expect(row).to_have_class(re.compile("is-lit"))
    await ada.page.go_back()
    await expect(wanted).to_be_in_viewport()
    await expect(found(ada)).to_have_count(40)

    await ada.evaluates(f"location.hash = '#/room/{stage.id_of('lobby')}/{replies[30]}'")
    row = ada.page.locator(f'.panel article[data-seq="{replies[30]}"]')
    await expect(row).to_be_in_viewport()
    await ada.page.get_by_role("button", name="Jump to newest").click()
    await expect(ada.page.locator(".panel").get_by_text("Cup number 119")).to_be_in_viewport()
