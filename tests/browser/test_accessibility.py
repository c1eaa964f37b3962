"""For those who do not see the page, or see it badly: landmarks, names, contrast, and a focus that shows."""

from pathlib import Path

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

FADED_IN = """
() => Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect.getTiming().iterations === 1).map(({ finished }) => finished))
"""

VIOLATIONS = """
async () => {
  const { violations } = await axe.run(document);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
}
"""

# Tab by Tab through the page: what has the focus, and whether one can see that it has.
FOCUS_SHOWS = """
() => {
  const focused = document.activeElement;
  const shows = (element) => element !== null && getComputedStyle(element).outlineStyle !== "none";
  const name = focused.getAttribute("aria-label") ?? focused.textContent.trim();
  return [name, shows(focused) || shows(focused.closest(".composer-box"))];
}
"""


@pytest.fixture
def axe() -> str:
    if not AXE.exists():
        pytest.skip("This test needs axe-core. Get it with: npm ci")
    return AXE.read_text()


async def has_no_violations(visitor, axe):
    # What fades in is judged when it is there.
    await visitor.evaluates(FADED_IN)
    if not await visitor.evaluates("'axe' in window"):
        await visitor.page.add_script_tag(content=axe)
    assert await visitor.evaluates(VIOLATIONS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_view_has_a_violation(stage, enters, visit, axe, scheme):
    grace, actor = await stage.enters("grace"), await stage.enters("ada", by_password=True)
    await grace.makes_room("kitchen", actor)
    await grace.posts("@ada `code` https://example.org\n\n> quoted\n\n- [x] done\n\n```\na long line " + "that goes on " * 30 + "\n```")
    await grace.posts("tea?", room="kitchen")
    options = {"color_scheme": scheme, "bypass_csp": True}
    linus = await visit(stage.serving.origin, **options)
    await linus.sees("Sign in")
    await has_no_violations(linus, axe)

    ada = await enters("ada", **options)
    await ada.is_at("lobby")
    await ada.counts("kitchen", "1")
    await has_no_violations(ada, axe)
    await ada.page.locator("article").first.hover()
    await expect(ada.page.get_by_role("toolbar")).to_be_visible()
    await ada.page.get_by_role("button", name="People and settings").click()
    await expect(ada.page.locator(".person").nth(1)).to_be_visible()
    await has_no_violations(ada, axe)
    for dialog in ("Your account", "New room", "Invite people"):
        await ada.page.get_by_role("button", name=dialog).click()
        await expect(ada.page.get_by_role("dialog")).to_be_visible()
        await has_no_violations(ada, axe)
        await ada.page.keyboard.press("Escape")
    for key, dialog in (("Control+k", "Go to"), ("?", "Keyboard")):
        await ada.page.locator("body").press(key)
        await expect(ada.page.get_by_role("dialog", name=dialog)).to_be_visible()
        await has_no_violations(ada, axe)
        await ada.page.keyboard.press("Escape")


async def test_with_more_contrast_and_closer_together_no_view_has_a_violation(stage, enters, axe):
    ada = await enters("ada", bypass_csp=True)
    await ada.says("hello")
    await ada.page.get_by_role("button", name="Your account").click()
    for choice in ("more", "compact"):
        await ada.page.get_by_text(choice, exact=True).click()
    assert await ada.evaluates("({...document.documentElement.dataset})") == {"theme": "system", "density": "compact", "contrast": "more"}
    await has_no_violations(ada, axe)
    await ada.page.reload()
    await ada.is_at("lobby")
    assert await ada.evaluates("document.documentElement.dataset.density") == "compact"
    await has_no_violations(ada, axe)


async def test_no_view_on_a_phone_has_a_violation(stage, enters, axe):
    ada = await enters("ada", phone=True, bypass_csp=True)
    await has_no_violations(ada, axe)
    await ada.room("lobby").tap()
    await ada.is_at("lobby")
    await ada.says("hello")
    await expect(ada.pending).to_have_count(0)
    await has_no_violations(ada, axe)


async def test_the_page_has_its_landmarks_and_one_first_heading(stage, enters):
    ada = await enters("ada")
    await ada.is_at("lobby")
    await expect(ada.page.get_by_role("main")).to_have_count(1)
    await expect(ada.page.get_by_role("navigation", name="Rooms")).to_have_count(1)
    await expect(ada.page.get_by_role("heading", level=1)).to_have_text("lobby")
    await expect(ada.page.get_by_role("log", name="Messages in lobby")).to_have_count(1)
    await expect(ada.room("lobby")).to_have_attribute("aria-current", "page")


async def test_a_screen_reader_hears_a_message_once_when_it_is_there(stage, enters):
    grace = await stage.enters("grace")
    ada = await enters("ada")
    await grace.posts("listen")
    await expect(ada.page.locator("[aria-live=polite]")).to_have_text("grace: listen")


async def test_the_focus_can_be_seen_wherever_it_goes(stage, enters):
    ada = await enters("ada")
    await ada.says("hello")
    await ada.reads("hello")
    await ada.composer.press("Escape")
    await ada.page.get_by_role("button", name="New room").focus()
    names = []
    while not await ada.evaluates("document.activeElement === document.body"):
        name, shows = await ada.evaluates(FOCUS_SHOWS)
        assert shows, f"The focus on {name!r} cannot be seen."
        names.append(name)
        assert len(names) < 40, f"The Tab key leads round in a circle: {names}"
        await ada.page.keyboard.press("Tab")
    assert {"New room", "Go to…Ctrl K", "Browse rooms", "People and settings", "Invite people"} <= set(names)
