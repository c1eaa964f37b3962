"""Direct messages in the browser: begun with one or several people, named by them, put away and back again."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


async def writes_to(visitor, *names):
    await visitor.page.get_by_role("button", name="New message").click()
    dialog = visitor.page.get_by_role("dialog", name="New message")
    for name in names:
        await dialog.get_by_role("textbox").fill(name)
        await dialog.get_by_role("list", name="Found").get_by_role("button", name=name).click()
        await expect(dialog.get_by_role("button", name=f"Without {name}")).to_be_visible()
    await dialog.get_by_role("button", name=re.compile("Write to")).click()
    await expect(dialog).to_have_count(0)


async def test_two_people_talk_in_the_room_that_is_theirs(enters):
    ada, grace = await enters("ada"), await enters("grace")

    await writes_to(ada, "grace")
    await ada.is_at("grace")
    await expect(grace.room("ada")).to_have_count(0)
    await ada.says("Just between us.")

    await grace.counts("ada", "1")
    await grace.goes_to("ada")
    await grace.reads("Just between us.")
    await grace.says("Of course.")
    await ada.reads("Just between us.", "Of course.")


async def test_several_people_have_a_room_named_by_all_of_them(stage, enters):
    ada = await enters("ada")
    grace, linus = await stage.enters("grace"), await stage.enters("linus")

    await writes_to(ada, "linus", "grace")
    await ada.is_at("grace, linus")
    room = await grace.opens_direct(linus, next(actor for actor in [await stage.enters("ada")]))
    await grace.posts("All three.", room=room)

    await ada.reads("All three.")


async def test_a_conversation_is_put_away_until_something_comes(stage, enters):
    ada, grace = await enters("ada"), await stage.enters("grace")
    await writes_to(ada, "grace")
    await ada.is_at("grace")

    await ada.page.get_by_role("button", name="Put this conversation away").click()
    await expect(ada.room("grace")).to_have_count(0)
    await grace.posts("Are you there?", room=await grace.opens_direct(await stage.enters("ada")))

    await ada.counts("grace", "1")


async def test_one_keeps_notes_to_oneself(enters):
    ada = await enters("ada")
    await ada.page.get_by_role("button", name="New message").click()
    await ada.page.get_by_role("button", name="Notes to yourself").click()
    await ada.is_at("ada (you)")
    await ada.says("Do not forget.")
    await ada.reads("Do not forget.")
