"""Catching up in the browser: everything unread on one page, what names one on another, and unread again what was read."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


async def test_everything_unread_stands_on_one_page(stage, enters):
    grace = await stage.enters("grace")
    await stage.has("ada", by_password=True)
    desk = await stage.enters("ada")
    await grace.makes_room("garden", desk)
    await grace.posts("Roses are out.", room="garden")
    await grace.makes_room("kitchen", desk)
    for n in range(7):
        await grace.posts(f"News {n}", room="kitchen")
    ada = await enters("ada")

    await ada.page.get_by_role("link", name="Catch up").click()

    await ada.sees("2 rooms to catch up on")
    garden, kitchen = [ada.page.get_by_role("region", name=name, exact=True) for name in ("garden", "kitchen")]
    await expect(garden.get_by_role("link", name="Roses are out.")).to_be_visible()
    await expect(kitchen.locator(".found-text")).to_have_text([f"News {n}" for n in range(5)])
    await expect(kitchen.get_by_role("link", name="2 more")).to_be_visible()
    await ada.page.get_by_role("button", name="Mark as read: garden").click()
    await ada.counts("garden", "")
    await ada.counts("kitchen", "7")
    await expect(garden).to_be_visible()
    await kitchen.get_by_role("link", name="News 3").click()
    await ada.is_at("kitchen")
    await expect(ada.message("News 3")).to_be_in_viewport()


async def test_mentions_gather_on_a_page(stage, enters):
    await stage.has("ada", by_password=True)
    grace, desk = await stage.enters("grace"), await stage.enters("ada")
    await grace.makes_room("garden", desk)
    await grace.posts("@ada look at the roses", room="garden")
    await grace.posts("@ada and at the lobby")
    ada = await enters("ada")
    await ada.page.get_by_role("link", name="Mentions", exact=True).click()

    found = ada.page.get_by_role("list", name="Messages that name you").locator(".found")
    await expect(found).to_have_text([re.compile("and at the lobby"), re.compile("look at the roses")])
    await found.nth(1).click()
    await ada.is_at("garden")


async def test_what_was_read_is_marked_unread_and_stays_so(stage, enters):
    grace = await stage.enters("grace")
    ada, phone = await enters("ada"), await enters("ada")
    for text in ("one", "two", "three"):
        await grace.posts(text)
    await ada.goes_to("lobby")
    await ada.counts("lobby", "")
    await phone.counts("lobby", "")

    await ada.message("two").hover()
    await ada.message("two").get_by_role("button", name="More").click()
    await ada.page.get_by_role("menuitem", name="Mark unread from here").click()

    await ada.counts("lobby", "2")
    await phone.counts("lobby", "2")
    await grace.posts("four")
    await ada.counts("lobby", "3")
    await ada.page.get_by_role("link", name="Mentions", exact=True).click()
    await ada.goes_to("lobby")
    await ada.counts("lobby", "")
    await phone.counts("lobby", "")

    await ada.message("three").focus()
    await ada.page.keyboard.press("u")
    await phone.counts("lobby", "2")


async def test_a_room_is_moved_into_a_folder_on_all_devices(stage, enters):
    ada, phone = await enters("ada"), await enters("ada")
    await ada.goes_to("lobby")
    await ada.page.get_by_role("button", name="People and settings").click()
    await ada.page.get_by_label("Folder in your list").fill("Favourites")
    await ada.page.get_by_role("button", name="Move").click()

    for visitor in (ada, phone):
        folder = visitor.page.get_by_role("region", name="Favourites")
        await expect(folder.get_by_role("link", name="lobby")).to_be_visible()


async def test_what_is_new_in_threads_stands_there_too(stage, enters):
    grace, desk = await stage.enters("grace"), await stage.enters("ada", by_password=True)
    await grace.makes_room("kitchen", desk)
    first = await desk.posts("shall we?", room="kitchen")
    for text in ("@ada yes", "@room now"):
        await grace.posts(text, room="kitchen", thread=first)
    ada = await enters("ada")
    await ada.counts("kitchen", "@2")

    await ada.page.get_by_role("link", name="Catch up").click()

    await ada.sees("1 room to catch up on · 1 thread to catch up on")
    kitchen, thread = [ada.page.get_by_role("region", name=name, exact=True) for name in ("kitchen", "Thread: shall we?")]
    await expect(kitchen).to_contain_text("2 mentions in threads")
    for section in (kitchen, thread):
        await expect(section.locator(".found-text")).to_have_text(["@ada yes", "@room now"])
    await expect(thread).to_contain_text("2 unread replies")
    await ada.page.get_by_role("button", name="Mark all as read").click()
    await ada.sees("All read now.")
    await ada.counts("kitchen", "")
    await expect(ada.page.get_by_role("button", name="Threads").locator(".count")).to_have_count(0)
    await thread.get_by_role("link", name="Thread: shall we?").click()
    await expect(ada.panel("Thread").locator(".message-text")).to_have_text(["shall we?", "@ada yes", "@room now"])
    await ada.page.get_by_role("link", name="Catch up").click()
    await ada.sees("You have read everything.")
