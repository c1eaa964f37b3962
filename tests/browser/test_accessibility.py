"""For those who do not see the page, or see it badly: landmarks, names, contrast, and a focus that shows."""

from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

FADED_IN = """
() => Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect.getTiming().iterations === 1).map(({ finished }) => finished))
"""

# Axe counts the initials of an avatar as words of the link around them, although they are hidden: the link's name has all others.
VIOLATIONS = """
async () => {
  const { violations } = await axe.run(document, RULES);
  const isInitials = (id, { target: [selector] }) =>
    id === "label-content-name-mismatch" && document.querySelector(selector).matches(".found-link:has(.avatar)");
  return violations.flatMap(({ id, nodes }) => nodes.filter((node) => !isInitials(id, node))
    .map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
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


async def has_no_violations(visitor, axe, rules="{}"):
    # What fades in is judged when it is there.
    await visitor.evaluates(FADED_IN)
    if not await visitor.evaluates("'axe' in window"):
        await visitor.page.add_script_tag(content=axe)
    violations = await visitor.evaluates(VIOLATIONS.replace("RULES", rules))
    assert not violations, "\n".join(violations)


async def has_none_in_any_colours(visitor, axe):
    """Hold it for what stands on the page in light, and for its contrast in dark and with more contrast."""
    await has_no_violations(visitor, axe)
    for scheme, contrast in (("dark", "normal"), ("dark", "more"), ("light", "more")):
        await visitor.page.emulate_media(color_scheme=scheme)
        await visitor.evaluates("(contrast) => { document.documentElement.dataset.contrast = contrast; }", contrast)
        await has_no_violations(visitor, axe, rules='{ runOnly: ["color-contrast"] }')
    await visitor.evaluates("() => { delete document.documentElement.dataset.contrast; }")


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


# Addresses of the page, and how one gets to everything else: each as what to do, and what is there then.
PLACES = ["#/unread", "#/mentions", "#/scheduled", "#/search/tea"]
MESSAGE_DIALOGS = {"Forward": "Forward a message", "Remind me…": "Remind me", "What it said before": "What it said before"}
DIALOGS = {"Browse rooms": "Browse rooms", "New message": "New message", "New poll": "Ask with a poll"}


async def talks_of_tea(stage):
    """Something of everything that a message can be, with something to catch up on."""
    grace, ada = await stage.enters("grace"), await stage.enters("ada", by_password=True)
    seq = await grace.posts("@ada tea? [the kettle](https://example.org/kettle) see https://example.org/tea")
    await stage.has_fetched("https://example.org/tea", "How to make tea", by=grace, seq=seq)
    await grace.posts("Where to?", poll={"options": ["the harbour", "the hills"]})
    await ada.edits(await ada.posts("cake"), "more tea")
    await ada.reads()
    await grace.makes_room("kitchen", ada)
    await grace.posts("@ada tea is ready", room="kitchen")


async def has_none_in(visitor, axe, dialog, open_it):
    """Open a dialog, hold that it is without a violation once its own script is there, and close it again."""
    await open_it()
    shown = visitor.page.get_by_role("dialog", name=dialog)
    await expect(shown.locator(".dialog-body > :visible").first).to_be_visible()
    await has_none_in_any_colours(visitor, axe)
    await visitor.page.keyboard.press("Escape")
    await expect(shown).to_have_count(0)
    # The pointer may lie over another message by now; the next one is reached by the focus.
    await visitor.composer.focus()


async def test_no_page_dialog_or_card_has_a_violation(stage, enters, axe):
    await stage.previews_links()
    await talks_of_tea(stage)
    ada = await enters("ada", color_scheme="light", bypass_csp=True)
    await ada.is_at("lobby")
    page = ada.page
    await expect(page.locator(".preview")).to_be_visible()
    await expect(page.locator(".poll")).to_be_visible()
    await has_none_in_any_colours(ada, axe)

    for item, dialog in MESSAGE_DIALOGS.items():
        await has_none_in(ada, axe, dialog, partial(ada.does, "more tea", item))
    for dialog, button in DIALOGS.items():
        await has_none_in(ada, axe, dialog, page.get_by_role("button", name=button).first.click)
    await ada.composer.fill("later")
    send_later = page.get_by_role("button", name="Send later").click
    await has_none_in(ada, axe, "Send later", send_later)
    await send_later()
    await page.get_by_role("button", name="Tomorrow morning").click()
    await expect(ada.composer).to_be_focused()

    await ada.does("more tea", "Delete")
    await page.locator(".message-author").first.click()
    await expect(page.locator(".person-card")).to_be_visible()
    await has_none_in_any_colours(ada, axe)
    await page.keyboard.press("Escape")
    for place in PLACES:
        await ada.evaluates("(place) => { location.hash = place; }", place)
        await expect(page.locator("main article, main li").first).to_be_visible()
        await has_none_in_any_colours(ada, axe)


@pytest.mark.parametrize("locale", ["en-GB", "ar"])
async def test_nothing_before_one_is_in_has_a_violation_nor_the_first_look_around(stage, visit, axe, locale):
    margaret = await stage.chat.accounts.user_by_name("margaret")
    invite = await stage.chat.accounts.create_invite(margaret)
    guest = await visit(f"{stage.serving.origin}/#/setup/long-gone", bypass_csp=True, locale=locale)
    for place in ("setup/long-gone", "reset/long-gone", f"invite/{invite.code}"):
        await guest.evaluates("(place) => { location.hash = `#/${place}`; }", place)
        await expect(guest.page.locator("main form")).to_be_visible()
        await has_no_violations(guest, axe)
    await guest.page.locator("input[name=name]").fill("ada")
    await guest.page.locator("input[name=password]").fill("correct horse battery")
    await guest.page.locator("main form button").click()
    await expect(guest.page.locator(".tour")).to_be_visible()
    await has_no_violations(guest, axe)
    await guest.page.locator("body").press("Control+k")
    await expect(guest.page.get_by_role("dialog")).to_be_visible()
    await has_no_violations(guest, axe)


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
