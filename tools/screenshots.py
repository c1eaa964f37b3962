"""Takes the screenshots of docs/images; with `--all FOLDER` every view there is, light and dark, to be looked at.

Run it as `python tools/screenshots.py`, with the development packages and Chromium installed.
"""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from screenshot_files import chooses_files, people_send_files

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
DAY = 24 * 60
# An afternoon, so that the pictures are the same whenever they are taken.
NOW = datetime(2031, 3, 12, 15, 10, tzinfo=UTC).timestamp()

# Who says what, and how many minutes before now.
LOBBY = [
    (2 * DAY, "Grace", "Welcome, everybody. Say hello when you come in."),
    (2 * DAY - 4, "Linus", "Hello! Found the door."),
    (DAY + 95, "Margaret", "For Thursday:\n\n- [x] backups restored on a second machine\n- [x] load test\n- [ ] somebody to bring cake"),
    (DAY + 92, "Ada", "I can bring cake. 🍰"),
    (DAY + 91, "Ada", "Two kinds, because of the nut question."),
    (64, "Grace", "Does anybody know why the importer stops at row 4,096?"),
    (61, "Linus", "A page boundary, I would bet. What does the reader look like?"),
    (
        58,
        "Grace",
        "Like this. The last page is never handed on:\n\n```python\ndef rows(pages):\n    for page, following in pairwise(pages):\n"
        "        yield from page.rows\n        if following is None:\n            break\n```",
    ),
    (55, "Linus", "`pairwise` ends one early. Give it a `None` to stand on:"),
    (55, "Linus", "```python\nfor page, following in pairwise([*pages, None]):\n```"),
    (53, "Grace", "That was it. **All 40,960 rows are in**, thank you!"),
    (52, "Grace", "🎉"),
    (20, "Noor", "مرحبا بالجميع، سأنضم إليكم من القاهرة هذا الأسبوع"),
    (18, "Margaret", "Wonderful, see you there. The notes are at https://example.org/notes/2031/importer-and-what-we-learned-from-it"),
    (6, "Linus", "Shall we look at the release at three?"),
    (4, "Margaret", "Three is good. @Ada, can you show the new search?"),
]
KITCHEN = [(30, "Linus", "The kettle works again."), (12, "Noor", "Tea for five?"), (11, "Grace", "Six, please.")]
RELEASE = [(25, "Margaret", "Draft of the notes is up."), (9, "Grace", "@Ada, one question in the second paragraph.")]

Scene = Callable[[Page, Stage], Awaitable[None]]


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
    async with set_up() as (stage, browser):
        await picture(browser, stage, lively, IMAGES / "room.png", (1280, 800), "light")
        await picture(browser, stage, lively, IMAGES / "dark.png", (1280, 800), "dark")
        await picture(browser, stage, lively, IMAGES / "phone.png", SIZES["phone"], "light", scale=1.5)
        await picture(browser, stage, palette, IMAGES / "palette.png", (1280, 800), "dark")
        await picture(browser, stage, people, IMAGES / "tablet.png", SIZES["tablet"], "light")
        await picture(browser, stage, rooms, IMAGES / "phone-rooms.png", SIZES["phone"], "dark", scale=1.5)
        await picture(browser, stage, files, IMAGES / "files.png", (1280, 800), "light")
        await picture(browser, stage, arabic, IMAGES / "arabic.png", (1280, 800), "light")


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


async def people_talk(stage: Stage) -> None:
    """The conversations above, each at its time."""
    cast = {"Margaret": await stage.enters("Margaret", role="owner")}
    cast |= {name: await stage.enters(name) for name in ("Grace", "Linus", "Noor")}
    cast["Ada"] = await stage.enters("Ada", by_password=True)
    await cast["Margaret"].changes("lobby", topic="Where everybody is. Anything that belongs nowhere else.")
    others = [cast[name] for name in ("Ada", "Grace", "Linus", "Noor")]
    for name, kind, topic in (("kitchen", "public", "Tea, mostly"), ("release", "private", "2.0, on Thursday"), ("garden", "public", "")):
        await cast["Margaret"].makes_room(name, *others, kind=kind, topic=topic)
    for name, words in DIRECT.items():
        room = await cast[name].opens_direct(cast["Ada"])
        stage.names_room(name, room)
        for text in words:
            await cast[name].posts(text, room=room)
    said = [(minutes, room, who, text) for room, talk in TALKS.items() for minutes, who, text in talk]
    for minutes, room, who, text in sorted(said, reverse=True):
        stage.clock.now = NOW - minutes * 60
        await cast[who].posts(text, room=room)
    stage.clock.now = NOW
    await cast["Linus"].watches(away=True)
    for name in ("Ada", "Noor"):
        await cast[name].goes_offline()


