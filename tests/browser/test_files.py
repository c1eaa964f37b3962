"""Files: they come in by every way, get through a bad line once, are looked at in their place, and go with their message."""

import asyncio
import re

import pytest
from files_at_hand import UploadLine, attaches, drags_over, page, pastes, picture
from hostile import is_calm
from playwright.async_api import expect
from visitor import Visitor

pytestmark = pytest.mark.anyio
NETWORK = r"net::ERR_|WebSocket connection to"
GONE = r"status of 404"
REFUSED = r"status of 422"
KEPT = """
() => new Promise((resolve) => {
  const opening = indexedDB.open("hubbub-uploads");
  opening.onsuccess = () => {
    if (!opening.result.objectStoreNames.contains("files")) return resolve(false);
    const counting = opening.result.transaction("files").objectStore("files").count();
    counting.onsuccess = () => resolve(counting.result > 0);
  };
})
"""
HOSTILE_NAMES = [
    "<img src=x onerror=window.ran=1><script>window.ran=2<script>",
    "](https:evil.example) [press](javascript:window.ran=3) **",
    "\u202etxet denrut\u202c \u2067\u200f\u2066gpj.exe",
    ("Z" + "\u0336\u0489" * 5_000)[:4_000],
    "w" * 4_000,
    "\u0440l\u0430n",  # not plan: two of its letters are Cyrillic
]
WAITS_ITS_TURN = "async () => (await navigator.locks.query()).pending.some(({ name }) => name.includes('upload'))"


def tiles(visitor):
    return visitor.page.locator(".upload-tile")


async def arrives(visitor, *names):
    """See these files in messages that are sent: cards, pictures, and whatever else has a name."""
    for name in names:
        await expect(visitor.page.locator("article:not(.is-pending) .message-files").get_by_title(name, exact=True).first).to_be_visible()
    await expect(visitor.pending).to_have_count(0)


async def files_in_log(person):
    """The names of the files of every message of the lobby, in their order."""
    lobby = (await person.asks("GET", "rooms"))["items"][0]["id"]
    log = await person.asks("GET", f"rooms/{lobby}/events")
    return [[file["name"] for file in event.get("files", [])] for event in log["items"] if event["type"] == "message.created"]


