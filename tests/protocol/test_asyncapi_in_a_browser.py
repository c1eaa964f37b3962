"""The protocol's page in a real browser: it shows the document, and one can talk to the chat by hand."""

import json

import pytest
from playwright.async_api import async_playwright, expect

from hubbub.protocol.events import EVENTS
from hubbub.protocol.frames import ANSWERS, COMMANDS
from hubbub.protocol.signals import SIGNALS

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

pytestmark = pytest.mark.anyio


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
async def page(request, anyio_backend, chromium):
    """A page that raises what goes wrong on it when the test is over."""
    width, height = request.param
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        opened = await browser.new_page(viewport={"width": width, "height": height})
        complaints = []
        opened.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        await browser.close()
        assert complaints == []


async def test_one_can_talk_to_the_chat_by_hand(stage, page):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    token = (await grace.person.asks("POST", "tokens", json={"name": "page"}))["token"]
    await page.goto(f"{stage.serving.origin}/asyncapi")
    await expect(page.get_by_role("heading", name="What a client says")).to_be_visible()
    await expect(page.locator("article")).to_have_count(len(COMMANDS) + len(ANSWERS) + len(EVENTS) + len(SIGNALS))
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_label("Token").fill(token)
    await page.get_by_role("button", name="Connect").click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("status")).to_have_text("Welcome, grace.")
    await page.locator("#example").select_option("send")
    frame = json.loads(await page.locator("#frame").input_value())
    await page.locator("#frame").fill(json.dumps({**frame, "text": "by hand"}))
    await page.get_by_role("button", name="Send").click()
    await ada.sees("by hand", by=grace)
    await expect(page.locator("#frames .heard").filter(has_text="message.created")).to_have_count(1)
    await page.get_by_role("button", name="Disconnect").click()
    await expect(page.locator("#frames .note")).to_contain_text("Closed with 1000")
    assert token not in await page.locator("#frames").inner_text()
