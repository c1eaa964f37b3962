"""On a phone: one pane at a time, fingers, and the same in half a window on a tablet."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio
LEAST = 44

SMALL_TARGETS = """
(least) => [...document.querySelectorAll("a[href], button, input, textarea, summary")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest(".message-text"))
  .map((element) => [element.getAttribute("aria-label") ?? element.textContent.trim(), element.closest("label") ?? element])
  .filter(([, target]) => target.getBoundingClientRect().height < least - 0.5 || target.getBoundingClientRect().width < least - 0.5)
  .map(([name]) => name)
"""


async def test_from_the_rooms_into_a_conversation_to_its_people_and_back(stage, enters):
    grace = await stage.enters("grace")
    ada = await enters("ada", phone=True)
    await expect(ada.room("lobby")).to_be_visible()
    await expect(ada.page.locator(".composer")).not_to_be_visible()
    await grace.posts("hello phone")
    await ada.counts("lobby", "1")
    assert await ada.evaluates(SMALL_TARGETS, LEAST) == []

    await ada.room("lobby").tap()
    await ada.is_at("lobby")
    await ada.reads("hello phone")
    await expect(ada.room("lobby")).not_to_be_visible()
    assert await ada.evaluates(SMALL_TARGETS, LEAST) == []

    await ada.page.get_by_role("button", name="People and settings").tap()
    await ada.sees("Add somebody")
    await expect(ada.composer).not_to_be_visible()
    assert await ada.evaluates(SMALL_TARGETS, LEAST) == []
    await ada.page.go_back()
    await expect(ada.composer).to_be_visible()
    await ada.page.get_by_role("link", name="All rooms").tap()
    await expect(ada.room("lobby")).to_be_visible()
    await ada.page.go_forward()
    await expect(ada.composer).to_be_visible()


async def test_the_composer_is_used_with_a_finger(stage, enters):
    grace = await stage.enters("grace")
    ada = await enters("ada", phone=True)
    await ada.room("lobby").tap()
    await ada.is_at("lobby")
    await ada.composer.tap()
    await ada.composer.press_sequentially("one")
    await ada.composer.press("Enter")
    await ada.composer.press_sequentially("two")
    await expect(ada.composer).to_have_value("one\ntwo")
    assert await ada.composer.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16
    await ada.page.get_by_role("button", name="Send", exact=True).tap()
    await grace.sees("one\ntwo")
    assert await ada.evaluates("document.documentElement.scrollWidth <= innerWidth")


async def test_a_long_press_shows_what_can_be_done_with_a_message(stage, enters):
    ada = await enters("ada", phone=True)
    await ada.room("lobby").tap()
    await ada.says("hold me")
    await expect(ada.pending).to_have_count(0)
    message = ada.message("hold me")
    finger = {"pointerType": "touch", "bubbles": True, "clientX": 100, "clientY": 700}
    await message.dispatch_event("pointerdown", finger)
    await expect(ada.page.get_by_role("toolbar")).to_be_visible()
    await message.dispatch_event("pointerup", finger)
    assert await ada.evaluates(SMALL_TARGETS, LEAST) == []
    await ada.page.get_by_role("button", name="Edit", exact=True).tap()
    await expect(ada.page.get_by_label("Edit your message")).to_be_focused()


async def test_the_menu_of_a_message_stays_within_the_list_on_a_small_screen(stage, enters):
    grace = await stage.enters("grace")
    for number in range(8):
        await grace.posts(f"message {number}")
    ada = await enters("ada", phone=True, viewport={"width": 360, "height": 560})
    await ada.room("lobby").tap()
    await ada.is_at("lobby")
    for number in (2, 7):
        row = ada.message(f"message {number}")
        await row.focus()
        await row.get_by_role("button", name="More", exact=True).tap()
        menu = row.get_by_role("menu")
        await expect(menu.get_by_role("menuitem").first).to_be_in_viewport()
        outer, inner = await ada.list.bounding_box(), await menu.bounding_box()
        assert outer["y"] <= inner["y"]
        assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]
        await menu.get_by_role("menuitem", name="About grace").scroll_into_view_if_needed()
        await expect(menu.get_by_role("menuitem", name="About grace")).to_be_in_viewport()
        await ada.page.keyboard.press("Escape")


async def test_what_a_finger_presses_in_a_message_is_not_covered_by_its_actions(stage, enters):
    grace = await stage.enters("grace")
    await grace.posts("cake?", poll={"options": ["carrot", "almond"]})
    ada = await enters("ada", phone=True)
    await ada.room("lobby").tap()
    carrot = ada.message("cake?").get_by_role("button", name="carrot")
    await carrot.tap()
    await expect(carrot).to_be_focused()
    await expect(carrot).to_have_attribute("aria-pressed", "true")
    await expect(ada.page.get_by_role("toolbar")).to_have_count(0)


async def test_who_reacted_is_seen_with_a_finger(stage, enters):
    grace = await stage.enters("grace")
    seq = await grace.posts("cake?")
    await grace.reacts(seq, "\N{PARTY POPPER}")
    ada = await enters("ada", phone=True)
    await ada.room("lobby").tap()
    await ada.page.get_by_role("button", name="\N{PARTY POPPER} 1").tap()
    await expect(ada.page.locator(".reaction.is-mine")).to_have_count(1)
    message = ada.message("cake?")
    finger = {"pointerType": "touch", "bubbles": True, "clientX": 100, "clientY": 700}
    await message.dispatch_event("pointerdown", finger)
    await ada.page.get_by_role("button", name="More", exact=True).tap()
    await message.dispatch_event("pointerup", finger)
    await ada.page.get_by_role("menuitem", name="Who reacted").tap()
    dialog = ada.page.get_by_role("dialog", name="Who reacted")
    await expect(dialog.locator(".person-name")).to_have_text(["grace", "You"])
    await dialog.get_by_role("button", name="Close").tap()
    await expect(dialog).to_have_count(0)

    await holds(ada, await ada.page.locator(".reaction.is-mine").bounding_box(), until=dialog)
    await expect(dialog.locator(".person-name")).to_have_text(["grace", "You"])
    await dialog.get_by_role("button", name="Close").tap()
    await expect(dialog).to_have_count(0)
    await expect(ada.page.locator(".reaction.is-mine")).to_have_count(1)
    await ada.page.locator(".reaction.is-mine").tap()
    await expect(ada.page.locator(".reaction:not(.is-adding)")).to_have_attribute("aria-pressed", "false")


async def test_in_half_a_window_the_rooms_slide_over_the_conversation(stage, enters):
    margaret, actor = await stage.enters("margaret"), await stage.enters("ada", by_password=True)
    await margaret.makes_room("kitchen", actor)
    ada = await enters("ada", viewport={"width": 800, "height": 900})
    await ada.is_at("lobby")
    await expect(ada.room("kitchen")).not_to_be_visible()
    rooms = ada.page.get_by_role("button", name="Rooms", exact=True)

    await rooms.click()
    await expect(ada.room("lobby")).to_be_focused()
    await ada.page.keyboard.press("Escape")
    await expect(ada.room("kitchen")).not_to_be_visible()
    await expect(rooms).to_be_focused()
    await rooms.click()
    await ada.page.mouse.click(700, 400)
    await expect(ada.room("kitchen")).not_to_be_visible()
    await ada.page.keyboard.press("Control+k")
    await expect(ada.page.get_by_role("combobox", name="A room, or something to do")).to_be_focused()
    await ada.page.keyboard.type("kit")
    await ada.page.keyboard.press("Enter")
    await ada.is_at("kitchen")
    await expect(ada.room("kitchen")).not_to_be_visible()
    await expect(ada.composer).to_be_focused()


async def holds(visitor, box, until):
    """A finger stays in the middle of something until this is seen."""
    session = await visitor.page.context.new_cdp_session(visitor.page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    await session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(until).to_be_visible()
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await session.detach()


async def swipes(visitor, start, end):
    """A finger goes from one point of the screen to another."""
    session = await visitor.page.context.new_cdp_session(visitor.page)
    (x, y), (to_x, to_y) = start, end
    await session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in (0.1, 0.25, 0.5, 0.75, 1):
        point = {"x": x + (to_x - x) * part, "y": y + (to_y - y) * part}
        await session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await session.detach()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
async def test_a_finger_replies_along_a_message_and_goes_back_from_the_edge(stage, enters, motion):
    grace = await stage.enters("grace")
    await grace.posts("answer me")
    ada = await enters("ada", phone=True, reduced_motion=motion)
    await ada.room("lobby").tap()
    await ada.reads("answer me")
    box = await ada.message("answer me").bounding_box()
    x, y = box["x"] + 120, box["y"] + box["height"] / 2

    await swipes(ada, (x, y), (x + 20, y - 150))
    await swipes(ada, (x + 100, y), (x, y))
    await expect(ada.page.locator(".quote-to-send")).to_have_count(0)
    await swipes(ada, (x, y), (x + 120, y + 5))
    await expect(ada.page.locator(".quote-to-send")).to_contain_text("answer me")
    await expect(ada.message("answer me")).not_to_have_attribute("data-swipe", re.compile(".*"))
    await swipes(ada, (4, y), (180, y + 10))
    await expect(ada.room("lobby")).to_be_visible()
