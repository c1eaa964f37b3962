"""Everything without a mouse, and never without a focus."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse battery"


async def test_signing_in_choosing_a_room_writing_and_editing_by_keyboard_alone(stage, visit):
    margaret = await stage.enters("margaret")
    await stage.has("ada", by_password=True)
    actor = await stage.enters("ada")
    await margaret.makes_room("kitchen", actor)
    ada = await visit(stage.serving.origin)
    keys = ada.page.keyboard
    await expect(ada.page.get_by_label("Name")).to_be_focused()
    await keys.type("ada")
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await ada.is_at("lobby")
    await expect(ada.composer).to_be_focused()

    await ada.room("lobby").focus()
    await keys.press("End")
    await keys.press("ArrowUp")
    await expect(ada.room("kitchen")).to_be_focused()
    await keys.press("Enter")
    await ada.is_at("kitchen")
    await expect(ada.composer).to_be_focused()

    await keys.type("Tee?")
    await keys.press("Enter")
    await ada.reads("Tee?")
    await keys.press("ArrowUp")
    await keys.press("Control+a")
    await keys.type("Tea?")
    await keys.press("Enter")
    await margaret.sees("Tea?")
    await expect(ada.focus).to_have_attribute("data-seq", "3")


async def test_the_palette_leads_to_any_room_and_does_what_one_can_do(stage, enters):
    margaret, actor = await stage.enters("margaret"), await stage.enters("ada", by_password=True)
    for room in ("kitchen", "release notes"):
        await margaret.makes_room(room, actor)
    ada = await enters("ada")
    await ada.is_at("lobby")
    keys, choices = ada.page.keyboard, ada.page.get_by_role("option")
    field = ada.page.get_by_role("combobox", name="A room, or something to do")

    await keys.press("Control+k")
    await expect(field).to_be_focused()
    await keys.type("NOTES")
    await expect(choices).to_have_count(1)
    await keys.press("Enter")
    await ada.is_at("release notes")
    await expect(ada.composer).to_be_focused()

    await keys.press("Control+k")
    await expect(field).to_be_focused()
    await keys.type("o")
    await keys.press("ArrowDown")
    await keys.press("ArrowUp")
    await keys.press("ArrowUp")
    await expect(choices.last).to_have_attribute("aria-selected", "true")
    await keys.press("Escape")
    await expect(field).to_have_count(0)
    await expect(ada.composer).to_be_focused()

    await keys.press("Control+k")
    await expect(field).to_be_focused()
    await keys.type(">new ro")
    await keys.press("Enter")
    await expect(ada.page.get_by_role("dialog", name="New room")).to_be_visible()
    await keys.press("Escape")
    await keys.press("Control+k")
    await expect(field).to_be_focused()
    await keys.type("marga")
    await expect(choices.filter(has_text="margaret")).to_have_attribute("aria-selected", "true")
    await keys.press("Enter")
    await ada.is_at("margaret")
    await keys.press("Control+k")
    await expect(field).to_be_focused()
    await keys.type("no such thing")
    await ada.sees("Nothing here has this name.")
    await keys.press("Control+k")
    await expect(field).to_have_count(0)


async def test_alt_shift_and_arrows_go_to_what_is_unread(stage, enters):
    margaret, actor = await stage.enters("margaret"), await stage.enters("ada", by_password=True)
    for room in ("attic", "kitchen", "zoo"):
        await margaret.makes_room(room, actor)
    await margaret.posts("news", room="zoo")
    ada = await enters("ada")
    await ada.counts("zoo", "1")
    await ada.goes_to("attic")
    await ada.page.keyboard.press("Alt+Shift+ArrowDown")
    await ada.is_at("zoo")
    await ada.counts("zoo", "")
    await ada.page.keyboard.press("Alt+Shift+ArrowDown")
    await ada.sees("There is nothing unread in another room.")


async def test_escape_leads_back_to_where_the_focus_was(stage, enters):
    ada = await enters("ada")
    keys = ada.page.keyboard
    people = ada.page.get_by_role("button", name="People and settings")
    await people.focus()
    await keys.press("Enter")
    await expect(ada.page.get_by_role("heading", name="People")).to_be_focused()
    await keys.press("Escape")
    await expect(people).to_be_focused()

    for name in ("Your account", "Invite people", "New room", "Browse rooms"):
        button = ada.page.get_by_role("button", name=name)
        await button.focus()
        await keys.press("Enter")
        await expect(ada.page.get_by_role("dialog")).to_be_visible()
        assert await ada.evaluates("document.activeElement.closest('dialog') !== null")
        await keys.press("Escape")
        await expect(ada.page.get_by_role("dialog")).to_have_count(0)
        await expect(button).to_be_focused()

    await keys.press("?")
    await expect(ada.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    await ada.page.get_by_role("button", name="Close").press("Enter")
    await expect(button).to_be_focused()
    await keys.press("Escape")
    await expect(ada.composer).to_be_focused()


async def test_arrows_go_through_messages_and_their_actions_are_in_reach(stage, enters):
    ada = await enters("ada")
    await ada.says("one", "two")
    await ada.reads("one", "two")
    keys = ada.page.keyboard
    await ada.list.focus()
    await keys.press("ArrowUp")
    await expect(ada.message("two")).to_be_focused()
    await keys.press("ArrowUp")
    await expect(ada.message("one")).to_be_focused()
    await keys.press("Enter")
    await expect(ada.page.get_by_role("button", name="React", exact=True)).to_be_focused()
    for _ in range(3):
        await keys.press("Tab")
    await expect(ada.page.get_by_role("button", name="Edit", exact=True)).to_be_focused()
    await keys.press("Enter")
    await expect(ada.page.get_by_label("Edit your message")).to_be_focused()
    await keys.type(", and a half")
    await keys.press("Escape")
    await expect(ada.message("one")).to_be_focused()
    await keys.press("Delete")
    await ada.reads("Message deleted", "two")
    await keys.press("Enter")
    await expect(ada.undo).to_be_focused()
    await keys.press("Enter")
    await ada.reads("one", "two")
    await expect(ada.message("one")).to_be_focused()


async def test_alt_and_arrows_go_from_room_to_room_and_names_are_completed(stage, enters):
    grace, margaret = await stage.enters("grace"), await stage.enters("margaret")
    ada = await enters("ada")
    await margaret.makes_room("kitchen", grace, await stage.enters("ada"))
    await expect(ada.room("kitchen")).to_be_visible()
    keys = ada.page.keyboard
    await keys.press("Alt+ArrowUp")
    await ada.is_at("kitchen")
    await expect(ada.composer).to_be_focused()
    await keys.type("Hello @gr")
    await expect(ada.page.get_by_role("option", name="grace")).to_be_visible()
    await keys.press("Tab")
    await expect(ada.composer).to_have_value("Hello @grace ")
    await keys.press("Enter")
    frame = await grace.sees("Hello @grace")
    assert frame["mentions"] == [grace.person.id]


async def test_one_signs_out_from_the_palette(enters):
    ada = await enters("ada")
    await ada.is_at("lobby")
    await ada.page.keyboard.press("Control+k")
    await ada.page.keyboard.type("> sign out")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_everybody_and_those_who_are_here_are_completed_like_a_name_and_say_whom_they_mean(stage, enters):
    grace = await stage.enters("grace")
    ada = await enters("ada")
    await ada.is_at("lobby")
    keys = ada.page.keyboard
    for begun, name, meaning in (("@ro", "room", "everybody in this room"), ("@he", "here", "who is online now")):
        await ada.composer.focus()
        await keys.type(f"Tea, {begun}")
        option = ada.page.get_by_role("option", name=f"{name} {meaning}")
        await expect(option).to_have_attribute("aria-selected", "true")
        await keys.press("Tab")
        await expect(ada.composer).to_have_value(f"Tea, @{name} ")
        await keys.press("Enter")
        frame = await grace.sees(f"Tea, @{name}")
        assert "@room" in frame["mentions"] if name == "room" else grace.person.id in frame["mentions"]
