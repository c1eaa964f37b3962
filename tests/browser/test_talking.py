"""Two people talk: everything arrives once, in order, and as text."""

import asyncio

import pytest
from playwright.async_api import expect
from wire import Wire

pytestmark = pytest.mark.anyio


async def test_both_read_every_message_once_and_in_order(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")

    await asyncio.gather(ada.says(*(f"ada {n}" for n in range(8))), grace.says(*(f"grace {n}" for n in range(8))))

    await expect(ada.messages).to_have_count(16)
    said = await ada.messages.all_text_contents()
    assert [text for text in said if text.startswith("ada")] == [f"ada {n}" for n in range(8)]
    assert [text for text in said if text.startswith("grace")] == [f"grace {n}" for n in range(8)]
    await ada.reads(*said)
    await grace.reads(*said)


async def test_a_message_is_pending_until_the_server_has_it(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    wire = await Wire.of(ada)

    wire.holds_sends()
    await ada.says("are you there?")
    await expect(ada.pending.locator(".message-text")).to_have_text("are you there?")
    await grace.reads()
    await wire.lets_go()

    for visitor in (ada, grace):
        await visitor.reads("are you there?")


async def test_a_refused_message_can_be_tried_again_or_taken_back(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    wire = await Wire.of(ada)

    wire.refuses("The room is closed for the night.")
    await ada.says("one")
    await ada.sees("Not sent. The room is closed for the night.")
    wire.refuses(None)
    await ada.page.get_by_role("button", name="Try again").click()
    await grace.reads("one")

    wire.refuses("The room is closed again.")
    await ada.says("two")
    await ada.page.get_by_role("button", name="Take back").click()
    await expect(ada.composer).to_have_value("two")
    await expect(ada.composer).to_be_focused()
    for visitor in (ada, grace):
        await visitor.reads("one")


async def test_enter_sends_and_shift_enter_begins_a_line(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.composer.press_sequentially("first")
    await ada.composer.press("Shift+Enter")
    await ada.composer.press_sequentially("second")
    await expect(ada.composer).to_have_value("first\nsecond")
    await ada.composer.press("Enter")
    await expect(ada.composer).to_have_value("")
    await expect(grace.messages.locator("br")).to_have_count(1)


async def test_markdown_becomes_nodes(stage, enters):
    linus, ada = await stage.enters("linus"), await enters("ada")
    await linus.posts("**strong** *slanted* `code` https://example.org/x\n\n- one\n- two\n\n```\nx < y\n```\n\n| a |\n| - |\n| b |")
    text = ada.page.locator(".message-text")
    for tag, words in (("strong", "strong"), ("em", "slanted"), ("p code", "code"), ("pre", "x < y"), ("td", "b")):
        await expect(text.locator(tag)).to_have_text(words)
    await expect(text.locator("li")).to_have_text(["one", "two"])
    await expect(text.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer nofollow")


async def test_code_is_copied_and_hidden_words_are_shown_when_one_wants_to(stage, enters):
    linus = await stage.enters("linus")
    await linus.posts('```python\nprint("hi")  # to all\n```\nwho? ||the butler||')
    ada = await enters("ada")

    text = ada.page.locator(".message-text")
    await expect(text.locator(".code-comment")).to_have_text("# to all")
    await expect(text.locator(".code-string")).to_have_text('"hi"')
    await ada.page.get_by_role("button", name="Copy this code").click()
    await expect(ada.page.get_by_role("button", name="Copy this code")).to_have_text("Copied")
    await ada.page.get_by_role("button", name="Hidden words. Show them").click()
    await expect(text.locator(".spoiler.is-open")).to_have_text("the butler")


HOSTILE = [
    "<img src=x onerror=\"window.ran = 'img'\">",
    "<script>window.ran = 'script'</script>",
    "[press](javascript:window.ran='link')",
    "[press](data:text/html,<script>window.ran='data'</script>)",
    "![look](javascript:window.ran='image')",
    "\u202egnp.exe\u202c \u2066\u2067\u200f not turned round",
    "w" * 4000,
    "<svg/onload=window.ran='svg'> &lt;b&gt; &amp;amp;",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=2}",
]


async def test_hostile_text_is_shown_and_does_nothing(stage, enters):
    linus, ada = await stage.enters("linus"), await enters("ada")
    await linus.posts_all(HOSTILE)
    await expect(ada.messages).to_have_count(len(HOSTILE))
    assert [text.strip() for text in await ada.messages.all_text_contents()] == HOSTILE
    await expect(ada.page.locator(".message-text").locator("img, script, svg, a")).to_have_count(0)
    assert await ada.evaluates("window.ran") is None
    assert await ada.evaluates("document.documentElement.scrollWidth <= innerWidth")
    assert await ada.evaluates("document.querySelector('.message-list').scrollWidth <= document.querySelector('.message-list').clientWidth")


async def test_typing_edits_deletions_and_undone_deletions_are_seen_by_the_other(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.composer.press_sequentially("hel")
    await grace.sees("ada is typing")
    await ada.says("helo")
    await expect(grace.page.get_by_text("ada is typing")).to_have_count(0)

    await ada.edits_last("hello")
    await expect(grace.messages).to_have_text(["helloedited"], use_inner_text=False)

    await ada.page.clock.install()
    await ada.does("hello", "Delete")
    await ada.page.get_by_role("button", name="Undo").click()
    await ada.sees("hello")
    await ada.does("hello", "Delete")
    await ada.reads("Message deleted")
    await expect(grace.message("hello")).to_be_visible()
    await ada.page.clock.run_for(10_000)
    await grace.reads("Message deleted")
    await expect(ada.undo).to_have_count(0)


async def test_words_are_kept_when_their_message_is_deleted_elsewhere_while_one_edits_it(stage, enters):
    margaret, ada = await stage.enters("margaret"), await enters("ada")
    await ada.says("first try")
    await ada.reads("first try")
    await ada.composer.press("ArrowUp")
    await ada.page.get_by_label("Edit your message").fill("second, much longer try")

    await margaret.deletes((await margaret.sees("first try"))["seq"])

    await expect(ada.page.get_by_role("alert").filter(has_text="Your words are still here")).to_be_visible()
    await expect(ada.page.get_by_label("Edit your message")).to_be_focused()
    await ada.page.get_by_role("button", name="Make a draft").click()
    await expect(ada.composer).to_have_value("second, much longer try")
    await expect(ada.composer).to_be_focused()
    await ada.reads("Message deleted")


async def test_a_link_says_where_it_leads_and_fits_however_long_that_is(stage, enters):
    grace, ada = await stage.enters("grace"), await enters("ada", phone=True)
    await ada.room("lobby").tap()
    await grace.posts(f"[bank.example](https://{'.'.join(['evil' * 8] * 6)}.example/login) and https://example.org/itself")
    links = ada.page.locator(".message-text a")
    await expect(links).to_have_count(2)
    await expect(links.first).to_have_text(f"bank.example {'.'.join(['evil' * 8] * 6)}.example")
    await expect(links.last).to_have_text("https://example.org/itself")
    assert await ada.evaluates("document.querySelector('.message-list').scrollWidth <= document.querySelector('.message-list').clientWidth")


async def test_every_deletion_has_its_own_undo_and_nothing_else_takes_it_away(stage, enters):
    ada, grace = await enters("ada"), await stage.enters("grace")
    await ada.says("one", "two", "three")
    await ada.reads("one", "two", "three")
    await ada.page.clock.install()
    await ada.does("one", "Delete")
    await expect(ada.page.locator("article").first).to_be_focused()
    await expect(ada.page.locator("[aria-live=polite]")).to_have_text("Message deleted. For ten seconds this can be undone.")
    await ada.page.clock.run_for(4_000)
    await ada.does("two", "Delete")
    await ada.does("three", "Copy link")
    await expect(ada.page.locator(".notice")).to_be_visible()
    await ada.reads("Message deleted", "Message deleted", "three")
    await ada.undo.nth(1).click()
    await ada.reads("Message deleted", "two", "three")
    await expect(ada.message("two")).to_be_focused()
    await expect(ada.page.locator("[aria-live=polite]")).to_have_text("The message is back.")

    await ada.undo.focus()
    await ada.page.clock.run_for(6_000)
    await expect(ada.undo).to_have_count(0)
    await expect(ada.page.locator("article").first).to_be_focused()
    await grace.hears("message.deleted")
    await ada.reads("Message deleted", "two", "three")
