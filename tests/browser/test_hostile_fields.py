"""Every field that a person can fill, filled with the worst: it is shown as text, nothing runs, and nothing is pushed aside."""

import contextlib
from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from hubbub.errors import HubbubError
from hubbub.testing import Refused

pytestmark = pytest.mark.anyio

HOSTILE = [
    "<img src=x onerror=window.ran=1><script>window.ran=2</script>",
    "[press](javascript:window.ran=3) ![look](javascript:window.ran=4) javascript:window.ran=5",
    "](https://evil.example) [in `lobby`](javascript:window.ran=6) **",
    "\u202etxet denrut\u202c \u2067\u200f\u2066 and on",
    "Z" + "\u0336\u0489" * 5_000,
    "w" * 4_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 40,
    "\u0430d\u0430",  # not ada: the first and the last letter are Cyrillic
]
# Whatever scrolls by itself must have nothing to scroll to the side.
TROUBLE = """
() => {
  const names = ["sidebar-rooms", "message-list", "panel", "panel-body", "search-body", "dialog", "dialog-body", "composer"];
  const panes = names.flatMap((name) => [...document.querySelectorAll(`.${name}`)]);
  const isWide = (pane) => pane.scrollWidth > pane.clientWidth + 1;
  const isPushed = (each, pane) => each.getBoundingClientRect().right > pane.getBoundingClientRect().right + 1;
  const pushed = (pane) => [...pane.querySelectorAll("*")].filter((each) => isPushed(each, pane));
  const wide = panes.filter(isWide).map((pane) => [pane.className, ...pushed(pane).map((each) => each.outerHTML.slice(0, 100))].join(" "));
  const nodes = document.querySelectorAll("article script, article img[onerror], a[href^='javascript'], iframe, object, embed");
  return [
    ...(window.ran === undefined ? [] : [`ran ${window.ran}`]),
    ...(document.documentElement.scrollWidth > innerWidth ? ["the page scrolls to the side"] : []),
    ...wide.map((name) => `${name} scrolls to the side`),
    ...[...nodes].map((node) => node.outerHTML.slice(0, 100)),
  ];
}
"""
NO_WORDS = ("checkbox", "radio", "file", "time", "range", "datetime-local")
FIELDS = f"input{''.join(f':not([type={kind}])' for kind in NO_WORDS)}, textarea"


async def is_calm(visitor, where):
    assert await visitor.evaluates(TROUBLE) == [], where


async def fills_all_fields(visitor, where, seen):
    """Fill every field that is there with everything, and leave it empty again."""
    place = visitor.page.get_by_role("dialog") if await visitor.page.get_by_role("dialog").count() else visitor.page.locator("body")
    for field in await place.locator(FIELDS).all():
        if not await field.is_visible() or not await field.is_editable():
            continue
        label = await field.evaluate("(field) => field.getAttribute('aria-label') ?? field.labels?.[0]?.innerText")
        seen.add(label.split("\n")[0])
        kept = await field.input_value()
        for text in HOSTILE:
            await field.fill(text)
            await is_calm(visitor, f"{where}: {label}")
        await field.fill(kept)


def room_fields(number, text):
    yield {"name": text[:80]}
    yield {"name": f"room {number}", "topic": text[:200]}
    yield {"name": f"place {number}", "description": text[:1_000]}


async def happens(stage, ada, grace):
    """Everything that may be named or said is, as far as the chat lets it."""
    lobby = stage.id_of("lobby")
    for number, text in enumerate(HOSTILE):
        # What is no name and no topic is refused, and everything else is shown.
        with contextlib.suppress(HubbubError):
            await stage.chat.accounts.add_user(text[:30])
        for fields in room_fields(number, text):
            with contextlib.suppress(Refused):
                room = await grace.person.asks("POST", "rooms", json={"kind": "public", "members": [ada.person.id], **fields})
                await ada.person.asks("PUT", f"rooms/{room['id']}/folder", json={"folder": text[:40]})
    first = await grace.posts("look")
    for text in HOSTILE:
        seq = await grace.posts(f"@ada {text}"[:8_000], reply_to=first)
        await ada.posts(text[:8_000], thread=first)
        await grace.pins(seq)
        await ada.person.asks("PUT", f"rooms/{lobby}/messages/{seq}/bookmark")
        later = {"key": f"later {seq}", "text": text[:8_000], "at": datetime.fromtimestamp(stage.clock() + 3600, UTC).isoformat()}
        await ada.person.asks("POST", f"rooms/{lobby}/scheduled", json=later)
    await grace.posts("Which?", poll={"options": [text[:80] for text in HOSTILE if text[:80].isprintable()]})
    await grace.makes_room("kitchen", ada)
    await grace.posts_all([text[:8_000] for text in HOSTILE], room="kitchen")
    await stage.chat.features.search_index.catch_up()
    return lobby, first


