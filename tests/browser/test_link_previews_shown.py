"""Previews of links: turned on by an owner, shown to everybody as a stranger's words, and taken away for all."""

from html import escape

import pytest
from hostile import HOSTILE, is_calm
from playwright.async_api import expect
from wall_clock import WallClock

from hubbub.previews.model import Found
from hubbub.previews.store import Job
from hubbub.testing import stage_in
from strange_server import StrangeServer

pytestmark = pytest.mark.anyio

TEA = """<!doctype html><title>no</title><meta property="og:site_name" content="The tea house">
<meta property="og:title" content="How to make tea &lt;img src=x onerror=alert(1)&gt;">
<meta name="description" content="Boil water, &#x202e;wait, and pour.">"""


@pytest.fixture
async def stage(anyio_backend, tmp_path):
    """A chat that may reach this machine."""
    async with stage_in(tmp_path / "chat", clock=WallClock(), outgoing_networks=["127.0.0.1/32"]) as stage:
        await stage.has("margaret", role="owner", by_password=True)
        yield stage


@pytest.fixture
async def web(anyio_backend):
    """Somebody else's site."""
    server = await StrangeServer().start()
    server.says("/tea", TEA)
    server.says("/cake", "<title>Cake</title>")
    yield server
    await server.stop()


def cards(visitor):
    return visitor.page.locator(".preview")


async def test_an_owner_turns_them_on_and_everybody_sees_them(enters, web):
    margaret, ada = await enters("margaret"), await enters("ada")
    await margaret.page.keyboard.press("Control+k")
    await margaret.page.keyboard.type("previews of links on")
    await margaret.page.keyboard.press("Enter")
    await expect(margaret.page.get_by_text("Links have previews from now on.")).to_be_visible()
    await margaret.page.keyboard.press("Control+k")
    await margaret.page.keyboard.type("your account")
    await margaret.page.keyboard.press("Enter")
    await expect(margaret.page.get_by_role("dialog").get_by_label("Show previews of links")).to_be_checked()
    await margaret.page.keyboard.press("Escape")

    await ada.says(f"look: {web.url('/tea')} and {web.url('/cake')}")

    for visitor in (ada, margaret):
        await expect(cards(visitor)).to_have_count(2)
        link = cards(visitor).first.get_by_role("link")
        await expect(link).to_have_text("How to make tea <img src=x onerror=alert(1)>")
        await expect(link).to_have_attribute("href", web.url("/tea"))
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        await expect(cards(visitor).first).to_contain_text(f"127.0.0.1:{web.port}")
        await expect(cards(visitor).first.locator(".preview-words")).to_have_text("Boil water, wait, and pour.")
    await ada.page.reload()
    await expect(cards(ada)).to_have_count(2)
    assert web.paths == ["/tea", "/cake"], "No browser asked for anything of the page"


async def test_the_author_takes_one_away_by_keyboard_and_nobody_else_can(stage, enters, web):
    owner = await stage.has("margaret")
    await owner.asks("PATCH", "site", json={"previews": True})
    ada, grace = await enters("ada", phone=True), await enters("grace")
    await ada.goes_to("lobby")
    await ada.says(f"{web.url('/tea')} {web.url('/cake')}")
    await expect(cards(grace)).to_have_count(2)
    await expect(grace.page.get_by_role("button", name="Take the preview away")).to_have_count(0)
    await cards(grace).first.hover()
    await expect(grace.page.locator(".preview-dismiss")).to_have_count(0)

    away = cards(ada).first.get_by_role("button", name="Take the preview away")
    await expect(away).to_be_visible()
    await away.focus()
    await ada.page.keyboard.press("Enter")

    for visitor in (ada, grace):
        await expect(cards(visitor)).to_have_count(1)
        await expect(cards(visitor)).to_contain_text("Cake")


async def test_the_account_of_a_member_says_nothing_of_the_whole_chat(enters):
    ada = await enters("ada")
    await ada.page.keyboard.press("Control+k")
    await ada.page.keyboard.type("previews of links")
    await expect(ada.page.get_by_role("option").filter(has_text="Previews of links")).to_have_count(0)
    await ada.page.keyboard.press("Escape")
    await ada.page.keyboard.press("Control+k")
    await ada.page.keyboard.type("your account")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_role("dialog").get_by_role("heading", name="Notifications")).to_be_visible()
    await expect(ada.page.get_by_text("For the whole chat")).to_have_count(0)


async def test_a_preview_that_comes_moves_nothing_that_one_looks_at(stage, enters):
    owner, grace = await stage.has("margaret"), await stage.enters("grace")
    await owner.asks("PATCH", "site", json={"previews": True})
    link = "http://10.0.0.1/tea"
    async with stage.in_a_hurry():
        seqs = await grace.posts_all([*(f"old {n} {link}" for n in range(40)), f"last {link}"])
    found = {link: Found("Tea", "Boil water. " * 20, "The tea house")}

    async def comes(seq):
        await stage.chat.features.previews.keep(Job(stage.id_of("lobby"), seq, grace.person.id, [link]), found)

    ada = await enters("ada")
    await expect(ada.messages.last).to_be_in_viewport()
    await comes(seqs[-1])
    await expect(cards(ada)).to_have_count(1)
    await expect(cards(ada)).to_be_in_viewport(ratio=0.9)

    await ada.list.evaluate("list => list.scrollTo(0, 600)")
    top = "[...document.querySelectorAll('article')].find((row) => row.textContent.includes('old 20 ')).getBoundingClientRect().top"
    place = f"new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn({top}))))"
    before = await ada.evaluates(place)
    await comes(seqs[2])
    await expect(cards(ada)).to_have_count(2)
    assert await ada.evaluates(place) == pytest.approx(before, abs=1)


@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_whatever_a_page_says_of_itself_is_text(stage, enters, web, device):
    await (await stage.has("margaret")).asks("PATCH", "site", json={"previews": True})
    grace, ada = await stage.enters("grace"), await enters("ada", phone=device == "phone")
    await ada.goes_to("lobby")
    for number, text in enumerate(HOSTILE):
        said = "".join(f'<meta property="og:{name}" content="{escape(text)}">' for name in ("title", "description", "site_name"))
        web.says(f"/{number}", said)
        await grace.posts(web.url(f"/{number}"))

    await expect(cards(ada)).to_have_count(len(HOSTILE))
    await expect(cards(ada).first.get_by_role("link")).to_have_text(HOSTILE[0])
    await expect(cards(ada).locator("img, script, svg, iframe, .preview-title a:not([href^='http://127.0.0.1:'])")).to_have_count(0)
    await is_calm(ada, "the lobby")
