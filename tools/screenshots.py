"""Takes the screenshots of docs/images, which docs/screens.md shows; with `--all FOLDER` every view
there is, light and dark, to be looked at.

Run it as `python tools/screenshots.py`, with the development packages and Chromium installed.
"""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright
from screenshot_scenes import SCENES, Scene, first_run, lively
from screenshot_talks import DAY, NOW, people_talk

from hubbub.testing import Clock, Stage, stage_in

IMAGES = Path(__file__).parents[1] / "docs" / "images"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "half": (820, 1180), "phone": (390, 844)}
# What the documents show: the file, the scene, the size and the theme. What is unread comes before what reads it.
SHOWN = [
    ("catch-up", "catch_up", "desktop", "light"),
    ("phone-catch-up", "catch_up", "phone", "dark"),
    ("phone-rooms", "rooms", "phone", "dark"),
    ("room", "lively", "desktop", "light"),
    ("dark", "lively", "desktop", "dark"),
    ("contrast", "contrast", "desktop", "light"),
    ("phone", "lively", "phone", "light"),
    ("phone-dark", "lively", "phone", "dark"),
    ("gate", "first_run", "desktop", "light"),
    ("phone-sign-in", "sign_in", "phone", "dark"),
    ("thread", "thread", "desktop", "dark"),
    ("phone-thread", "thread", "phone", "light"),
    ("search", "search", "desktop", "light"),
    ("palette", "palette", "desktop", "dark"),
    ("poll", "poll", "desktop", "light"),
    ("phone-preview", "poll", "phone", "dark"),
    ("account", "account", "desktop", "dark"),
    ("phone-account", "notifications", "phone", "light"),
    ("files", "files", "desktop", "light"),
    ("pictures", "pictures", "desktop", "dark"),
    ("phone-offline", "offline", "phone", "light"),
    ("tablet", "people", "tablet", "light"),
    ("arabic", "arabic", "desktop", "light"),
    ("scheduled", "scheduled", "desktop", "light"),
]
MOST_BYTES = 200_000


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every view, light and dark, into this folder")
    parser.add_argument("--only", default="", metavar="TEXT", help="with --all: only those with this text in their names")
    chosen = parser.parse_args()
    (chosen.all or IMAGES).mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all(chosen.all, chosen.only) if chosen.all else take_those_of_the_docs())


async def take_those_of_the_docs() -> None:
    """The pictures that the documents show."""
    scenes = {scene.__name__: scene for scene in SCENES}
    async with set_up() as (stage, browser):
        for name, scene, size, theme in SHOWN:
            path = IMAGES / f"{name}.png"
            await picture(browser, stage, scenes[scene], path, SIZES[size], theme, scale=1.5 if size == "phone" else 1)
            make_small(path)


def make_small(path: Path) -> None:
    """A picture that would weigh too much is kept with 256 colours."""
    if path.stat().st_size > MOST_BYTES:
        with Image.open(path) as image:
            image.convert("RGB").quantize(256).save(path, optimize=True)


async def take_all(folder: Path, only: str) -> None:
    """Every scene in every size, light and dark."""
    async with set_up() as (stage, browser):
        for scene in SCENES:
            for size, pixels in SIZES.items():
                for theme in ("light", "dark"):
                    name = f"{scene.__name__}-{size}-{theme}"
                    if only in name:
                        await picture(browser, stage, scene, folder / f"{name}.png", pixels, theme)
        if only in "zoomed":
            await picture(browser, stage, lively, folder / "zoomed.png", (720, 450), "light", scale=2)
            await picture(browser, stage, first_run, folder / "zoomed-first-run.png", (720, 450), "light", scale=2)


@asynccontextmanager
async def set_up() -> AsyncIterator[tuple[Stage, Browser]]:
    """A chat in which people have talked, and a browser."""
    clock = Clock(NOW - 3 * DAY * 60)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder:
        async with stage_in(Path(folder), clock=clock) as stage, async_playwright() as playwright:
            await people_talk(stage)
            browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
            yield stage, browser
            await browser.close()


async def picture(browser: Browser, stage: Stage, scene: Scene, path: Path, size: tuple[int, int], theme: str, *, scale: float = 1) -> None:
    """One scene, as Ada sees it."""
    narrow = size[0] < 500
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=scale,
        has_touch=narrow,
        is_mobile=narrow,
        locale="en-GB",
        timezone_id="UTC",
    )
    try:
        page = await context.new_page()
        await page.clock.set_fixed_time(datetime.fromtimestamp(NOW, UTC))
        await scene(page, stage)
        await page.mouse.move(0, 0)
        await page.wait_for_timeout(300)
        await page.screenshot(path=path)
    finally:
        await context.close()


if __name__ == "__main__":
    main()