def pages(lobby, first):
    """The pages that list what was said, each with what it lists."""
    yield f"room/{lobby}", ".message"
    for panel in ("pins", "threads", "bookmarks"):
        yield f"room/{lobby}/{panel}", ".found-message"
    yield f"room/{lobby}/people", ".person"
    yield f"room/{lobby}/thread/{first}", ".panel .message"
    yield "scheduled", ".scheduled-message"
    for page in ("unread", "mentions", "search/press%20look", "search/from%3Agrace"):
        yield page, ".found"


@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_what_hostile_people_have_said_is_text_on_every_page(stage, enters, device):
    await stage.has("ada", by_password=True)
    actor, grace = await stage.enters("ada"), await stage.enters("grace")
    async with stage.in_a_hurry():
        lobby, first = await happens(stage, actor, grace)
    ada = await enters("ada", phone=device == "phone")

    for page, listed in pages(lobby, first):
        await ada.evaluates(f"location.hash = '#/{page}'")
        await expect(ada.page.locator(listed).first).to_be_visible()
        await expect(ada.page.locator("[aria-busy=true]")).to_have_count(0)
        await is_calm(ada, page)
    for room in actor.rooms:
        await ada.evaluates(f"location.hash = '#/room/{room}/people'")
        await expect(ada.page.locator(".panel .person").first).to_be_visible()
        await is_calm(ada, actor.rooms[room].room["name"])


async def test_whatever_is_written_into_a_field_is_text(stage, enters, visit):
    stranger = await visit(stage.serving.origin)
    stranger.expects_trouble("401")
    seen = set()
    await expect(stranger.page.get_by_label("Password")).to_be_visible()
    await fills_all_fields(stranger, "the gate", seen)
    await stage.has("ada", by_password=True, role="owner")
    actor = await stage.enters("ada")
    await actor.makes_room("kitchen")
    await actor.posts("soup")
    ada = await enters("ada")
    await ada.is_at("lobby")

    await fills_all_fields(ada, "the lobby", seen)
    await ada.composer.fill(HOSTILE[4])
    await ada.sees("characters too long")
    await ada.composer.fill("")
    await ada.does("soup", "Edit")
    await fills_all_fields(ada, "an edit", seen)
    await ada.page.get_by_role("button", name="Cancel").click()
    await ada.does("soup", "Reply in a thread")
    await fills_all_fields(ada, "a thread", seen)
    for name in ("New room", "New message", "Browse rooms"):
        await ada.page.get_by_role("button", name=name, exact=True).click()
        await leaves_after_filling(ada, name, seen)
    for action in ("Forward", "React"):
        await ada.does("soup", action)
        await leaves_after_filling(ada, action, seen)
    await ada.page.locator(".conversation").get_by_role("button", name="Ask with a poll").click()
    await expect(ada.page.get_by_role("dialog").get_by_label("Question")).to_be_visible()
    await leaves_after_filling(ada, "a poll", seen)
    await ada.page.keyboard.press("Control+k")
    await leaves_after_filling(ada, "the palette", seen)
    await ada.page.get_by_role("button", name="People and settings").click()
    await expect(ada.page.get_by_label("Folder in your list")).to_be_visible()
    await fills_all_fields(ada, "the room's settings", seen)
    await ada.page.get_by_role("button", name="Your account").click()
    await expect(ada.page.get_by_role("dialog").get_by_label("Old password")).to_be_visible()
    await leaves_after_filling(ada, "the account", seen)
    await ada.evaluates("location.hash = '#/search'")
    await expect(ada.page.get_by_role("searchbox", name="Search messages")).to_be_visible()
    await fills_all_fields(ada, "the search", seen)

    assert seen >= {
        *("Name", "Password", "Message lobby", "Edit your message", "Reply in this thread", "Room name", "What it is about", "Find a room"),
        *("Find a public room", "Say something about it", "Find an emoji", "Question", "Option 1", "A room, or something to do"),
        *("Folder in your list", "Old password", "New password", "What it is for", "Search messages"),
    }, seen


async def leaves_after_filling(visitor, where, seen):
    await expect(visitor.page.get_by_role("dialog").locator(FIELDS).first).to_be_visible()
    await fills_all_fields(visitor, where, seen)
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)


async def test_a_forwarded_message_leads_only_to_where_it_came_from(stage, enters):
    await stage.has("ada", by_password=True)
    actor = await stage.enters("ada")
    await actor.makes_room("](https://evil.example) [", kind="public")
    await actor.posts("soup", room="](https://evil.example) [")
    ada = await enters("ada")
    await ada.evaluates(f"location.hash = '#/room/{stage.id_of('](https://evil.example) [')}'")
    await ada.does("soup", "Forward")
    await ada.page.get_by_role("dialog").get_by_role("button", name="Forward").click()

    await ada.is_at("lobby")
    await expect(ada.messages.get_by_role("link")).to_have_text(
        f"in ](https://evil.example) [ {stage.serving.origin.removeprefix('http://')}"
    )
    assert (await ada.messages.get_by_role("link").get_attribute("href")).startswith(stage.serving.origin)
