"""Messages are pinned, kept, passed on and looked at as they were; whatever is in them, it is text."""

import pytest
from hostile import HOSTILE, is_calm
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


async def test_what_one_pins_the_other_finds(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.says("the rules", "the tea")
    await grace.reads("the rules", "the tea")

    await grace.does("the rules", "Pin to this room")
    await ada.page.get_by_role("button", name="Pinned messages").click()
    pins = ada.panel("Pinned messages")
    await expect(pins.locator(".bounded-words")).to_have_text("the rules")
    await expect(pins).to_contain_text("Pinned by grace")
    await grace.does("the tea", "Pin to this room")
    await expect(pins.locator(".bounded-words")).to_have_text(["the tea", "the rules"])
    await pins.get_by_role("link").last.click()
    await expect(ada.page.locator("article.is-lit")).to_contain_text("the rules")
    await ada.does("the rules", "Unpin")
    await expect(grace.page.locator(".message-pinned")).to_have_count(1)


async def test_a_bookmark_is_ones_own_and_leads_back(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await grace.says("remember the milk")
    await ada.reads("remember the milk")

    await ada.does("remember the milk", "Bookmark")
    await ada.sees("Kept in your bookmarks.")
    await ada.page.get_by_role("button", name="Bookmarks", exact=True).click()
    await expect(ada.panel("Bookmarks").locator(".bounded-words")).to_have_text("remember the milk")
    await ada.panel("Bookmarks").get_by_role("button", name="Take this bookmark away").click()
    await ada.sees("You have no bookmarks yet.")
    await grace.page.get_by_role("button", name="Bookmarks", exact=True).click()
    await grace.sees("You have no bookmarks yet.")


async def test_what_a_message_said_before(stage, enters):
    linus, ada = await stage.enters("linus"), await enters("ada")
    seq = await linus.posts("helo")
    await linus.edits(seq, "hallo")
    await linus.edits(seq, "hello")

    await ada.page.get_by_role("button", name="edited").click()
    await expect(ada.page.locator(".version-words")).to_have_text(["hello", "hallo", "helo"])
    await ada.page.keyboard.press("Escape")
    await expect(ada.page.locator(".versions")).to_have_count(0)


async def test_a_message_is_passed_on_to_another_room(stage, enters):
    linus = await stage.enters("linus")
    await stage.has("ada", by_password=True)
    ada_there = await stage.enters("ada")
    await linus.makes_room("kitchen", ada_there)
    await linus.posts("soup is ready")
    ada = await enters("ada")
    await ada.goes_to("lobby")

    await ada.does("soup is ready", "Forward")
    await ada.page.get_by_label("Say something about it").fill("come")
    await ada.page.get_by_role("dialog").get_by_role("button", name="Forward").click()

    await ada.is_at("kitchen")
    await expect(ada.messages.locator("blockquote")).to_contain_text("soup is ready")
    await expect(ada.messages.locator("blockquote")).to_contain_text("linus")


@pytest.mark.parametrize(
    "text", [text[:8_000] for text in HOSTILE], ids=["html", "link", "way out", "direction", "marks", "long", "family", "alike"]
)
async def test_whatever_is_quoted_pinned_and_listed_is_text(stage, enters, text):
    linus, ada = await stage.enters("linus"), await enters("ada")
    seq = await linus.posts(text)
    await linus.posts("look at that", reply_to=seq)
    await linus.posts(text, thread=seq, also_to_room=True)
    await linus.pins(seq)
    await linus.reacts(seq, "\N{FISH}")

    await ada.page.get_by_role("button", name="Pinned messages").click()
    await expect(ada.panel("Pinned messages").locator(".found-message")).to_have_count(1)
    await ada.page.get_by_role("button", name="1 reply").click()
    await expect(ada.panel("Thread").locator("article")).to_have_count(2)

    await expect(ada.page.locator(".panel img, .message-list img")).to_have_count(0)
    await is_calm(ada, text)
