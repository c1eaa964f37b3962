"""Rooms are made, people come into them and are taken out of them, and everybody's page shows it at once."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


async def test_a_private_room_appears_for_whom_is_added_and_vanishes_for_whom_is_removed(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.page.get_by_role("button", name="New room").click()
    await ada.page.get_by_label("Room name").fill("kitchen")
    await ada.page.get_by_text("Only whom you add").click()
    await ada.page.get_by_role("button", name="Make the room").click()
    await ada.is_at("kitchen")
    await expect(grace.room("kitchen")).to_have_count(0)

    await ada.page.get_by_role("button", name="People and settings").click()
    await ada.page.get_by_label("Add somebody").fill("gra")
    await ada.page.get_by_role("button", name="grace").click()
    await grace.goes_to("kitchen")
    await ada.says("Tea?")
    await grace.reads("Tea?")

    await ada.page.locator(".person").filter(has_text="grace").hover()
    await ada.page.get_by_role("button", name="Remove grace").click()
    await expect(grace.room("kitchen")).to_have_count(0)
    await grace.sees("You are no longer in this room.")
    await expect(grace.messages).to_have_count(0)


async def test_a_public_room_is_found_and_joined(stage, enters):
    margaret = await stage.enters("margaret")
    await margaret.makes_room("garden", kind="public", topic="Roses, mostly")
    await margaret.posts("The first one is out.", room="garden")
    ada = await enters("ada")
    await ada.page.get_by_role("button", name="Browse rooms").click()
    await ada.sees("Roses, mostly")
    await ada.page.get_by_role("button", name="Join garden").click()
    await ada.is_at("garden")
    await ada.reads("The first one is out.")


async def test_an_unknown_room_says_so_and_shows_the_way_back(stage, enters):
    ada = await enters("ada")
    ada.expects_trouble("404")
    await ada.evaluates("location.hash = '#/room/nowhere'")
    await ada.sees("There is no such room for you")
    await ada.page.get_by_role("link", name="Back to your rooms").click()
    await ada.sees("Choose a room")
