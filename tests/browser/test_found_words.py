"""Words of messages outside their room are as they are in it, and no more than a few lines of them."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio

LONG = "**First** of [many](https://example.org/many) lines\n\n" + "\n".join(f"line {n}" for n in range(60)) + "\n\n`teapot` at the end"
ON_TOP = """
(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}
"""


async def test_a_long_message_is_found_by_its_last_word_and_shows_it(stage, enters):
    grace, ada = await stage.enters("grace"), await enters("ada")
    await grace.posts(LONG)
    await stage.chat.features.search_index.catch_up()
    await ada.evaluates("location.hash = '#/search/teapot'")

    box = ada.page.locator(".found .bounded-words")
    await expect(box.locator("code mark")).to_be_in_viewport()
    await expect(box).to_have_class(re.compile("is-cut-above"))
    assert (await box.bounding_box())["height"] < 200

    await ada.evaluates("location.hash = '#/search/first'")
    await expect(box.locator("strong mark")).to_be_in_viewport()
    await expect(box.get_by_role("link", name="many")).to_have_attribute("target", "_blank")
    assert await box.get_by_role("link", name="many").evaluate(ON_TOP)
    # Whatever else is pressed leads to the message.
    await ada.page.locator(".found").click()
    await ada.is_at("lobby")


async def test_the_button_that_copies_code_is_free_beside_the_toolbar(stage, enters):
    grace, ada = await stage.enters("grace"), await enters("ada")
    for code in ("```\none\n```", "```\ntwo\n```"):
        await grace.posts(code)
    await ada.goes_to("lobby")
    for row in await ada.page.locator("article").all():
        await row.hover()
        await expect(row.get_by_role("toolbar")).to_be_visible()
        assert await row.get_by_role("button", name="Copy this code").evaluate(ON_TOP)
