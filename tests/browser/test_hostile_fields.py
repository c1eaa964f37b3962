"""Every field that a person can fill, filled with the worst: it is shown as text, nothing runs, and nothing is pushed aside."""

import contextlib
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hostile import HOSTILE, is_calm
from playwright.async_api import expect

from hubbub.errors import HubbubError
from hubbub.testing import Refused

pytestmark = pytest.mark.anyio

NO_WORDS = ("checkbox", "radio", "file", "time", "range", "datetime-local")
# What the server is asked for while one writes, and where the answer is drawn.
LOOKED_UP = {
    "Find a public room": ("directory", ".browse-words b"),
    "To": ("users", ".people-picker .person-name"),
    "Add somebody": ("users", ".people-picker .person-name"),
    "A room, or something to do": ("users", "[role=option]"),
    "Search messages": ("search", ".search-found .found-head b"),
}
FIELDS = f"input{''.join(f':not([type={kind}])' for kind in NO_WORDS)}, textarea"


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
        if label in LOOKED_UP:
            await looks_up(visitor, place, field, label)


async def looks_up(visitor, place, field, label):
    """Write each into a field that asks the server, and look once the answer is drawn."""
    path, drawn = LOOKED_UP[label]
    found = set()
    for text in HOSTILE:
        words = text[:30].strip()
        async with visitor.page.expect_response(lambda response, words=words: is_asked(response.url, path, words)) as asking:
            await field.fill(words)
        items = (await (await asking.value).json())["items"]
        names = [item["by"]["name"] if path == "search" else item["name"] for item in items]
        if names:
            await expect(place.locator(drawn).filter(has_text=names[0]).first).to_be_visible()
        await expect(place.locator("[aria-busy=true]")).to_have_count(0)
        found.update(names)
        await is_calm(visitor, f"{label}: {words}")
    assert found, f"Nothing hostile was found by {label}."
    await field.fill("")


def is_asked(address, path, words):
    parts = urlsplit(address)
    return parts.path.endswith(f"/api/{path}") and parse_qs(parts.query).get("q") == [words]


def room_fields(number, text):
    yield {"name": text[:80]}
    yield {"name": f"room {number}", "topic": text[:200]}
    yield {"name": f"place {number}", "description": text[:1_000]}


async def are_named(stage, ada, grace):
    """People, rooms and folders are called everything that they may be called."""
    people, rooms, folders = [], [], []
    for number, text in enumerate(HOSTILE):
        # What is no name and no topic is refused, and everything else is shown.
        with contextlib.suppress(HubbubError):
            people.append(await stage.chat.accounts.add_user(text[:30]))
        for fields in room_fields(number, text):
            with contextlib.suppress(Refused):
                rooms.append(await grace.person.asks("POST", "rooms", json={"kind": "public", "members": [ada.person.id], **fields}))
                folders.append(await ada.person.asks("PUT", f"rooms/{rooms[-1]['id']}/folder", json={"folder": text[:40]}))
    assert len(people) >= 5
    assert len(rooms) == len(folders) >= 18


async def happens(stage, ada, grace):
    """Everything that may be named or said is, as far as the chat lets it."""
    lobby = stage.id_of("lobby")
    await are_named(stage, ada, grace)
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
    grace = await stage.enters("grace")
    async with stage.in_a_hurry():
        await happens(stage, actor, grace)
        await actor.posts("soup")
    ada = await enters("ada")
    await ada.goes_to("lobby")

    await fills_all_fields(ada, "the lobby", seen)
    await ada.composer.fill(HOSTILE[4])
    await ada.sees("characters too long")
    await ada.composer.fill("")
    await ada.does("soup", "Edit")
    await fills_all_fields(ada, "an edit", seen)
    await ada.page.get_by_role("button", name="Cancel").click()
    await ada.does("soup", "Reply in a thread")
    await expect(ada.page.get_by_label("Reply in this thread")).to_be_visible()
    await fills_all_fields(ada, "a thread", seen)
    for name in ("New room", "New message", "Browse rooms"):
        await ada.page.get_by_role("button", name=name, exact=True).click()
        await leaves_after_filling(ada, name, seen)
    for action in ("Forward", "React"):
        # Under the pointer stands another message now, which would show its actions instead.
        await ada.page.mouse.move(0, 0)
        await ada.does("soup", action)
        await leaves_after_filling(ada, action, seen)
    await ada.page.locator(".conversation").get_by_role("button", name="Ask with a poll").click()
    await expect(ada.page.get_by_role("dialog").get_by_label("Question")).to_be_visible()
    await leaves_after_filling(ada, "a poll", seen)
    await ada.page.keyboard.press("Control+k")
    await leaves_after_filling(ada, "the palette", seen)
    await ada.goes_to("kitchen")
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
    await expect(ada.messages.get_by_role("link")).to_have_text("in ](https://evil.example) [")
    assert (await ada.messages.get_by_role("link").get_attribute("href")).startswith(stage.serving.origin)
