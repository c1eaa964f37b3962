"""Being told of what one does not look at, and left in peace when one wants to be."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio

# The browser's own notifications, written down as they are shown.
NOTE_NOTIFICATIONS = """
window.told = [];
window.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    window.told.push(`${title}: ${options.body}`);
  }
};
"""


@pytest.fixture
async def ada(stage, enters):
    """Ada in the lobby, with notifications on, and three other rooms that she is in."""
    margaret, actor = await stage.enters("margaret"), await stage.enters("ada", by_password=True)
    for room in ("attic", "kitchen", "zoo"):
        await margaret.makes_room(room, actor)
    ada = await enters("ada", permissions=["notifications"])
    await ada.page.add_init_script(NOTE_NOTIFICATIONS)
    await ada.page.reload()
    await ada.is_at("lobby")
    await ada.page.get_by_role("button", name="Your account").click()
    await ada.page.get_by_label("On this computer's screen").click()
    await expect(ada.page.get_by_label("On this computer's screen")).to_be_checked()
    await ada.page.keyboard.press("Escape")
    return ada


async def is_told(visitor, *lines):
    """Exactly these notifications were shown, in this order."""
    await visitor.page.wait_for_function("(count) => window.told.length >= count", arg=len(lines))
    assert await visitor.evaluates("window.told") == list(lines)


async def chooses_for(visitor, room, level):
    await visitor.goes_to(room)
    await visitor.page.get_by_role("button", name="People and settings").click()
    await visitor.page.get_by_role("group", name="Tell me of").get_by_text(level, exact=True).click()
    await expect(visitor.page.get_by_label(level, exact=True)).to_be_checked()
    await visitor.page.keyboard.press("Escape")


async def test_one_is_told_of_mentions_elsewhere_and_never_of_what_one_looks_at(stage, ada):
    margaret = await stage.enters("margaret")
    await margaret.posts("@ada here", room="lobby")
    await margaret.posts("nothing for anybody", room="kitchen")
    await margaret.posts("@ada tea?", room="kitchen")
    await is_told(ada, "margaret · kitchen: @ada tea?")


async def test_each_room_has_its_own_level_which_other_devices_know_too(stage, enters, ada):
    margaret = await stage.enters("margaret")
    await chooses_for(ada, "kitchen", "Nothing")
    await chooses_for(ada, "attic", "Everything")
    await ada.goes_to("lobby")
    await margaret.posts("@ada tea?", room="kitchen")
    await margaret.posts("a bat!", room="attic")
    await margaret.posts("@ada look", room="zoo")
    await is_told(ada, "margaret · attic: a bat!", "margaret · zoo: @ada look")
    await expect(ada.page).to_have_title("(2) lobby · Hubbub")

    elsewhere = await enters("ada")
    await elsewhere.is_at("lobby")
    await expect(elsewhere.page).to_have_title("(2) lobby · Hubbub")


async def test_who_does_not_want_to_be_disturbed_is_not(stage, ada):
    margaret = await stage.enters("margaret")
    await ada.page.keyboard.press("Control+k")
    await ada.page.keyboard.type("disturb")
    await ada.page.keyboard.press("Enter")
    await ada.page.get_by_role("button", name="Your account").click()
    await ada.sees("Do not disturb until")
    await margaret.posts("@ada quietly", room="kitchen")
    await ada.counts("kitchen", "@1")
    await ada.page.get_by_role("button", name="End it now").click()
    await ada.page.keyboard.press("Escape")
    await margaret.posts("@ada loudly", room="zoo")
    await is_told(ada, "margaret · zoo: @ada loudly")
