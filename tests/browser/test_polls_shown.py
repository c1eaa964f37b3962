"""People ask and choose, in two browsers; a vote given without a network counts once it is back."""

import asyncio

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio
NETWORK = r"net::ERR_|WebSocket connection to"


def option(visitor, words):
    return visitor.page.locator(".poll-option").filter(has_text=words)


async def test_one_asks_and_both_choose(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.page.get_by_role("button", name="Ask with a poll").click()
    dialog = ada.page.get_by_role("dialog", name="New poll")
    await expect(dialog.get_by_label("Question")).to_be_focused()
    await ada.page.keyboard.type("Where to?")
    await dialog.get_by_role("textbox", name="Option 1").fill("the harbour")
    await ada.page.keyboard.press("Enter")
    await ada.page.keyboard.type("<b>the hills</b>")
    await dialog.get_by_role("textbox", name="Option 3").fill(" the harbour ")
    await dialog.get_by_role("button", name="Ask").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Two options say the same.")
    await dialog.get_by_role("textbox", name="Option 3").fill("")
    await dialog.get_by_role("button", name="Ask").click()

    await grace.reads("Where to?")
    await expect(grace.page.locator(".poll-words")).to_have_text(["the harbour", "<b>the hills</b>"])
    await option(grace, "harbour").click()
    await option(ada, "harbour").click()
    await option(ada, "hills").click()
    for visitor, mine in ((ada, "hills"), (grace, "harbour")):
        await expect(visitor.page.locator(".poll-count")).to_have_text(["1", "1"])
        await expect(visitor.page.locator(".poll-option.is-mine")).to_contain_text(mine)
    await grace.page.get_by_role("button", name="Who voted").click()
    await expect(grace.page.locator(".poll-names")).to_have_text(["grace", "ada"])

    await expect(grace.page.get_by_role("button", name="Close the poll")).to_have_count(0)
    await ada.page.get_by_role("button", name="Close the poll").click()
    for visitor in (ada, grace):
        await expect(visitor.page.locator(".poll-foot")).to_contain_text("Closed")
        await expect(option(visitor, "harbour")).to_be_disabled()


async def test_a_poll_is_written_in_the_composer_and_found_in_the_palette(stage, enters):
    ada = await enters("ada")
    await ada.composer.fill("/poll Tea?\nyes\nno")
    await ada.composer.press("Enter")
    dialog = ada.page.get_by_role("dialog", name="New poll")
    await expect(dialog.get_by_label("Question")).to_have_value("Tea?")
    await expect(dialog.get_by_role("textbox", name="Option 2")).to_have_value("no")
    await dialog.get_by_label("Several may be chosen").check()
    await dialog.get_by_role("button", name="Ask").click()
    await ada.reads("Tea?")
    await expect(ada.composer).to_have_value("")
    for words in ("yes", "no"):
        await option(ada, words).click()
    await expect(ada.page.locator(".poll-option.is-mine")).to_have_count(2)
    await option(ada, "no").click()
    await expect(ada.page.locator(".poll-count")).to_have_text(["1", "0"])

    await ada.page.keyboard.press("Control+k")
    await ada.page.keyboard.type("poll")
    await ada.page.keyboard.press("Enter")
    await expect(dialog.get_by_label("Question")).to_be_focused()


async def test_a_vote_without_a_network_is_kept_over_a_reload_and_counts_once(stage, enters):
    grace, ada = await stage.enters("grace"), await enters("ada")
    ada.expects_trouble(NETWORK)
    asked = await grace.posts("Tea?", poll={"options": ["yes", "no"]})
    await expect(option(ada, "yes")).to_be_enabled()
    # The connection goes while the answer to the first vote is on its way.
    await ada.page.route("**/vote", lambda route: route.abort())
    await option(ada, "yes").click()
    await expect(option(ada, "yes")).to_have_attribute("aria-pressed", "true")
    await ada.page.context.set_offline(True)
    await expect(ada.trouble).to_be_visible()
    await option(ada, "no").click()
    await expect(ada.page.locator(".poll-count")).to_have_text(["0", "1"])

    await ada.page.unroute("**/vote")
    await ada.page.context.set_offline(False)
    await ada.page.reload()

    await grace.hears("poll.voted", target=asked, choices=[1])
    await expect(ada.page.locator(".poll-count")).to_have_text(["0", "1"])
    await expect(option(ada, "no")).to_have_attribute("aria-pressed", "true")
    assert await ada.evaluates("Object.keys(localStorage).filter((name) => name.startsWith('hubbub/vote/'))") == []


async def test_a_vote_that_comes_too_late_is_taken_off_again(stage, enters):
    grace, ada = await stage.enters("grace"), await enters("ada")
    ada.expects_trouble("409")
    asked = await grace.posts("Tea?", poll={"options": ["yes", "no"]})
    under_way = asyncio.get_running_loop().create_future()
    await ada.page.route("**/vote", lambda route: under_way.set_result(route))
    await option(ada, "yes").click()
    await expect(option(ada, "yes")).to_have_attribute("aria-pressed", "true")
    route = await under_way

    await grace.closes_poll(asked)
    await route.continue_()

    await ada.sees("Your vote does not count. This poll is closed. What was chosen before stands.")
    await expect(option(ada, "yes")).to_have_attribute("aria-pressed", "false")
    await expect(ada.page.locator(".poll-count")).to_have_text(["0", "0"])
