"""Two people do things to the same message at the same moment, and both pages end with the same."""

import asyncio

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio

SHOWN = """
() => [...document.querySelectorAll(".message-list article")].map((row) => [
  row.querySelector(".message-text, .message-gone")?.textContent,
  row.querySelector(".message-pinned") !== null,
  [...row.querySelectorAll(".reaction:not(.is-adding)")].map((each) => each.textContent.trim()),
])
"""


class Gate:
    """Holds up what the pages ask of the server until both have asked, and lets it through at once."""

    def __init__(self, count):
        self._count = count
        self._held = []
        self.is_full = asyncio.Event()

    async def holds(self, visitor):
        await visitor.page.route("**/api/rooms/*/messages/**", self._hold)

    async def opens(self):
        await asyncio.wait_for(self.is_full.wait(), 10)
        await asyncio.gather(*(route.continue_() for route in self._held))

    async def _hold(self, route):
        if route.request.method == "GET":
            await route.continue_()
            return
        self._held.append(route)
        if len(self._held) == self._count:
            self.is_full.set()


async def at_once(visitors, *doings):
    """What each does reaches the server at the same moment."""
    gate = Gate(len(doings))
    for visitor in visitors:
        await gate.holds(visitor)
    await asyncio.gather(*doings, gate.opens())
    for visitor in visitors:
        await visitor.page.unroute_all(behavior="wait")


async def reacts_with(visitor, text, emoji):
    await visitor.does(text, "React")
    await visitor.page.get_by_label("Find an emoji").fill(emoji)
    await visitor.page.keyboard.press("Enter")


async def edits(visitor, text, words):
    await visitor.does(text, "Edit")
    await visitor.page.get_by_label("Edit your message").fill(words)
    await visitor.page.keyboard.press("Enter")


async def deletes(visitor, text):
    await visitor.does(text, "Delete")
    await visitor.page.clock.run_for(10_000)


async def log_of(stage, actor):
    return (await actor.person.asks("GET", f"rooms/{stage.id_of('lobby')}/events"))["items"]


async def both_show(ada, grace, words, *, pinned, reactions):
    for visitor in (ada, grace):
        await expect(visitor.messages).to_have_text([words])
        await expect(visitor.page.locator(".message-list .message-pinned")).to_have_count(int(pinned))
        await expect(visitor.page.locator(".message-list .reaction:not(.is-adding)")).to_have_text(reactions)
    assert await ada.evaluates(SHOWN) == await grace.evaluates(SHOWN)


async def test_two_who_act_on_one_message_at_once_end_with_the_same(stage, enters):
    linus = await stage.enters("linus")
    ada, grace = await enters("ada"), await enters("grace")
    both = (ada, grace)
    # Who comes after the deletion is told that the message is gone.
    grace.expects_trouble("404")
    await ada.page.clock.install()
    await ada.says("soup")
    await grace.reads("soup")

    await at_once(both, reacts_with(ada, "soup", "party popper"), reacts_with(grace, "soup", "party popper"))
    await both_show(ada, grace, "soup", pinned=False, reactions=["\N{PARTY POPPER}2"])

    await at_once(both, ada.does("soup", "Pin to this room"), grace.does("soup", "Pin to this room"))
    await both_show(ada, grace, "soup", pinned=True, reactions=["\N{PARTY POPPER}2"])
    assert [event["type"] for event in await log_of(stage, linus)].count("message.pinned") == 1

    await at_once(both, edits(ada, "soup", "stew"), grace.does("soup", "Unpin"))
    await both_show(ada, grace, "stewedited", pinned=False, reactions=["\N{PARTY POPPER}2"])

    await at_once(both, deletes(ada, "stew"), grace.does("stew", "Pin to this room"))
    await both_show(ada, grace, "Message deleted", pinned=False, reactions=[])
    assert (await log_of(stage, linus))[-1]["type"] == "message.deleted"
