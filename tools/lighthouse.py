"""Asks Lighthouse how accessible the client is and how it keeps to best practice, signed in and at the gate.

Run it as `python tools/lighthouse.py`, with the development packages, Chromium and Node installed; it fetches Lighthouse by npx.
It ends with 1 when a score is below 95.
"""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright
from screenshots import DAY, NOW, SIZES, people_talk

from hubbub.testing import Clock, Stage, stage_in

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("accessibility", "best-practices")
LEAST = 95
Report = dict[str, Any]
CHROME = "--headless=new --no-sandbox --disable-gpu"


async def main() -> int:
    """Both pages, each on a desktop and on a phone."""
    scores = []
    with tempfile.TemporaryDirectory() as folder:
        async with stage_in(Path(folder) / "chat", clock=Clock(NOW - 3 * DAY * 60)) as stage:
            await people_talk(stage)
            signed_in = Path(folder) / "signed-in"
            await sign_in(stage, signed_in)
            for name, profile in (("gate", Path(folder) / "nobody"), ("lobby", signed_in)):
                for preset in ("desktop", "phone"):
                    report = await ask(f"{stage.serving.origin}/#/room/{stage.id_of('lobby')}", profile, preset)
                    # Only who is signed in sees a list, the one of the rooms.
                    if (report["audits"]["list"]["score"] is not None) != (profile == signed_in):
                        raise SystemExit(f"Lighthouse did not see the {name}.")
                    scores += [show(f"{name}, {preset}", report, category) for category in CATEGORIES]
    return 0 if min(scores) >= LEAST else 1


async def sign_in(stage: Stage, profile: Path) -> None:
    """A browser's folder in which Ada is signed in."""
    cookie = {"name": "hubbub_login", "value": await stage.lets_in("Ada"), "url": stage.serving.origin, "expires": time.time() + 3600}
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile, executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        await context.add_cookies([cookie])
        await context.close()


async def ask(address: str, profile: Path, preset: str) -> Report:
    """Lighthouse's report on a page, as the browser with this folder sees it."""
    output = profile.with_suffix(".json")
    program = shutil.which("lighthouse")
    width, height = SIZES[preset]
    process = await asyncio.create_subprocess_exec(
        *([program] if program else ["npx", "--yes", LIGHTHOUSE]),
        *(address, "--quiet", "--output=json", f"--output-path={output}", f"--only-categories={','.join(CATEGORIES)}"),
        *(f"--chrome-flags={CHROME} --window-size={width},{height} --user-data-dir={profile}", "--disable-storage-reset"),
        *(["--preset=desktop"] if preset == "desktop" else []),
        stdout=asyncio.subprocess.DEVNULL,
    )
    if await process.wait():
        raise SystemExit("Lighthouse could not look at the page; it says above why.")
    report: Report = json.loads(output.read_text())
    return report


def show(name: str, report: Report, category: str) -> float:
    """Print a score, and what it was lowered for."""
    found = report["categories"][category]
    print(f"{name:16} {category:16} {found['score'] * 100:.0f}")
    for audit in found["auditRefs"]:
        result = report["audits"][audit["id"]]
        if audit["weight"] and result["score"] is not None and result["score"] < 1:
            print(f"  {result['id']}: {result['title']}")
            for item in (result.get("details") or {}).get("items", [])[:3]:
                print(f"    {json.dumps(item)[:300]}")
    return float(found["score"] * 100)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
