"""How quick the web client feels, measured in Chromium: `python benchmarks/browser.py [--minutes 1]`.

What is counted: what the first load asks for, and when one can write; a switch of rooms; a keystroke after 10,000 messages
were paged through; frames and memory while 200 messages a second come into the open room. Prints a table, and writes
`results/browser.json`.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, async_playwright

from hubbub.accounts.model import User
from hubbub.testing import Stage, stage_in

RESULTS = Path(__file__).parent / "results" / "browser.json"
LOADS, SWITCHES, KEYS = 5, 20, 100
HISTORY = 10_000
A_SECOND, AT_ONCE = 200, 4
SEEN_MS = 50.0
TEXT = "A message of a usual length, as people **write** them to one another all day long: a line, or `a little more` than that."
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--enable-precise-memory-info"]

# When the messages are there and one can write, whichever frame that is.
WATCH_READY = """
new MutationObserver((_, observer) => {
  if (!document.querySelector(".message-list[aria-busy=false] article") || !document.querySelector(".composer textarea")) return;
  observer.disconnect();
  requestAnimationFrame(() => { window.readyAt = performance.now(); });
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
FETCHED = """
() => performance.getEntries().filter(({ entryType }) => entryType === "navigation" || entryType === "resource")
  .filter(({ transferSize }) => transferSize > 0).map(({ name, encodedBodySize }) => [name.split("/").pop(), encodedBodySize])
"""
# From the click to the frame after the one that shows the other room's messages.
SWITCH = """
(name) => new Promise((resolve) => {
  const began = performance.now();
  const isLoaded = () => document.querySelector(".message-list[aria-busy=false] article");
  const isThere = () => document.querySelector("h1")?.textContent === name && isLoaded();
  const look = () => (isThere() ? requestAnimationFrame(() => resolve(performance.now() - began)) : requestAnimationFrame(look));
  [...document.querySelectorAll(".room-link")].find((link) => link.querySelector(".room-link-name").textContent === name).click();
  look();
})
"""
PAGE_UP = """
async (least) => {
  const list = document.querySelector(".message-list");
  const oldest = () => Number(document.querySelector("article[data-seq]").dataset.seq);
  const newest = oldest();
  while (newest - oldest() < least) {
    const before = oldest();
    list.scrollTop = 0;
    for (let tries = 0; oldest() === before && tries < 600; tries += 1) await new Promise(requestAnimationFrame);
    if (oldest() === before) break;
  }
  return newest - oldest();
}
"""
WATCH_KEYS = """
() => {
  window.keys = [];
  document.addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.keys.push(performance.now() - timeStamp);
    channel.port2.postMessage(null);
  }), true);
}
"""
WATCH_FRAMES = """
() => {
  window.frames_ = [];
  window.longTasks = [];
  const note = (list) => list.getEntries().forEach(({ duration }) => window.longTasks.push(duration));
  new PerformanceObserver(note).observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => {
    window.frames_.push(now - last);
    last = now;
    window.watching = requestAnimationFrame(frame);
  };
  window.watching = requestAnimationFrame(frame);
}
"""


async def main() -> None:
    """Measure everything once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long 200 messages a second come")
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        async with stage_in(Path(folder)) as stage, async_playwright() as playwright:
            author = await furnish(stage)
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            # On a machine that does something else these figures say little.
            results: dict[str, dict[str, Any]] = {"machine": {"load before": round(os.getloadavg()[0], 2)}}
            results["first load"] = await first_load(browser, stage)
            page = await opened(browser, stage)
            results["room switch"] = await switches(page)
            results["typing after 10,000 messages"] = await typing(page)
            results["200 messages a second"] = await flood(page, stage, author, minutes)
            await browser.close()
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    for name, figures in results.items():
        print(name)
        for each, value in figures.items():
            print(f"  {each:34} {value}")


async def furnish(stage: Stage) -> User:
    """The lobby with a long log, a second room, and Ada in both."""
    author = await stage.chat.accounts.add_user("Grace")
    await stage.has("Ada", by_password=True)
    members = [user.id for user in (author, await stage.chat.accounts.add_user("Linus"))]
    kitchen = await stage.chat.rooms.create(None, "public", "kitchen", members=[*members, stage.cast["Ada"].id])
    lobby = await stage.chat.room_id("lobby")
    for at in range(0, HISTORY + 200, 1000):
        await post(stage, author, lobby, 1000, at)
    await post(stage, author, kitchen.room.id, 100, 0)
    for room in (lobby, kitchen.room.id):
        newest = (await stage.cast["Ada"].asks("GET", f"rooms/{room}"))["last_seq"]
        await stage.cast["Ada"].asks("PUT", f"rooms/{room}/read", json={"seq": newest})
    return author


async def post(stage: Stage, author: User, room: str, count: int, first: int) -> None:
    """Many messages in one commit."""
    drafts = [stage.chat.messages.draft(author, room, key=f"{room}-{first + n}", text=f"{first + n}: {TEXT}") for n in range(count)]
    await stage.chat.database.write(lambda transaction: stage.chat.messages.post_all(transaction, drafts))


async def opened(browser: Browser, stage: Stage) -> Page:
    """A new browser in which Ada is in the lobby."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    cookie = {"name": "hubbub_login", "value": await stage.lets_in("Ada"), "url": stage.serving.origin}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    await context.add_init_script(WATCH_READY)
    page = await context.new_page()
    await page.goto(stage.serving.origin)
    await page.wait_for_function("() => window.readyAt")
    return page


async def first_load(browser: Browser, stage: Stage) -> dict[str, Any]:
    """What an empty cache fetches, and how long until one can write."""
    times = []
    for _ in range(LOADS):
        page = await opened(browser, stage)
        times.append(await page.evaluate("window.readyAt"))
        fetched = await page.evaluate(FETCHED)
        await page.context.close()
    # Beside these the browser asks for the icon, the manifest and the WebSocket.
    return {"requests": len(fetched) + 3, "KB compressed": kilobytes(fetched), "ready after ms (median)": round(statistics.median(times))}


def kilobytes(fetched: list[tuple[str, int]]) -> float:
    """What came over the line, without its heads."""
    return round(sum(size for _, size in fetched) / 1000, 1)


async def switches(page: Page) -> dict[str, Any]:
    """Between two rooms, back and forth; the first time its messages have to come."""
    first = await page.evaluate(SWITCH, "kitchen")
    times = [await page.evaluate(SWITCH, name) for _ in range(SWITCHES // 2) for name in ("lobby", "kitchen")]
    await page.evaluate(SWITCH, "lobby")
    return {"first time ms": round(first, 1)} | spread(times)


async def typing(page: Page) -> dict[str, Any]:
    """Keys into the composer, until the frame that shows them is done."""
    paged = await page.evaluate(PAGE_UP, HISTORY)
    rows = await page.locator("article").count()
    await page.locator(".composer textarea").focus()
    await page.evaluate(WATCH_KEYS)
    for _ in range(KEYS):
        await page.keyboard.press("a")
    await page.wait_for_function(f"() => window.keys.length >= {KEYS}")
    times = await page.evaluate("window.keys")
    await page.locator(".composer textarea").fill("")
    return {"messages paged through": paged, "rows on the page": rows} | spread(times)


async def flood(page: Page, stage: Stage, author: User, minutes: float) -> dict[str, Any]:
    """200 messages a second, seen from the newest end of the list."""
    await page.reload()
    await page.wait_for_function("() => window.readyAt")
    session = await page.context.new_cdp_session(page)
    lobby = await stage.chat.room_id("lobby")
    await come(stage, author, lobby, 5, 1_000_000)
    before = await heap(session)
    await page.evaluate(WATCH_FRAMES)
    sent = await come(stage, author, lobby, minutes * 60, 2_000_000)
    await page.locator("article").get_by_text(f"{2_000_000 + sent - 1}:").wait_for(timeout=10_000)
    await page.evaluate("cancelAnimationFrame(window.watching)")
    frames = (await page.evaluate("window.frames_"))[5:]
    tasks = await page.evaluate("window.longTasks")
    return {
        "messages": sent,
        "frames a second": round(1000 * len(frames) / sum(frames), 1),
        f"frames over {SEEN_MS:.0f} ms": sum(each > SEEN_MS for each in frames),
        "longest frame ms": round(max(frames), 1),
        "tasks over 50 ms": len(tasks),
        "heap before MB": before,
        "heap after MB": await heap(session),
    }


async def come(stage: Stage, author: User, room: str, seconds: float, first: int) -> int:
    """Messages at an even pace; how many came."""
    began, sent = time.monotonic(), 0
    while sent < seconds * A_SECOND:
        await post(stage, author, room, AT_ONCE, first + sent)
        sent += AT_ONCE
        await asyncio.sleep(max(0.0, began + sent / A_SECOND - time.monotonic()))
    return sent


async def heap(session: CDPSession) -> float:
    """What is left in the page's memory after everything that can go has gone."""
    await session.send("HeapProfiler.collectGarbage")
    await session.send("Performance.enable")
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return round(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize") / 1e6, 1)


def spread(times: list[float]) -> dict[str, float]:
    """The middle and the worst of some times."""
    ordered = [round(each, 1) for each in sorted(times)]
    return {"median ms": ordered[len(ordered) // 2], "95th ms": ordered[int(len(ordered) * 0.95)], "worst ms": ordered[-1]}


if __name__ == "__main__":
    asyncio.run(main())
