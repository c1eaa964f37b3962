"""Who has read what one said: under the message, behind its menu, and of nobody who keeps it to themselves."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


async def meets(stage, one, other):
    """Two have a direct room, before either opens a browser; its id."""
    first, second = [await stage.enters(name, by_password=True) for name in (one, other)]
    room = await first.opens_direct(second)
    await first.goes_offline()
    await second.goes_offline()
    return room


def seen_under(visitor, text):
    """What stands under one's message about who has read it."""
    return visitor.message(text).locator(".message-seen")


async def switches_sharing(visitor, shares):
    """Choose in one's account whether others see how far one has read."""
    await visitor.page.get_by_role("button", name="Your account").click()
    await visitor.page.get_by_label("Let others see how far you have read").set_checked(shares)
    await visitor.page.keyboard.press("Escape")


async def test_it_is_seen_at_once_that_the_other_reads_until_they_keep_it_to_themselves(stage, enters):
    await meets(stage, "ada", "grace")
    ada, grace = await enters("ada"), await enters("grace")
    await ada.goes_to("grace")
    await ada.says("are you there?", "hello?")
    await ada.reads("are you there?", "hello?")
    await grace.counts("ada", "2")
    await expect(ada.page.locator(".message-seen")).to_have_count(0)

    await grace.goes_to("ada")
    await expect(seen_under(ada, "hello?")).to_have_text("Seen by grace")
    await expect(ada.page.locator(".message-seen")).to_have_count(1)
    await grace.says("yes")
    await ada.reads("are you there?", "hello?", "yes")
    await expect(seen_under(grace, "yes")).to_have_text("Seen by ada")

    await switches_sharing(grace, False)
    await expect(grace.page.locator(".message-seen")).to_have_count(0)
    await ada.says("good")
    await grace.reads("are you there?", "hello?", "yes", "good")
    await grace.says("indeed")
    await ada.reads("are you there?", "hello?", "yes", "good", "indeed")
    await expect(seen_under(ada, "good")).to_have_count(0)
    await ada.does("good", "Who has seen it")
    dialog = ada.page.get_by_role("dialog", name="Who has seen it")
    await expect(dialog.get_by_role("status")).to_contain_text("Nobody yet")
    await grace.page.reload()
    await grace.reads("are you there?", "hello?", "yes", "good", "indeed")
    await grace.message("good").focus()
    await grace.page.keyboard.press("Enter")
    await grace.page.get_by_role("button", name="More", exact=True).click()
    await expect(grace.page.get_by_role("menuitem", name="Copy link")).to_be_visible()
    await expect(grace.page.get_by_role("menuitem", name="Who has seen it")).to_have_count(0)
    await grace.page.keyboard.press("Escape")

    await switches_sharing(grace, True)
    await expect(seen_under(grace, "indeed")).to_have_text("Seen by ada")
    await ada.page.keyboard.press("Escape")
    await ada.says("welcome back")
    await expect(seen_under(ada, "welcome back")).to_have_text("Seen by grace")


async def test_in_a_room_it_is_asked_for_when_one_looks_and_the_menu_names_all(stage, enters):
    grace, linus = await stage.enters("grace"), await stage.enters("linus")
    ada = await enters("ada")
    await ada.says("soup is ready")
    seq = (await grace.sees("soup is ready"))["seq"]
    for other in (grace, linus):
        await other.reads(seq)
    await ada.page.reload()

    await expect(seen_under(ada, "soup is ready")).to_have_text("Seen by grace and linus")
    await ada.does("soup is ready", "Who has seen it")
    dialog = ada.page.get_by_role("dialog", name="Who has seen it")
    await expect(dialog.locator(".person-name")).to_have_text(["grace", "linus"])
    await ada.page.keyboard.press("Escape")
    await expect(ada.message("soup is ready")).to_be_focused()
    await expect(ada.message("soup is ready")).to_contain_text("Seen by grace and linus")


async def test_one_who_was_away_finds_what_was_read_meanwhile(stage, enters):
    room = await meets(stage, "ada", "grace")
    grace, ada = await stage.enters("grace"), await enters("ada", phone=True)
    await ada.room("grace").tap()
    await ada.is_at("grace")
    await ada.says("one")
    await ada.reads("one")
    first = (await grace.sees("one"))["seq"]
    await ada.page.get_by_role("link", name="All rooms").tap()
    await grace.reads(first, room=room)
    await grace.posts("two", room=room)

    await ada.room("grace").tap()
    await ada.reads("one", "two")
    await ada.says("three")

    await expect(seen_under(ada, "one")).to_have_text("Seen by grace")
    await grace.reads((await grace.sees("three"))["seq"], room=room)
    await expect(seen_under(ada, "three")).to_have_text("Seen by grace")
    await expect(ada.page.locator(".message-seen")).to_have_count(1)
