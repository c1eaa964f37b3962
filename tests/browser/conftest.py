"""The browser stories: a real Hubbub, a real Chromium, and people who sit before it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright, expect
from visitor import Visitor
from wall_clock import WallClock

from hubbub.testing import Stage, stage_in

Enter = Callable[..., Awaitable[Visitor]]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PATIENCE_MS = 10_000
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    # A microphone that hums, for whoever records something.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@pytest.fixture(scope="package")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="package")
async def browser(anyio_backend: str, chromium: str) -> AsyncIterator[Browser]:
    """One Chromium for all browser stories."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def stage(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A chat of its own, which has an owner, and whose clock is the browser's."""
    async with stage_in(tmp_path / "chat", clock=WallClock()) as stage:
        await stage.has("margaret", role="owner")
        yield stage


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """Somebody opens a browser of their own at an address. At the end nobody's browser may have complained."""
    visitors: list[Visitor] = []

    async def open_browser(address: str, *, cookies: dict[str, str] | None = None, phone: bool = False, **options: Any) -> Visitor:
        context = await browser.new_context(**{"locale": "en-GB", "service_workers": "block", **(PHONE if phone else {}), **options})
        await context.add_cookies([{"name": name, "value": value, "url": address} for name, value in (cookies or {}).items()])
        context.set_default_timeout(PATIENCE_MS)
        visitors.append(await Visitor.at(address, context))
        return visitors[-1]

    yield open_browser
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints()]
    for visitor in visitors:
        await visitor.page.context.close()
    assert not complaints, "A browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def enters(stage: Stage, visit: Enter) -> Enter:
    """Somebody of this name, already signed in, opens the chat in a browser of their own."""

    async def enter(name: str, **options: Any) -> Visitor:
        await stage.has(name, by_password=True)
        visitor = await visit(stage.serving.origin, cookies={"hubbub_login": await stage.lets_in(name)}, **options)
        await visitor.is_in()
        return visitor

    return enter
