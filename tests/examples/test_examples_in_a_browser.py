"""The examples' pages in a real browser."""

from example_stage import load, served
from playwright.sync_api import Browser, Page, expect


def says(page: Page, words: str) -> None:
    page.locator("#messageText").fill(words)
    page.get_by_role("button", name="Send").click()


def test_the_echo_page_sends_and_shows_text_bytes_and_json(browser: Browser, ws: str) -> None:
    with served(load("echo").app, ws) as here, browser.new_page() as page:
        page.goto(here.page)
        for kind in ("text", "bytes", "json"):
            page.locator("#kind").select_option(kind)
            says(page, "grüß dich")
            expect(page.locator("#messages li")).to_have_count(("text", "bytes", "json").index(kind) + 1)
        expect(page.locator("#messages li")).to_have_text(
            ["Message text was: grüß dich", "11 bytes: grüß dich", '{"message":{"text":"grüß dich"}}']
        )
        expect(page.locator("#messageText")).to_have_value("")


def test_the_dependencies_page_connects_with_item_and_token_and_talks(browser: Browser, ws: str) -> None:
    with served(load("dependencies").app, ws) as here, browser.new_page() as page:
        page.goto(here.page)
        says(page, "too early")
        expect(page.locator("#messages li")).to_have_text(["Press Connect first."])
        page.locator("#itemId").fill("tea pot")
        with page.expect_websocket():
            page.get_by_role("button", name="Connect").click()
        page.wait_for_function("socket.readyState === WebSocket.OPEN")
        says(page, "short and stout")
        expect(page.locator("#messages li")).to_have_text(
            [
                "Press Connect first.",
                "Session cookie or query token value is: some-key-token",
                "Message text was: short and stout, for item ID: tea pot",
            ]
        )


def test_two_tabs_chat_and_one_closes(browser: Browser, ws: str) -> None:
    with served(load("many_clients").app, ws) as here, browser.new_page() as ada:
        ada.goto(here.page)
        ada_id = ada.locator("#ws-id").inner_text()
        says(ada, "anybody here?")
        expect(ada.locator("#messages li")).to_have_text(["You wrote: anybody here?", f"Client #{ada_id} says: anybody here?"])
        with browser.new_page() as grace:
            grace.goto(here.page)
            grace_id = grace.locator("#ws-id").inner_text()
            says(grace, "me")
            expect(ada.locator("#messages li").last).to_have_text(f"Client #{grace_id} says: me")
        expect(ada.locator("#messages li").last).to_have_text(f"Client #{grace_id} left the chat")
