"""What those in charge of a room set in the browser, and what the others see of it."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


async def in_charge(stage, enters, **rules):
    """Ada in a browser, in a room of hers that grace is in."""
    ada, desk, grace = await enters("ada"), await stage.enters("ada"), await enters("grace")
    room = await desk.makes_room("news", await stage.enters("grace"), kind="private", **rules)
    await ada.goes_to("news")
    return ada, grace, room


async def test_an_announcement_room_is_for_reading(stage, enters):
    ada, grace, _ = await in_charge(stage, enters)
    await ada.page.get_by_role("button", name="People and settings").click()
    await ada.page.get_by_label("Who may post").select_option("Only owners and admins")
    await ada.page.get_by_role("textbox", name="Description").fill("What is new.\nOnce a week.")
    await ada.page.get_by_role("button", name="Save").click()
    await ada.sees("Saved.")
    await ada.says("We have moved.")

    await grace.goes_to("news")
    await grace.reads("We have moved.")
    await grace.sees("Only the owners and admins of this room post here.")
    await expect(grace.composer).to_have_count(0)
    await grace.page.get_by_role("button", name="People and settings").click()
    await grace.sees("Once a week.")
    await ada.page.get_by_label("Role of grace").select_option("admin")
    await expect(grace.composer).to_be_visible()


async def test_a_room_is_archived_and_brought_back(stage, enters):
    ada, grace, _ = await in_charge(stage, enters)
    await grace.goes_to("news")
    await ada.page.get_by_role("button", name="People and settings").click()
    await ada.page.get_by_role("button", name="Archive this room").click()

    await grace.sees("This room is archived.")
    await expect(grace.room("news")).to_have_count(0)
    await grace.page.get_by_role("button", name="Browse rooms").click()
    await expect(grace.page.get_by_role("link", name="Read news")).to_be_visible()
    await expect(grace.page.get_by_role("button", name="Bring news back")).to_have_count(0)
    await ada.page.get_by_role("button", name="Browse rooms").click()
    await ada.page.get_by_role("button", name="Bring news back").click()
    await expect(grace.room("news")).to_have_count(1)
    await expect(grace.page.get_by_role("link", name="Read news")).to_have_count(0)


async def test_public_rooms_are_found_by_a_word_of_their_topic(stage, enters):
    margaret = await stage.enters("margaret")
    for name, topic in (("garden", "Roses, mostly"), ("kitchen", "Tea, mostly")):
        await margaret.makes_room(name, kind="public", topic=topic)
    ada = await enters("ada")
    await ada.page.get_by_role("button", name="Browse rooms").click()
    await expect(ada.page.get_by_role("button", name="Join kitchen")).to_be_visible()

    await ada.page.get_by_label("Find a public room").fill("roses")

    await expect(ada.page.get_by_role("button", name="Join kitchen")).to_have_count(0)
    await ada.page.get_by_role("button", name="Join garden").click()
    await ada.is_at("garden")


async def test_who_joins_from_now_on_sees_what_comes_from_then_on(stage, enters):
    ada, _, room = await in_charge(stage, enters)
    await ada.page.get_by_role("button", name="People and settings").click()
    await ada.page.get_by_label("Who joins from now on sees").select_option("What comes after they join")
    await ada.page.get_by_role("button", name="Save").click()
    await ada.sees("Saved.")
    await ada.says("Before linus.")
    linus = await enters("linus")
    desk = next(actor for actor in stage.actors if actor.person.name == "ada")
    await desk.adds(await stage.enters("linus"), to=room)

    await linus.goes_to("news")
    await ada.says("Welcome, linus.")

    await linus.reads("Welcome, linus.")


async def test_a_private_room_is_opened_to_everybody(stage, enters):
    ada, linus = await enters("ada"), await stage.enters("linus")
    desk = await stage.enters("ada")
    room = await desk.makes_room("kitchen")
    await desk.posts("Tea, mostly.", room="kitchen")
    await ada.goes_to("kitchen")
    await ada.page.get_by_role("button", name="People and settings").click()
    await ada.page.get_by_label("Who finds and reads it").select_option("Everybody here, all of it")
    await ada.page.get_by_role("button", name="Save").click()
    await ada.sees("Saved.")

    page = await linus.person.asks("GET", f"rooms/{room}/messages")
    assert [message["text"] for message in page["items"]] == ["Tea, mostly."]
    await expect(ada.page.get_by_label("Who joins from now on sees")).to_have_count(0)
