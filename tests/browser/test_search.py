"""Searching in the browser: what was said is found with where it stands, and one press leads there."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


def found(visitor):
    return visitor.page.get_by_role("list", name="Found messages").get_by_role("link")


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
    await expect(ada.focus).to_have_attribute("aria-label", "Search messages")

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