DIRECT = {
    "Grace": ["Do you have a minute for the importer?", "It can wait until after lunch."],
    "Linus": ["The door code is the old one again."],
}
TALKS = {"lobby": LOBBY, "kitchen": KITCHEN, "release": RELEASE}


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
        await page.wait_for_timeout(300)
        await page.screenshot(path=path)
    finally:
        await context.close()


# Scenes


async def first_run(page: Page, stage: Stage) -> None:
    await page.goto(f"{stage.serving.origin}/#/setup/a-token")
    await page.get_by_label("Name").fill("Ada")


async def sign_in(page: Page, stage: Stage) -> None:
    await page.goto(f"{stage.serving.origin}/")
    await page.get_by_label("Name").fill("Ada")
    await page.get_by_label("Password").fill("not this one")
    await page.get_by_role("button", name="Sign in").click()
    await page.locator(".problem").wait_for()


async def lively(page: Page, stage: Stage) -> None:
    await opens(page, stage, "lobby")


async def rooms(page: Page, stage: Stage) -> None:
    await signs_in(page.context, stage)
    await page.goto(f"{stage.serving.origin}/")
    await page.locator(".room-link").first.wait_for(state="attached")
    if await page.locator(".rooms-button").is_visible():
        await page.locator(".rooms-button").click()


async def empty_room(page: Page, stage: Stage) -> None:
    await opens(page, stage, "garden")


async def hostile(page: Page, stage: Stage) -> None:
    linus = next(actor for actor in stage.actors if actor.person.name == "Linus")
    if stage.id_of("words") == "words":
        ada = next(actor for actor in stage.actors if actor.person.name == "Ada")
        await linus.makes_room("words", ada, kind="private", topic="Everything that may be written")
        for text in WORDS:
            await linus.posts(text, room="words")
    await opens(page, stage, "words")


WORDS = [
    "<img src=x onerror=alert(1)> <script>alert(2)</script> [press](javascript:alert(3))",
    "A" * 400,
    "# A heading\n\n> quoted words, " + "which go on for a while, " * 5 + "and end\n\n1. one\n2. two\n   - nested",
    "| Name | Rows | Time |\n| --- | --- | --- |\n| importer | 40,960 | 2.1 s |\n| exporter | 40,960 | 0.9 s |",
    "```\n" + "a very long line of code that does not break " * 6 + "\n```",
    "*slanted*, **strong**, ~~gone~~, `code`, https://example.org and @Ada",
    "שלום לכולם, זה טקסט מימין לשמאל עם English באמצע",
    "👍🏽",
]


async def draft(page: Page, stage: Stage) -> None:
    await opens(page, stage, "kitchen")
    await page.get_by_label("Message kitchen").fill("Dear all,\n\nthe tea is ready. There is also\n- milk\n- sugar\n- biscuits")
    grace = next(actor for actor in stage.actors if actor.person.name == "Grace")
    await grace.types(room="kitchen")


async def offline(page: Page, stage: Stage) -> None:
    await page.add_init_script(CUT_WIRE)
    await opens(page, stage, "garden")
    box = page.get_by_label("Message garden")
    await box.fill("This one is refused.")
    await page.evaluate("refuse('The room is closed for the night.')")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_role("button", name="Try again").wait_for()
    await page.context.set_offline(True)
    await page.evaluate("cut()")
    await box.fill("And this one waits for the network.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.locator(".connection-line:not([hidden])").wait_for()


# The page's own socket, with a server's refusal put in its mouth, and a way to cut it.
CUT_WIRE = """
const Real = WebSocket;
let last, answer = null;
class Wire extends Real {
  constructor(...all) { super(...all); last = this; }
  send(data) {
    const command = JSON.parse(data);
    if (command.type !== "send" || answer === null) return super.send(data);
    const frame = { type: "error", id: command.id, code: "forbidden", message: answer };
    answer = null;
    queueMicrotask(() => this.onmessage({ data: JSON.stringify(frame) }));
  }
}
window.WebSocket = Wire;
window.refuse = (sentence) => { answer = sentence; };
window.cut = () => last.close();
"""


async def people(page: Page, stage: Stage) -> None:
    await opens(page, stage, "release")
    await page.get_by_role("button", name="People and settings").click()
    await page.locator(".person").nth(3).wait_for()


async def direct(page: Page, stage: Stage) -> None:
    await opens(page, stage, "Grace")
    await page.locator(".room-presence").wait_for(state="attached")


async def person(page: Page, stage: Stage) -> None:
    await opens(page, stage, "lobby")
    await page.locator(".message-author").filter(has_text="Linus").last.click()
    await page.get_by_role("dialog", name="Linus").wait_for()


async def account(page: Page, stage: Stage) -> None:
    await rooms(page, stage)
    await page.get_by_role("button", name="Your account").click()
    await page.locator(".logins li").first.wait_for()


async def new_room(page: Page, stage: Stage) -> None:
    await rooms(page, stage)
    await page.get_by_role("button", name="New room").first.click()


async def palette(page: Page, stage: Stage) -> None:
    await opens(page, stage, "lobby")
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="A room, or something to do").fill("re")


