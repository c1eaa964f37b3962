"""The scenes that pictures are taken of, each as Ada comes to it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from playwright.async_api import BrowserContext, Page
from screenshot_files import chooses_files, people_send_files
from screenshot_talks import NOW, number_of

from hubbub.testing import Stage

Scene = Callable[[Page, Stage], Awaitable[None]]


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


async def catch_up(page: Page, stage: Stage) -> None:
    """Everything unread on one page, which comes before the scenes in which it is read."""
    await signs_in(page.context, stage)
    await page.goto(f"{stage.serving.origin}/#/unread")
    await page.locator(".inbox .found").nth(3).wait_for()


async def thread(page: Page, stage: Stage) -> None:
    ada = next(actor for actor in stage.actors if actor.person.name == "Ada")
    await signs_in(page.context, stage)
    first = await number_of(stage, ada, "release", "Draft")
    await page.goto(f"{stage.serving.origin}/#/room/{stage.id_of('release')}/thread/{first}")
    await page.locator(".panel .message-list[aria-busy=false] article").nth(3).wait_for()


async def search(page: Page, stage: Stage) -> None:
    await signs_in(page.context, stage)
    await page.goto(f"{stage.serving.origin}/#/search")
    await page.get_by_role("searchbox", name="Search messages").fill("cake")
    await page.locator(".found").nth(1).wait_for()


async def poll(page: Page, stage: Stage) -> None:
    """A poll, and under it a link with what its page says of itself."""
    await opens(page, stage, "kitchen")
    await page.get_by_role("button", name="Who voted").click()
    await page.locator(".poll-names").first.wait_for()
    await page.evaluate("document.activeElement.blur()")


async def new_poll(page: Page, stage: Stage) -> None:
    await opens(page, stage, "kitchen")
    await page.get_by_label("Message kitchen").fill("/poll Lunch on Friday?\nThe Thai place\nSandwiches in the garden")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_role("dialog", name="New poll").wait_for()


async def notifications(page: Page, stage: Stage) -> None:
    """The same dialog, farther down."""
    await account(page, stage)
    await page.get_by_role("heading", name="Notifications").evaluate("element => element.scrollIntoView()")


SCENES: list[Scene] = [
    *(first_run, sign_in, catch_up, rooms, lively, empty_room, hostile, draft, offline),
    *(people, direct, person, account, new_room, palette, compact, contrast, arabic, shortcuts, message_actions, mention, editing),
    *(files, attaching, pictures, recording),
    *(send_later, scheduled, thread, search, poll, new_poll, notifications),
]


async def opens(page: Page, stage: Stage, room: str) -> None:
    """Ada is in this room, and its messages are there."""
    await signs_in(page.context, stage)
    await page.goto(f"{stage.serving.origin}/#/room/{stage.id_of(room)}")
    await page.locator(".message-list[aria-busy=false]").wait_for()


async def signs_in(context: BrowserContext, stage: Stage) -> None:
    """The browser is Ada's."""
    await context.add_cookies([{"name": "hubbub_login", "value": await stage.lets_in("Ada"), "url": stage.serving.origin}])
