"""What is to happen later: messages that wait for their time, and reminders."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


def dialog(visitor, name):
    return visitor.page.get_by_role("dialog", name=name)


def scheduled(visitor):
    return visitor.page.get_by_role("list", name="Scheduled messages").get_by_role("listitem")


async def writes_for_later(visitor, text, choice):
    """Write a message and choose when it is sent, by the keyboard."""
    await visitor.composer.fill(text)
    await visitor.composer.press("Tab")
    while await visitor.focus.get_attribute("aria-label") != "Send later":
        await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Enter")
    await expect(dialog(visitor, "Send later").get_by_role("button", name="In an hour")).to_be_focused()
    await dialog(visitor, "Send later").get_by_role("button", name=choice).press("Enter")
    await expect(visitor.composer).to_have_value("")
    await expect(visitor.composer).to_be_focused()


async def test_a_message_waits_is_changed_and_comes_at_its_time(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    for visitor in (ada, grace):
        await visitor.goes_to("lobby")
    await writes_for_later(ada, "good **mornign**", "In an hour")
    await writes_for_later(ada, "lunch?", "Tomorrow morning")
    await writes_for_later(ada, "never mind", "Tomorrow morning")

    await ada.page.get_by_role("link", name="Scheduled 3").click()
    await expect(scheduled(ada)).to_have_count(3)
    await expect(scheduled(ada).first.locator("strong")).to_have_text("mornign")
    await scheduled(ada).first.get_by_role("button", name="Edit").click()
    await ada.page.get_by_label("Edit your message").fill("good morning")
    await ada.page.get_by_role("button", name="Save").click()
    await expect(scheduled(ada).first).to_contain_text("good morning")
    await scheduled(ada).filter(has_text="lunch?").get_by_role("button", name="Send now").click()
    await grace.sees("lunch?")
    await scheduled(ada).filter(has_text="never mind").get_by_role("button", name="Take back").click()
    await expect(scheduled(ada)).to_have_count(1)
    await ada.goes_to("lobby")
    await expect(ada.composer).to_have_value("never mind")

    stage.clock.passes(hours=1, minutes=2)
    await grace.reads("lunch?", "good morning")
    await ada.reads("lunch?", "good morning")
    await expect(ada.page.get_by_role("link", name=re.compile("Scheduled"))).to_have_count(0)


async def test_what_could_not_be_sent_says_why_and_goes_at_another_time(stage, enters):
    grace = await stage.enters("grace")
    ada = await enters("ada")
    await grace.makes_room("kitchen", await stage.enters("ada"))
    await ada.goes_to("kitchen")
    await writes_for_later(ada, "soup", "In an hour")
    await grace.changes("kitchen", posting="moderators")

    stage.clock.passes(hours=1, minutes=2)
    await ada.sees("A scheduled message could not be sent.")
    await ada.page.get_by_role("button", name="Show").click()
    await expect(scheduled(ada).get_by_role("alert").first).to_contain_text("You may read here, and not post.")

    await grace.changes("kitchen", posting="everyone")
    await scheduled(ada).get_by_role("button", name="Edit").click()
    later = datetime.now() + timedelta(days=2)
    await ada.page.get_by_label("When to send it").fill(later.strftime("%Y-%m-%dT%H:%M"))
    await ada.page.get_by_role("button", name="Save").click()
    await expect(scheduled(ada).get_by_text("You may read here")).to_have_count(0)
    stage.clock.passes(days=3)
    await grace.sees("soup")
    await ada.sees("Nothing waits to be sent.")


async def test_one_is_reminded_of_a_message(stage, enters):
    ada = await enters("ada")
    grace = await stage.enters("grace")
    await grace.posts("Bring **cake** on Thursday")
    await ada.goes_to("lobby")
    await ada.page.locator("article").filter(has_text="Bring").focus()
    await ada.page.locator("article").filter(has_text="Bring").get_by_role("button", name="More").click()
    await ada.page.get_by_role("menuitem", name="Remind me…").click()
    await dialog(ada, "Remind me").get_by_role("button", name="In an hour").click()
    await ada.sees("You will be reminded:")
    await ada.page.get_by_role("button", name="Dismiss").click()

    stage.clock.passes(hours=1, minutes=2)
    await ada.sees("You wanted to be reminded of a message.")
    await ada.page.get_by_role("button", name="Bookmarks 1 reminders").click()
    panel = ada.panel("Bookmarks")
    await expect(panel.get_by_text("It is time:")).to_be_visible()
    await panel.get_by_role("button", name="Another time…").click()
    await dialog(ada, "Remind me").get_by_role("button", name="Tomorrow morning").click()
    await expect(ada.page.get_by_role("button", name="Bookmarks", exact=True)).to_be_visible()

    stage.clock.passes(days=2)
    await ada.page.get_by_role("link", name="Catch up").click()
    reminders = ada.page.get_by_role("region", name="Reminders")
    await expect(reminders.locator("strong")).to_have_text("cake")
    await reminders.get_by_role("button", name="Done").click()
    await ada.sees("You have read everything.")


async def test_who_was_away_finds_what_came_due(stage, enters):
    grace, ada = await stage.enters("grace"), await stage.enters("ada", by_password=True)
    seq = await grace.posts("Bring cake")
    later = datetime.fromtimestamp(stage.clock() + 60).astimezone().isoformat()
    await ada.person.asks("PUT", f"rooms/{stage.id_of('lobby')}/messages/{seq}/bookmark", json={"remind_at": later})
    stage.clock.passes(minutes=2)

    visitor = await enters("ada")
    await visitor.page.get_by_role("button", name="Bookmarks").click()
    await expect(visitor.panel("Bookmarks").get_by_text("It is time:")).to_be_visible()
    await expect(visitor.page.get_by_role("button", name="Bookmarks 1 reminders")).to_be_visible()
