"""Two people react, quote, and talk in threads; both see the same."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


async def test_both_see_who_reacted(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.says("hello")
    await grace.reads("hello")

    await grace.does("hello", "React")
    await grace.page.get_by_label("Find an emoji").fill("party popper")
    await grace.page.keyboard.press("Enter")

    theirs = ada.page.locator(".reaction:not(.is-adding)")
    await expect(theirs).to_have_text("\N{PARTY POPPER}1")
    await theirs.click()
    for visitor in (ada, grace):
        await expect(visitor.page.locator(".reaction:not(.is-adding)")).to_have_text("\N{PARTY POPPER}2")
    await expect(ada.page.get_by_role("button", name="\N{PARTY POPPER} 2: You and grace")).to_have_attribute("aria-pressed", "true")
    await theirs.click()
    await expect(grace.page.locator(".reaction:not(.is-adding)")).to_have_text("\N{PARTY POPPER}1")


async def test_the_picker_is_walked_by_keyboard(stage, enters):
    ada = await enters("ada")
    await ada.says("hello")
    await ada.reads("hello")
    await ada.message("hello").focus()
    await ada.page.keyboard.press("+")
    await expect(ada.page.get_by_label("Find an emoji")).to_be_focused()
    await expect(ada.page.get_by_role("button", name="grinning face", exact=True)).to_be_attached()

    await ada.page.keyboard.press("ArrowDown")
    await ada.page.keyboard.press("ArrowRight")
    await expect(ada.focus).to_have_class("emoji")
    await ada.page.keyboard.press("Enter")

    await expect(ada.page.locator(".reaction.is-mine")).to_have_count(1)
    await expect(ada.message("hello")).to_be_focused()


async def test_a_reply_shows_what_it_replies_to_as_it_stands_now(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.says("shall we?")
    await grace.reads("shall we?")

    await grace.does("shall we?", "Reply")
    await expect(grace.composer).to_be_focused()
    await grace.says("yes")

    quote = ada.page.locator("article .quote")
    await expect(quote).to_contain_text("shall we?")
    await expect(grace.page.locator(".quote-to-send")).to_have_count(0)
    await ada.edits_last("shall we really?")
    for visitor in (ada, grace):
        await expect(visitor.page.locator("article .quote")).to_contain_text("shall we really?")
    await quote.click()
    await expect(ada.page.locator("article.is-lit")).to_contain_text("shall we really?")


async def test_a_reply_to_nothing_is_a_message(stage, enters):
    ada = await enters("ada")
    await ada.says("shall we?")
    await ada.reads("shall we?")
    await ada.message("shall we?").focus()
    await ada.page.keyboard.press("r")
    await expect(ada.page.locator(".quote-to-send")).to_contain_text("shall we?")
    await ada.page.keyboard.press("Escape")
    await ada.says("well")
    await ada.reads("shall we?", "well")
    await expect(ada.page.locator(".quote, .quote-to-send")).to_have_count(0)


async def test_two_talk_in_a_thread_beside_the_room(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.says("shall we?")
    await grace.reads("shall we?")

    await grace.does("shall we?", "Reply in a thread")
    thread = grace.panel("Thread")
    await thread.get_by_label("Reply in this thread").fill("yes, here")
    await thread.get_by_label("Reply in this thread").press("Enter")
    await expect(thread.locator(".message-text")).to_have_text(["shall we?", "yes, here"])

    await expect(ada.messages).to_have_text(["shall we?"])
    threads = ada.page.get_by_role("button", name="Threads")
    await expect(threads).to_contain_text("1")
    await ada.page.get_by_role("button", name="1 reply").click()
    theirs = ada.panel("Thread")
    await expect(theirs.locator(".message-text")).to_have_text(["shall we?", "yes, here"])
    await expect(threads.locator(".count")).to_have_count(0)
    await theirs.get_by_label("Also to lobby").check()
    await theirs.get_by_label("Reply in this thread").fill("then we do")
    await theirs.get_by_label("Reply in this thread").press("Enter")
    await expect(thread.locator(".message-text")).to_have_text(["shall we?", "yes, here", "then we do"])
    room = grace.page.get_by_role("main").locator(".message-text")
    await expect(room).to_have_text(["shall we?", "then we do"])
    await expect(grace.page.get_by_role("main").locator(".replies-line")).to_contain_text("2 replies")


async def test_threads_are_listed_and_lead_back(stage, enters):
    linus, ada = await stage.enters("linus"), await enters("ada")
    first = await linus.posts("shall we, @ada?")
    await linus.posts("@ada yes", thread=first)

    await ada.page.get_by_role("button", name="Threads").click()
    await ada.panel("Threads").get_by_role("link").click()

    await expect(ada.panel("Thread").locator(".message-text")).to_have_text(["shall we, @ada?", "@ada yes"])
    await expect(ada.panel("Thread").get_by_label("Tell me of")).to_have_value("all")
    await ada.page.reload()
    await expect(ada.panel("Thread").locator(".message-text")).to_have_text(["shall we, @ada?", "@ada yes"])


async def test_the_address_of_a_reply_leads_into_its_thread(stage, enters):
    linus, ada = await stage.enters("linus"), await enters("ada")
    first = await linus.posts("shall we?")
    reply = await linus.posts("yes", thread=first)
    await ada.reads("shall we?")

    await ada.page.goto(f"{stage.serving.origin}/#/room/{stage.id_of('lobby')}/{reply}")

    await expect(ada.panel("Thread").locator(".message-text")).to_have_text(["shall we?", "yes"])


async def test_a_thread_without_its_first_message_goes_on(stage, enters):
    linus, ada = await stage.enters("linus"), await enters("ada")
    first = await linus.posts("shall we?")
    await linus.posts("yes", thread=first)
    await ada.reads("shall we?")
    await linus.deletes(first)
    await expect(ada.page.locator(".message-gone")).to_have_text("Message deleted")

    await ada.page.get_by_role("button", name="1 reply").click()
    await ada.panel("Thread").get_by_label("Reply in this thread").fill("what was it?")
    await ada.panel("Thread").get_by_label("Reply in this thread").press("Enter")

    assert (await linus.sees("what was it?"))["thread"] == first
    await expect(ada.page.get_by_role("main").locator(".replies-line")).to_contain_text("2 replies")


async def test_who_reacted_is_seen_by_keyboard_and_as_it_changes(stage, enters):
    linus, ada = await stage.enters("linus"), await enters("ada")
    await ada.says("hello")
    await ada.reads("hello")
    seq = (await linus.sees("hello"))["seq"]
    await linus.reacts(seq, "\N{PARTY POPPER}")
    await expect(ada.page.locator(".reaction:not(.is-adding)")).to_have_count(1)
    await ada.message("hello").focus()
    keys = ada.page.keyboard
    await keys.press("Enter")
    for _ in range(4):
        await keys.press("Tab")
    await keys.press("Enter")
    await expect(ada.page.get_by_role("menuitem").first).to_be_focused()
    entry = ada.page.get_by_role("menuitem", name="Who reacted")
    while not await entry.evaluate("(element) => element === document.activeElement"):
        await keys.press("ArrowDown")
    await keys.press("Enter")

    dialog = ada.page.get_by_role("dialog", name="Who reacted")
    await expect(dialog.locator("section")).to_have_text(["\N{PARTY POPPER}1Llinus"])
    await linus.reacts(seq, "\N{RED APPLE}")
    await expect(dialog.locator("section")).to_have_text(["\N{PARTY POPPER}1Llinus", "\N{RED APPLE}1Llinus"])
    for emoji in ("\N{PARTY POPPER}", "\N{RED APPLE}"):
        await linus.takes_reaction_back(seq, emoji)
    await expect(dialog.get_by_role("status")).to_have_text("Nobody reacts to it any more.")
    await keys.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(ada.message("hello")).to_be_focused()


async def test_the_first_reply_to_ones_own_message_in_a_room_that_is_not_open_is_new(stage, enters):
    grace, desk = await stage.enters("grace"), await stage.enters("ada", by_password=True)
    await grace.makes_room("kitchen", desk)
    first = await desk.posts("shall we?", room="kitchen")
    ada = await enters("ada")
    await ada.is_at("lobby")

    await grace.posts("yes", room="kitchen", thread=first)

    await expect(ada.page.get_by_role("button", name="Threads")).to_contain_text("1")


async def test_what_was_read_in_a_thread_while_one_was_away_is_read(stage, enters):
    grace, desk = await stage.enters("grace"), await stage.enters("ada", by_password=True)
    first = await desk.posts("shall we?")
    ada = await enters("ada")
    await ada.is_at("lobby")
    reply = await grace.posts("yes", thread=first)
    threads = ada.page.get_by_role("button", name="Threads")
    await expect(threads).to_contain_text("1")

    await desk.reads_thread(first, reply)
    await expect(threads.locator(".count")).to_have_count(0)

    more = await grace.posts("or no", thread=first)
    await expect(threads).to_contain_text("1")
    ada.expects_trouble("ERR_INTERNET_DISCONNECTED|WebSocket")
    await ada.page.context.set_offline(True)
    await expect(ada.trouble).to_be_visible()
    await desk.reads_thread(first, more)
    await ada.page.context.set_offline(False)
    await expect(threads.locator(".count")).to_have_count(0)


async def test_a_reply_is_read_by_whoever_is_there_and_sees_it(stage, enters):
    grace, desk = await stage.enters("grace"), await stage.enters("ada", by_password=True)
    first = await desk.posts("shall we?")
    for number in range(40):
        await grace.posts(f"reply {number}", thread=first)
    ada = await enters("ada")
    await ada.page.locator(".replies-line").click()
    threads = ada.page.get_by_role("button", name="Threads")
    await expect(threads.locator(".count")).to_have_count(0)

    await ada.evaluates("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    await grace.posts("are you there?", thread=first)
    await expect(threads).to_contain_text("1")
    await ada.evaluates("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    await expect(threads.locator(".count")).to_have_count(0)

    thread = ada.panel("Thread").locator(".message-list")
    await thread.evaluate("(list) => { list.scrollTop = 0; }")
    await expect(ada.panel("Thread").get_by_role("button", name="newest")).to_be_visible()
    await grace.posts("and this?", thread=first)
    await expect(threads).to_contain_text("1")
    await thread.evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    await expect(threads.locator(".count")).to_have_count(0)
