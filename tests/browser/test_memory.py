"""What went by leaves the page's memory too."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio
MOST_ROWS = 320


async def comes(stage, author, count, first):
    """Many messages, in commits of ten, as from a busy room."""
    room = await stage.chat.room_id("lobby")
    for at in range(first, first + count, 10):
        drafts = [stage.chat.messages.draft(author, room, key=f"k{n}", text=f"message {n}") for n in range(at, at + 10)]
        await stage.chat.database.write(lambda transaction, drafts=drafts: stage.chat.messages.post_all(transaction, drafts))


async def nodes_of(session):
    """How many elements and texts the browser keeps for the page, on it or not, once all that can go has gone."""
    await session.send("HeapProfiler.collectGarbage")
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "Nodes")


async def test_a_page_that_has_seen_thousands_of_messages_keeps_no_more_than_its_window(stage, enters):
    author = await stage.chat.accounts.add_user("grace")
    await comes(stage, author, 50, 0)
    ada = await enters("ada")
    await ada.is_at("lobby")
    session = await ada.page.context.new_cdp_session(ada.page)
    await session.send("Performance.enable")
    await comes(stage, author, 750, 50)
    await expect(ada.message("message 799")).to_be_visible()
    before = await nodes_of(session)
    await comes(stage, author, 1200, 800)
    await expect(ada.message("message 1999")).to_be_visible()
    assert await ada.page.locator("article").count() <= MOST_ROWS
    assert await nodes_of(session) < 2 * before
