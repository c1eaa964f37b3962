"""What hangs on messages, for those who do not see the page, or see it badly."""

import pytest
from playwright.async_api import expect
from test_accessibility import AXE, has_no_violations

pytestmark = pytest.mark.anyio


@pytest.fixture
def axe() -> str:
    if not AXE.exists():
        pytest.skip("This test needs axe-core. Get it with: npm ci")
    return AXE.read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_reactions_threads_lists_and_the_picker_have_no_violation(stage, enters, axe, scheme):
    grace = await stage.enters("grace")
    first = await grace.posts('```python\nprint("hi", 1)  # to all\n```\n||hidden|| @room')
    await grace.posts("a quote", reply_to=first)
    await grace.posts("a reply", thread=first, also_to_room=True)
    await grace.reacts(first, "\N{FISH}")
    await grace.pins(first)
    await grace.edits(first, '```python\nprint("ho", 1)  # to all\n```\n||hidden|| @room')
    ada = await enters("ada", color_scheme=scheme, bypass_csp=True)
    await ada.is_at("lobby")

    await ada.page.get_by_role("button", name="1 reply").click()
    await expect(ada.panel("Thread").locator("article")).to_have_count(2)
    await has_no_violations(ada, axe)
    await ada.page.get_by_role("main").locator("article").nth(1).focus()
    await ada.page.get_by_role("main").get_by_role("button", name="More", exact=True).click()
    await expect(ada.page.get_by_role("menu")).to_be_visible()
    await has_no_violations(ada, axe)
    await ada.page.get_by_role("menuitem", name="Bookmark").click()
    for button, panel in (("Pinned messages", "Pinned messages"), ("Threads", "Threads"), ("Bookmarks", "Bookmarks")):
        await ada.page.get_by_role("button", name=button, exact=True).click()
        await expect(ada.panel(panel).locator("ul, p").first).to_be_attached()
        await has_no_violations(ada, axe)
    await ada.page.get_by_role("main").locator("article").nth(1).focus()
    await ada.page.keyboard.press("+")
    await expect(ada.page.get_by_role("button", name="grinning face", exact=True)).to_be_attached()
    await has_no_violations(ada, axe)
