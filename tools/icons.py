"""Draws the icons that phones and desktops show for the installed client, from `web/icon.svg`.

Run it as `python tools/icons.py`, with the development packages and Chromium installed.
"""

import asyncio
import shutil
from pathlib import Path

from playwright.async_api import Page, async_playwright

WEB = Path(__file__).parents[1] / "src" / "hubbub" / "web"
# The sign on its own; and on a ground of its colour, for systems that cut icons to their own shape.
PLAIN = "width: 100%; height: 100%"
ON_GROUND = "width: 110%; height: 110%; transform: translateY(6%)"
ICONS = {
    "icons/192.png": (192, PLAIN),
    "icons/512.png": (512, PLAIN),
    "icons/maskable-512.png": (512, ON_GROUND),
    "icons/touch-180.png": (180, ON_GROUND),
}
GROUND = "#0c6b73"


async def main() -> None:
    """Draw them all."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page()
        for name, (size, place) in ICONS.items():
            await draw(page, WEB / name, size, place)
        await browser.close()


async def draw(page: Page, path: Path, size: int, place: str) -> None:
    """One icon."""
    path.parent.mkdir(exist_ok=True)
    ground = "transparent" if place == PLAIN else GROUND
    body = f"margin: 0; display: grid; place-items: center; height: 100vh; overflow: hidden; background: {ground}"
    await page.set_viewport_size({"width": size, "height": size})
    await page.set_content(f"<style>body {{ {body} }} svg {{ {place} }}</style>{(WEB / 'icon.svg').read_text()}")
    await page.screenshot(path=path, omit_background=True)


if __name__ == "__main__":
    asyncio.run(main())