async def compact(page: Page, stage: Stage) -> None:
    await page.add_init_script("localStorage.setItem('hubbub/density', 'compact')")
    await opens(page, stage, "lobby")


async def arabic(page: Page, stage: Stage) -> None:
    await page.add_init_script("localStorage.setItem('hubbub/language', 'ar')")
    await opens(page, stage, "lobby")


async def contrast(page: Page, stage: Stage) -> None:
    await page.add_init_script("localStorage.setItem('hubbub/contrast', 'more')")
    await opens(page, stage, "lobby")


async def shortcuts(page: Page, stage: Stage) -> None:
    await rooms(page, stage)
    await page.keyboard.press("Escape")
    await page.locator("body").click(position={"x": 5, "y": 5})
    await page.keyboard.press("?")


async def message_actions(page: Page, stage: Stage) -> None:
    await opens(page, stage, "lobby")
    row = page.locator("article").filter(has_text="I can bring cake")
    await row.focus()


async def mention(page: Page, stage: Stage) -> None:
    await opens(page, stage, "lobby")
    await page.get_by_label("Message lobby").press_sequentially("Hello @")
    await page.locator(".completion").wait_for()


async def editing(page: Page, stage: Stage) -> None:
    await opens(page, stage, "lobby")
    await page.get_by_label("Message lobby").press("ArrowUp")
    await page.locator(".edit-form").wait_for()


async def files(page: Page, stage: Stage) -> None:
    await people_send_files(stage, NOW)
    await opens(page, stage, "walks")
    await page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")


async def attaching(page: Page, stage: Stage) -> None:
    await files(page, stage)
    await chooses_files(page)
    await page.get_by_label("Message walks").fill("These too:")


async def pictures(page: Page, stage: Stage) -> None:
    await files(page, stage)
    await page.get_by_role("button", name="Show noon.jpg").click()
    await page.get_by_role("dialog", name="Pictures").get_by_role("img", name="noon.jpg").wait_for()


async def recording(page: Page, stage: Stage) -> None:
    await files(page, stage)
    await page.get_by_role("button", name="Record a voice message").click()
    await page.locator(".voice-levels i").nth(20).wait_for()


async def send_later(page: Page, stage: Stage) -> None:
    """A time is chosen for what was written."""
    await opens(page, stage, "lobby")
    await page.locator(".composer textarea").fill("Good morning, everybody")
    await page.get_by_role("button", name="Send later").click()
    await page.locator(".moment").first.wait_for()


async def scheduled(page: Page, stage: Stage) -> None:
    """What waits to be sent."""
    await opens(page, stage, "lobby")
    ada = await stage.has("Ada", by_password=True)
    at = datetime.fromtimestamp(NOW + 20 * 3600, UTC).isoformat()
    body = {"key": "scheduled", "text": "Good **morning**!\n\n- notes\n- cake", "at": at}
    await ada.asks("POST", f"rooms/{stage.id_of('lobby')}/scheduled", json=body)
    await page.evaluate("location.hash = '#/scheduled'")
    await page.locator(".scheduled-message").first.wait_for()


SCENES: list[Scene] = [
    *(first_run, sign_in, rooms, lively, empty_room, hostile, draft, offline),
    *(people, direct, person, account, new_room, palette, compact, contrast, arabic, shortcuts, message_actions, mention, editing),
    *(files, attaching, pictures, recording),
    *(send_later, scheduled),
]


async def opens(page: Page, stage: Stage, room: str) -> None:
    """Ada is in this room, and its messages are there."""
    await signs_in(page.context, stage)
    await page.goto(f"{stage.serving.origin}/#/room/{stage.id_of(room)}")
    await page.locator(".message-list[aria-busy=false]").wait_for()


async def signs_in(context: BrowserContext, stage: Stage) -> None:
    """The browser is Ada's."""
    await context.add_cookies([{"name": "hubbub_login", "value": await stage.lets_in("Ada"), "url": stage.serving.origin}])


if __name__ == "__main__":
    main()
