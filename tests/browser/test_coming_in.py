"""The first run, an invitation, and signing in and out."""

import pytest
from hubbub_server import HubbubServer
from playwright.async_api import expect

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse battery"


async def test_the_printed_link_makes_an_owner_who_invites_somebody_and_both_talk(tmp_path, visit):
    async with HubbubServer(tmp_path / "data") as server:
        ada = await visit(server.link)
        await ada.sees("Make this place yours")
        await ada.fills_in("Begin", name="ada", password=PASSWORD)
        await ada.is_at("lobby")

        await ada.page.get_by_role("button", name="Invite people").click()
        await ada.page.get_by_role("button", name="Make a link").click()
        link = await ada.page.get_by_label("Invite link").input_value()
        await ada.page.keyboard.press("Escape")
        grace = await visit(link)
        await grace.sees("ada")
        await grace.fills_in("Join", name="grace", password=PASSWORD)
        await grace.is_at("lobby")
        for newcomer in (ada, grace):
            welcome = newcomer.page.get_by_role("note", name="Welcome")
            await expect(welcome.get_by_role("listitem")).to_have_count(3)
            await welcome.get_by_role("button", name="Got it").click()
            await expect(welcome).to_have_count(0)

        await ada.says("Welcome!")
        await grace.reads("Welcome!")
        await grace.says("Thank you")
        for visitor in (ada, grace):
            await visitor.reads("Welcome!", "Thank you")


async def test_before_the_owner_has_come_the_page_says_where_the_link_is(tmp_path, visit):
    async with HubbubServer(tmp_path / "data") as server:
        early = await visit(server.address)
        await early.sees("This place has no owner yet.")
        await expect(early.page.get_by_label("Password")).to_have_count(0)
        await early.page.wait_for_load_state("networkidle")


async def test_a_used_link_says_so(stage, visit):
    late = await visit(f"{stage.serving.origin}/#/setup/long-gone")
    late.expects_trouble("403")
    await late.fills_in("Begin", name="ada", password=PASSWORD)
    await expect(late.page.get_by_role("alert")).to_contain_text("link")


async def test_by_the_operators_link_one_chooses_a_new_password_and_is_in(stage, enters, visit):
    ada = await enters("ada")
    user = await stage.chat.accounts.user_by_name("ada")
    again = await visit(f"{stage.serving.origin}/#/reset/{await stage.chat.accounts.reset_token(user)}")
    await again.sees("Choose a new password")
    await again.fills_in("Set password", new_password=PASSWORD)
    await again.is_at("lobby")
    await again.says("Back again")
    await again.reads("Back again")
    await ada.sees("Sign in")


async def test_an_invitation_that_has_ended_says_so(stage, visit):
    linus = await visit(f"{stage.serving.origin}/#/invite/long-gone")
    linus.expects_trouble("404")
    await linus.sees("This invite has ended")


async def test_ada_signs_out_and_in_again_and_hears_of_a_wrong_password(stage, enters):
    ada = await enters("ada")
    await ada.signs_out()
    await ada.sees("Sign in")
    await expect(ada.page.locator(".shell")).to_have_count(0)

    ada.expects_trouble("401")
    await ada.fills_in("Sign in", name="ada", password="not this one")
    await ada.sees("The name or the password is not right.")
    await ada.fills_in("Sign in", name="ada", password=PASSWORD)
    await ada.is_at("lobby")


async def test_a_login_that_is_ended_elsewhere_ends_here_at_once(stage, enters):
    here, there = await enters("ada"), await enters("ada")
    await there.page.get_by_role("button", name="Your account").click()
    await there.page.get_by_role("button", name="Sign out everywhere").click()
    await here.sees("Sign in")