async def test_files_are_dropped_pasted_and_chosen_and_go_with_one_message(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    held = await drags_over(ada, picture("harbour.png", 800, 500), page("x\u202egnp.exe"))
    await expect(ada.page.locator(".drop-zone")).to_contain_text("Drop files here for lobby")
    await ada.list.dispatch_event("drop", {"dataTransfer": held})
    await expect(ada.page.locator(".drop-zone")).to_be_hidden()
    await pastes(ada, picture("copied.png"))
    await attaches(ada, page("w" * 296 + ".pdf"), page("not this one.pdf"))
    await expect(tiles(ada)).to_have_count(5)
    await expect(tiles(ada).nth(1)).to_contain_text("x\ufffdgnp.exe")
    await ada.page.get_by_role("button", name="Take off not this one.pdf").click()
    await expect(ada.composer).to_be_focused()
    assert await ada.evaluates("document.documentElement.scrollWidth <= innerWidth")

    await ada.says("Four files")
    await expect(tiles(ada)).to_have_count(0)
    for visitor in (ada, grace):
        await visitor.reads("Four files")
        await expect(visitor.page.locator(".message-files .picture")).to_have_count(2)
        await expect(visitor.page.get_by_role("link", name="Download xgnp.exe")).to_be_visible()
    assert [len(names) for names in await files_in_log(await stage.has("grace"))] == [4]
    async with grace.page.expect_download() as downloading:
        await grace.page.get_by_role("link", name="Download w").click()
    assert (await downloading.value).suggested_filename.endswith("w.pdf")
    place = await grace.page.locator(".picture").first.bounding_box()
    assert place is not None
    assert abs(place["width"] / place["height"] - 1) < 0.1, "Several pictures stand in squares, whatever their shape."


async def test_a_bad_line_an_early_send_and_a_reload_cost_nothing_and_double_nothing(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    ada.expects_trouble(NETWORK)
    line = await UploadLine.of(ada)
    line.lets_through(2)
    await ada.composer.fill("look at this")
    await attaches(ada, page("plan.pdf", 7_000))
    bar = ada.page.get_by_role("progressbar")
    await expect(bar).to_have_attribute("value", "57")

    await ada.page.reload()
    await ada.is_at("lobby")
    await expect(tiles(ada)).to_contain_text("plan.pdf")
    await ada.page.get_by_role("button", name="Send", exact=True).click()
    await ada.says("this one does not wait")
    await grace.reads("this one does not wait")
    await expect(ada.pending.filter(has_text="look at this").get_by_role("progressbar")).to_be_visible()

    await ada.page.context.set_offline(True)
    await expect(ada.trouble).to_be_visible()
    await line.lets_go()
    await ada.page.context.set_offline(False)
    for visitor in (ada, grace):
        await arrives(visitor, "plan.pdf")
    assert line.offsets == [0, 2_000, 4_000, 6_000], "No piece came twice."
    assert await files_in_log(await stage.has("grace")) == [[], ["plan.pdf"]]
    same = await grace.evaluates("async (href) => (await (await fetch(href)).arrayBuffer()).byteLength", await link_to(grace, "plan.pdf"))
    assert same == len(page("plan.pdf", 7_000).content)


async def link_to(visitor, name):
    """Where the card of a file leads."""
    return await visitor.page.get_by_role("link", name=f"Download {name}").get_attribute("href")


async def test_without_a_network_files_wait_with_their_message(stage, enters):
    grace = await enters("grace")
    ada = await enters("ada", service_workers="allow")
    ada.expects_trouble(NETWORK)
    await ada.is_at("lobby")
    await ada.evaluates("navigator.serviceWorker.ready.then(() => null)")
    await ada.leaves_for_a_moment()

    await ada.page.context.set_offline(True)
    await attaches(ada, page("notes.pdf"))
    await expect(tiles(ada)).to_contain_text("notes.pdf")
    await ada.says("written in the train")
    await expect(ada.pending).to_contain_text("notes.pdf")
    await ada.waits_for(KEPT)
    await ada.page.reload()
    await expect(ada.pending).to_contain_text("notes.pdf")
    await ada.page.context.set_offline(False)
    for visitor in (ada, grace):
        await visitor.reads("written in the train")
        await arrives(visitor, "notes.pdf")
    assert await files_in_log(await stage.has("grace")) == [["notes.pdf"]]


async def test_a_file_that_is_refused_says_why_and_its_message_stays(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    ada.expects_trouble(f"{REFUSED}|{NETWORK}")
    broken = picture("broken.png")
    line = await UploadLine.of(ada)
    line.lets_through(0)
    await attaches(ada, type(broken)(broken.name, broken.type, broken.content[:-40]), page("good.pdf"))
    await ada.says("two files")
    await expect(ada.pending).to_contain_text("two files")
    await line.lets_go()
    failed = ada.page.locator("article.is-failed")
    await expect(failed).to_contain_text("Not sent. broken.png:")
    await expect(failed).to_contain_text("good.pdf")

    await failed.get_by_role("button", name="Take back").click()
    await expect(ada.composer).to_have_value("two files")
    await expect(tiles(ada)).to_have_count(2)
    await expect(ada.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    await ada.page.get_by_role("button", name="Take off broken.png").click()
    await ada.page.get_by_role("button", name="Send", exact=True).click()
    for visitor in (ada, grace):
        await visitor.reads("two files")
        await arrives(visitor, "good.pdf")
    assert await files_in_log(await stage.has("grace")) == [["good.pdf"]]


async def test_pictures_are_leafed_through_by_keyboard_until_their_message_is_deleted(stage, enters):
    actor, grace = await stage.enters("ada"), await enters("grace")
    grace.expects_trouble(GONE)
    shots = [await actor.uploads(f"{name}.png", picture(name, 640, 480).content) for name in ("one", "two", "three")]
    await actor.posts("", files=[shots[0]["id"], shots[1]["id"]])
    seq = await actor.posts("", files=[shots[2]["id"]])

    await grace.page.get_by_role("button", name="Show two.png").press("Enter")
    dialog = grace.page.get_by_role("dialog", name="Pictures")
    await expect(dialog.get_by_role("img", name="two.png")).to_be_visible()
    await expect(dialog).to_contain_text("2 / 3")
    await grace.page.keyboard.press("ArrowLeft")
    await expect(dialog.get_by_role("img", name="one.png")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Previous picture")).to_have_count(0)
    for _ in range(2):
        await grace.page.keyboard.press("ArrowRight")
    await grace.page.keyboard.press("+")
    await expect(dialog.locator(".pictures-shown")).to_have_css("transform", "matrix(1.5, 0, 0, 1.5, 0, 0)")
    await expect(dialog.get_by_role("link", name="Download three.png")).to_have_attribute("download", "three.png")

    await actor.deletes(seq)
    await expect(dialog).to_contain_text("This picture is gone: its message was deleted.")
    assert (
        await grace.evaluates("async (id) => (await fetch(`api/files/${id}/three.png`, { cache: 'no-store' })).status", shots[2]["id"])
        == 404
    )
    await grace.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(grace.page.get_by_role("button", name="Show two.png")).to_be_focused()
    await grace.reads("Message deleted")
    await expect(grace.page.locator(".picture")).to_have_count(2)


async def test_a_voice_message_is_recorded_heard_and_sent(stage, enters):
    ada, grace = await enters("ada"), await enters("grace")
    await ada.composer.fill("a draft that stays")
    await ada.page.get_by_role("button", name="Record a voice message").click()
    await expect(ada.page.locator(".voice-levels i").nth(5)).to_be_visible()
    await ada.page.keyboard.press("Escape")
    await expect(ada.composer).to_be_focused()

    await ada.page.get_by_role("button", name="Record a voice message").click()
    await expect(ada.page.get_by_role("timer")).to_have_text(re.compile("[1-9]$"))
    await ada.page.get_by_role("button", name="Stop, and listen to it").click()
    await expect(ada.page.get_by_role("button", name="Play the voice message")).to_be_visible()
    await ada.page.get_by_role("button", name="Send the voice message").click()
    await expect(ada.composer).to_have_value("a draft that stays")
    await expect(ada.pending).to_have_count(0)
    await grace.evaluates("addEventListener('playing', () => (window.hears = true), true)")
    await grace.page.get_by_role("button", name="Play the voice message").click()
    await grace.waits_for("() => window.hears")
    await ada.page.locator("article").last.focus()
    await ada.page.get_by_role("button", name="Reply", exact=True).click()
    await expect(ada.page.locator(".quote-to-send")).to_contain_text("Voice message")


async def test_each_file_is_looked_after_by_one_tab_and_by_the_next_when_that_is_closed(stage, enters):
    grace = await enters("grace")
    first = await enters("ada")
    line = await UploadLine.of(first)
    line.lets_through(1)
    await attaches(first, page("shared.pdf", 5_000))
    await expect(first.page.get_by_role("progressbar")).to_have_attribute("value", "39")
    second = Visitor(await first.page.context.new_page())
    await second.page.goto(first.page.url)
    await second.is_at("lobby")
    await second.waits_for(WAITS_ITS_TURN)
    await expect(tiles(second)).to_have_count(0)

    await first.page.close()
    await expect(tiles(second)).to_contain_text("shared.pdf")
    await second.says("from the second")
    await arrives(second, "shared.pdf")
    await arrives(grace, "shared.pdf")
    assert await files_in_log(await stage.has("grace")) == [["shared.pdf"]]
    assert second.complaints() == []


@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_whatever_a_file_is_called_is_text(stage, enters, device):
    ada, grace = await enters("ada", phone=device == "phone"), await enters("grace", phone=device == "phone")
    for visitor in (ada, grace):
        await visitor.goes_to("lobby")
    await attaches(ada, *(page(f"{name}.pdf") for name in HOSTILE_NAMES), picture(f"{HOSTILE_NAMES[0]}.png"))
    await expect(tiles(ada)).to_have_count(len(HOSTILE_NAMES) + 1)
    await is_calm(ada, "the composer")

    await ada.says("look")
    await expect(tiles(ada)).to_have_count(0)
    for visitor in (ada, grace):
        await expect(visitor.page.locator("article:not(.is-pending) .file-card")).to_have_count(len(HOSTILE_NAMES))
        await is_calm(visitor, "the lobby")
    (names,) = await files_in_log(await stage.has("grace"))
    assert [name for name in names if len(name) > 200 or {"\u202e", "\u2067", "\u200f", "/"} & set(name)] == []
    assert "\u0440l\u0430n.pdf" in names

    await grace.page.locator(".picture").click()
    await expect(grace.page.get_by_role("dialog").locator(".pictures-whole")).to_be_visible()
    await is_calm(grace, "the pictures")


@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_a_name_that_is_refused_for_its_length_pushes_nothing_aside(enters, device):
    ada = await enters("ada", phone=device == "phone")
    ada.expects_trouble(REFUSED)
    await ada.goes_to("lobby")
    asked = asyncio.get_running_loop().create_future()
    await ada.page.route("**/api/uploads", lambda route: asked.set_result(route))
    await attaches(ada, page("Z" + "\u0336\u0489" * 5_000 + ".pdf"))
    await expect(tiles(ada)).to_have_count(1)
    await is_calm(ada, "the composer")

    await ada.says("look")
    await (await asked).continue_()

    await expect(ada.page.locator(".message-failed")).to_contain_text("Not sent.")
    await is_calm(ada, "the lobby")
