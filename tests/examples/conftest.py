"""Each example on each server, and a browser for its page."""

from collections.abc import Iterator

import pytest
from example_stage import SERVERS
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(params=SERVERS, ids=["prepared", "plain"])
def ws(request: pytest.FixtureRequest) -> str:
    """The WebSocket protocol to serve with: ours with its fast path, and uvicorn's own."""
    protocol: str = request.param
    return protocol


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium."""
    quiet = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield browser
        browser.close()
