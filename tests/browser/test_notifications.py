"""Being told of what one does not look at, and left in peace when one wants to be."""

from datetime import datetime, timedelta

import pytest
from playwright.async_api import expect
from visitor import Visitor

pytestmark = pytest.mark.anyio

# The browser's own notifications, and the number on the app's icon, written down as they are shown.
NOTE_NOTIFICATIONS = """
window.told = [];
window.badge = 0;
Navigator.prototype.setAppBadge = async (count) => { window.badge = count; };
Navigator.prototype.clearAppBadge = async () => { window.badge = 0; };
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


def hour(minutes_from_now):
    """The time of day then, as this machine's clocks and its browser show it."""
    return (datetime.now() + timedelta(minutes=minutes_from_now)).strftime("%H:%M")


async def test_it_is_quiet_every_day_between_two_times(stage, ada):
    margaret = await stage.enters("margaret")
    await ada.page.get_by_role("button", name="Your account").click()
    await ada.page.get_by_label("Quiet every day").check()
    await ada.page.get_by_label("from", exact=True).fill(hour(-60))
    await ada.page.get_by_label("to", exact=True).fill(hour(60))
    await ada.page.keyboard.press("Escape")
    await margaret.posts("@ada quietly", room="kitchen")
    await ada.counts("kitchen", "@1")

    await ada.page.get_by_role("button", name="Your account").click()
    await ada.page.get_by_label("from", exact=True).fill(hour(30))
    await expect(ada.page.get_by_label("to", exact=True)).to_have_value(hour(60))
    await ada.page.keyboard.press("Escape")
    await margaret.posts("@ada loudly", room="zoo")
    await is_told(ada, "margaret · zoo: @ada loudly")


async def test_words_of_ones_own_count_as_if_one_were_named(stage, ada):
    margaret = await stage.enters("margaret")
    await ada.page.get_by_role("button", name="Your account").click()
    await ada.page.get_by_label("Words of your own").fill("Tea, swordfish")
    await ada.page.get_by_label("Words of your own").blur()
    await ada.sees("Kept.")
    await ada.page.keyboard.press("Escape")
    await margaret.posts("there are teapots", room="kitchen")
    await margaret.posts("there is TEA", room="kitchen")
    await is_told(ada, "margaret · kitchen: there is TEA")


async def test_the_icon_counts_what_is_meant_for_oneself_and_the_title_all(stage, ada):
    margaret = await stage.enters("margaret")
    await chooses_for(ada, "zoo", "Nothing")
    await ada.goes_to("lobby")
    for room in ("kitchen", "zoo"):
        await margaret.posts("anybody?", room=room)
        await margaret.posts("@ada?", room=room)
    await ada.counts("kitchen", "@1")
    await ada.counts("zoo", "@1")
    await expect(ada.page).to_have_title("(2) lobby · Hubbub")
    assert await ada.evaluates("window.badge") == 1
    await ada.goes_to("kitchen")
    await expect(ada.page).to_have_title("kitchen · Hubbub")
    await ada.waits_for("() => window.badge === 0")


@pytest.fixture
async def thread(stage, ada):
    """A thread in the lobby that Ada follows, which is not open."""
    margaret = await stage.enters("margaret")
    first = await margaret.posts("shall we?")
    await margaret.posts("@ada what do you say", thread=first)
    await ada.page.get_by_role("button", name="1 reply").click()
    await expect(threads_of(ada).locator(".count")).to_have_count(0)
    await ada.panel("Thread").get_by_role("button", name="Close").click()
    await ada.page.evaluate("window.told = []")
    return first


def threads_of(visitor):
    return visitor.page.get_by_role("button", name="Threads")


async def test_who_looks_at_a_room_does_not_look_at_its_threads(stage, ada, thread):
    margaret = await stage.enters("margaret")
    await margaret.posts("@ada where are you", thread=thread)
    await is_told(ada, "margaret · lobby: @ada where are you")

    await ada.page.locator(".replies-line").click()
    await expect(threads_of(ada).locator(".count")).to_have_count(0)
    await margaret.posts("@ada there you are", thread=thread)
    await margaret.posts("@ada tea?", room="kitchen")
    await is_told(ada, "margaret · lobby: @ada where are you", "margaret · kitchen: @ada tea?")


async def test_each_thread_has_its_own_level(stage, ada, thread):
    margaret = await stage.enters("margaret")
    await follows(ada, "nothing")
    for text in ("a reply", "@ada nothing"):
        await margaret.posts(text, thread=thread)
    await follows(ada, "mentions")
    for text in ("another reply", "@ada mentions"):
        await margaret.posts(text, thread=thread)
    await is_told(ada, "margaret · lobby: @ada mentions")
    await expect(threads_of(ada).locator(".count")).to_have_count(0)


async def follows(visitor, level):
    """Choose in the thread what to be told of, and look elsewhere."""
    await visitor.goes_to("lobby")
    await visitor.page.locator(".replies-line").click()
    async with visitor.page.expect_response("**/api/threads"):
        await visitor.panel("Thread").get_by_label("Tell me of").select_option(level)
    await visitor.page.get_by_role("link", name="Mentions", exact=True).click()


async def test_a_tab_tells_of_nothing_that_is_looked_at_in_another_one(stage, ada, thread):
    margaret = await stage.enters("margaret")
    await ada.page.get_by_role("link", name="Mentions", exact=True).click()
    other = Visitor(await ada.page.context.new_page())
    await other.page.goto(f"{stage.serving.origin}/#/room/{stage.id_of('lobby')}/thread/{thread}")
    await expect(other.panel("Thread").locator(".message-text")).to_have_count(2)

    await margaret.posts("reply here", thread=thread)
    await expect(other.panel("Thread").locator(".message-text")).to_have_count(3)
    await margaret.posts("@ada tea?", room="kitchen")
    await is_told(ada, "margaret · kitchen: @ada tea?")
    await expect(threads_of(ada).locator(".count")).to_have_count(0)
