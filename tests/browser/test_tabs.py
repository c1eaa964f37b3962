"""Several tabs of one browser: one connection for all, and each of them whole."""

import pytest
from playwright.async_api import expect
from visitor import Visitor

pytestmark = pytest.mark.anyio


async def opens_another_tab(visitor):
    """One more tab of this browser, in the same chat; and how many connections it makes."""
    tab = Visitor(await visitor.page.context.new_page())
    connections = []
    tab.page.on("websocket", lambda socket: connections.append(socket))
    await tab.page.goto(visitor.page.url)
    await tab.is_at("lobby")
    return tab, connections


async def test_two_tabs_share_a_connection_and_the_second_goes_on_when_the_first_is_closed(stage, enters):
    grace = await stage.enters("grace")
    first = await enters("ada")
    await first.is_at("lobby")
    second, connections = await opens_another_tab(first)
    await grace.posts("to both")
    await second.says("from the second")
    for tab in (first, second):
        await tab.reads("to both", "from the second")
    assert connections == []

    await first.page.close()
    await grace.posts("after the first")
    await second.says("still here")
    await expect(second.messages).to_contain_text(["after the first"])
    await expect(second.messages).to_contain_text(["still here"])
    await expect(second.messages).to_have_count(4)
    await expect(second.pending).to_have_count(0)
    assert len(connections) == 1
    assert second.complaints() == []


async def test_what_is_read_in_one_tab_is_read_in_the_other(stage, enters):
    margaret, actor = await stage.enters("margaret"), await stage.enters("ada", by_password=True)
    await margaret.makes_room("kitchen", actor)
    await margaret.posts("tea?", room="kitchen")
    first = await enters("ada")
    await first.is_at("lobby")
    second, _ = await opens_another_tab(first)
    for tab in (first, second):
        await tab.counts("kitchen", "1")
    await second.page.bring_to_front()
    await second.goes_to("kitchen")
    for tab in (first, second):
        await tab.counts("kitchen", "")


async def test_signing_out_in_one_tab_signs_the_other_out(stage, enters):
    first = await enters("ada")
    await first.is_at("lobby")
    second, _ = await opens_another_tab(first)
    await second.signs_out()
    for tab in (first, second):
        await tab.sees("Sign in")


async def test_a_draft_is_the_same_in_all_tabs_and_leaves_the_caret_alone(stage, enters):
    first = await enters("ada")
    await first.is_at("lobby")
    second, _ = await opens_another_tab(first)
    await first.composer.fill("tea for two")
    await expect(second.composer).to_have_value("tea for two")

    await second.composer.evaluate("(field) => field.setSelectionRange(3, 7)")
    await first.composer.press_sequentially(", and cake")
    await expect(second.composer).to_have_value("tea for two, and cake")
    assert await second.composer.evaluate("(field) => [field.selectionStart, field.selectionEnd]") == [3, 7]

    await second.page.get_by_role("button", name="Send", exact=True).click()
    await expect(first.composer).to_have_value("")
    await first.reads("tea for two, and cake")
