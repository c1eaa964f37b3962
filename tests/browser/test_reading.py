"""What is unread, where one lands, and that nothing moves under the eyes."""

import asyncio
import re

import pytest
from playwright.async_api import expect
from wire import Wire

pytestmark = pytest.mark.anyio
MANY = 500

# Scrolls by a step, and notes when the row that was being looked at is not where it has to be afterwards.
SCROLL = """
  const list = document.querySelector(".message-list");
  const frame = () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const looked = () => [...list.querySelectorAll("article")].find((row) => row.getBoundingClientRect().top > 200);
  const jumps = [];
  const scroll = async (step) => {
    const row = looked();
    const key = row.dataset.key;
    const before = row.getBoundingClientRect().top;
    const from = list.scrollTop;
    list.scrollTop += step;
    const moved = from - list.scrollTop;
    await frame();
    const after = list.querySelector(`[data-key="${CSS.escape(key)}"]`)?.getBoundingClientRect().top;
    if (!(Math.abs(after - before - moved) < 2)) jumps.push([key, before, moved, after]);
  };
"""

# Goes through the whole room in steps, up or down.
READ_ON = f"""
async ([wanted, step]) => {{
  {SCROLL}
  for (let steps = 0; steps < 400 && !list.textContent.includes(wanted); steps += 1) await scroll(step);
  return {{ jumps, found: list.textContent.includes(wanted) }};
}}
"""

# Goes down to each end of what is loaded, and takes a step more when the next page is here but neither drawn nor the step told of.
READ_ON_AS_PAGES_COME = f"""
async ([wanted, step]) => {{
  {SCROLL}
  const json = Response.prototype.json;
  const stepAsPageComes = () => new Promise((stepped) => {{
    Response.prototype.json = async function () {{
      const page = await json.call(this);
      if (this.url.includes("/messages?after=")) {{
        Response.prototype.json = json;
        stepped(scroll(step));
      }}
      return page;
    }};
  }});
  let shorter = 0;
  while (!list.textContent.includes(wanted)) {{
    const stepping = stepAsPageComes();
    list.scrollTop = list.scrollHeight - list.clientHeight - step;
    const height = list.scrollHeight;
    await stepping;
    if (list.scrollHeight < height - step) shorter += 1;
  }}
  return {{ jumps, shorter: shorter > 0 }};
}}
"""

# Takes a step when a message with these words is here but neither drawn nor the step told of.
STEP_AS_A_MESSAGE_COMES = f"""
([words, step]) => {{
  {SCROLL}
  const parse = JSON.parse;
  window.stepping = new Promise((stepped) => {{
    JSON.parse = (text, ...more) => {{
      if (String(text).includes(words)) {{
        JSON.parse = parse;
        stepped(scroll(step).then(() => jumps));
      }}
      return parse(text, ...more);
    }};
  }});
}}
"""


async def test_unread_messages_and_mentions_are_counted_in_the_sidebar_and_in_the_title(stage, enters):
    grace, margaret = await stage.enters("grace"), await stage.enters("margaret")
    ada = await enters("ada")
    await margaret.makes_room("kitchen", grace, await stage.enters("ada"))
    await grace.posts("tea?", room="kitchen")
    await grace.posts("with milk?", room="kitchen")
    await ada.counts("kitchen", "2")
    await grace.posts("@ada, tea?", room="kitchen")
    await ada.counts("kitchen", "@1")
    await expect(ada.page).to_have_title("(3) lobby · Hubbub")

    await ada.goes_to("kitchen")
    await expect(ada.page.locator(".new-line")).to_be_visible()
    await expect(ada.page.locator("article.is-mention")).to_have_count(1)
    await ada.counts("kitchen", "")
    await expect(ada.page).to_have_title("kitchen · Hubbub")


async def test_what_is_read_on_one_device_is_read_on_the_other(stage, enters):
    grace, margaret = await stage.enters("grace"), await stage.enters("margaret")
    at_work, at_home = await enters("ada"), await enters("ada")
    await margaret.makes_room("kitchen", grace, await stage.enters("ada"))
    await grace.posts("tea?", room="kitchen")
    for device in (at_work, at_home):
        await device.counts("kitchen", "1")
    await at_home.goes_to("kitchen")
    await at_work.counts("kitchen", "")


async def test_who_reads_above_keeps_their_place_and_jumps_to_the_newest(stage, enters):
    grace = await stage.enters("grace")
    await grace.posts_all(f"old {n}" for n in range(40))
    ada = await enters("ada")
    await expect(ada.message("old 39")).to_be_in_viewport()
    await ada.list.evaluate("list => list.scrollTo(0, 100)")
    await expect(ada.page.locator(".to-newest")).to_be_visible()
    place = "document.querySelector('article:nth-of-type(8)').getBoundingClientRect().top"
    before = await ada.evaluates(place)

    await grace.posts_all(f"new {n}" for n in range(3))
    jump = ada.page.get_by_role("button", name="3 new")
    await expect(jump).to_be_visible()
    assert await ada.evaluates(place) == pytest.approx(before, abs=1)
    await jump.click()
    await expect(ada.message("new 2")).to_be_in_viewport()
    await expect(ada.page.locator(".to-newest")).to_have_count(0)
    await expect(ada.page).to_have_title("lobby · Hubbub")


async def test_paging_up_through_a_long_room_never_moves_what_one_looks_at(stage, enters):
    grace = await stage.enters("grace")
    async with stage.in_a_hurry():
        await grace.posts_all(f"message {n} " + "which takes a line or more " * (n % 7) for n in range(MANY))
    ada = await enters("ada")
    await expect(ada.messages.last).to_have_text(re.compile(f"^message {MANY - 1} "))

    way = await ada.evaluates(READ_ON, ["This is where it begins", -350])
    assert way == {"jumps": [], "found": True}
    assert await ada.messages.count() <= 320

    await ada.page.get_by_role("button", name="Jump to newest").click()
    await expect(ada.messages.last).to_have_text(re.compile(f"^message {MANY - 1} "))
    await expect(ada.messages.last).to_be_in_viewport()


async def test_at_the_very_top_nothing_moves_when_older_messages_come(stage, enters):
    grace = await stage.enters("grace")
    async with stage.in_a_hurry():
        await grace.posts_all(f"message {n}" for n in range(200))
    ada = await enters("ada")
    may_come = asyncio.Event()

    async def come_late(route):
        await may_come.wait()
        await route.continue_()

    await ada.page.route("**/messages?before=*", come_late)
    await ada.list.evaluate("list => list.scrollTo(0, 0)")
    await ada.sees("Loading…")
    before = await ada.message("message 152").bounding_box()
    may_come.set()
    await expect(ada.message("message 149")).to_be_attached()
    after = await ada.message("message 152").bounding_box()
    assert after["y"] == pytest.approx(before["y"], abs=1)


async def test_a_link_to_a_message_brings_it_into_the_middle(stage, enters):
    grace = await stage.enters("grace")
    async with stage.in_a_hurry():
        seqs = await grace.posts_all(f"message {n}" for n in range(200))
    ada = await enters("ada")
    await ada.evaluates(f"location.hash = '#/room/{stage.id_of('lobby')}/{seqs[40]}'")
    await expect(ada.message("message 40")).to_be_in_viewport()
    middle = await ada.message("message 40").evaluate("row => row.getBoundingClientRect().top / innerHeight")
    assert 0.3 < middle < 0.7


async def test_what_was_lost_on_the_way_is_read_again(stage, enters):
    grace, ada = await stage.enters("grace"), await enters("ada")
    wire = await Wire.of(ada)

    wire.loses("two")
    async with stage.in_a_hurry():
        await grace.posts_all(["one", "two", "three", "four"])

    await ada.reads("one", "two", "three", "four")


async def test_paging_down_from_a_linked_old_message_never_moves_what_one_looks_at(stage, enters):
    grace = await stage.enters("grace")
    async with stage.in_a_hurry():
        seqs = await grace.posts_all(f"message {n} " + "which takes a line or more " * (n % 7) for n in range(MANY))
    ada = await enters("ada")
    await ada.evaluates(f"location.hash = '#/room/{stage.id_of('lobby')}/{seqs[40]}'")
    await expect(ada.page.locator("article").filter(has_text=re.compile("message 40 "))).to_be_in_viewport()

    way = await ada.evaluates(READ_ON, [f"message {MANY - 1} ", 350])

    assert way == {"jumps": [], "found": True}
    assert await ada.messages.count() <= 320
    await ada.list.evaluate("list => list.scrollTo(0, list.scrollHeight)")
    await expect(ada.messages.last).to_have_text(re.compile(f"^message {MANY - 1} "))
    await expect(ada.messages.last).to_be_in_viewport()
    await expect(ada.page.locator(".to-newest")).to_have_count(0)
    await grace.posts("and on it goes")
    await expect(ada.message("and on it goes")).to_be_in_viewport()


async def test_a_step_that_meets_a_page_which_makes_the_list_shorter_counts_in_full(stage, enters):
    grace = await stage.enters("grace")
    async with stage.in_a_hurry():
        seqs = await grace.posts_all(f"message {n}" + " which takes several lines" * (25 if n < MANY // 2 else 0) for n in range(MANY))
    ada = await enters("ada")
    await ada.evaluates(f"location.hash = '#/room/{stage.id_of('lobby')}/{seqs[40]}'")
    await expect(ada.page.locator("article").filter(has_text=re.compile("message 40 "))).to_be_in_viewport()

    assert await ada.evaluates(READ_ON_AS_PAGES_COME, [f"message {MANY - 1}", 350]) == {"jumps": [], "shorter": True}


async def test_who_scrolls_up_as_the_oldest_rows_are_let_go_is_not_taken_back_to_the_newest(stage, enters):
    grace, ada = await stage.enters("grace"), await enters("ada")
    async with stage.in_a_hurry():
        await grace.posts_all(f"message {n}" for n in range(320))
    await expect(ada.message("message 319")).to_be_in_viewport()
    await expect(ada.messages).to_have_count(320)

    await ada.evaluates(STEP_AS_A_MESSAGE_COMES, ["one too many", -200])
    await grace.posts("one too many")
    assert await ada.evaluates("stepping") == []
    await expect(ada.messages).to_have_count(300)
