"""Another language, which runs the other way."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio

BESIDE = """
() => {
  const left = (selector) => document.querySelector(selector).getBoundingClientRect().left;
  return left(".sidebar") > left(".conversation");
}
"""


async def test_a_browser_that_speaks_arabic_sees_the_chat_from_right_to_left(stage, enters):
    grace = await stage.enters("grace")
    ada = await enters("ada", locale="ar")
    await ada.is_at("lobby")
    await expect(ada.page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(ada.page.get_by_role("button", name="غرفة جديدة")).to_be_visible()
    assert await ada.evaluates(BESIDE)
    await grace.posts("Rooms")
    await ada.reads("Rooms")
    await ada.room("lobby").press("?")
    await expect(ada.page.get_by_role("dialog", name="لوحة المفاتيح")).to_be_visible()
    assert await ada.evaluates("document.documentElement.scrollWidth <= innerWidth")


async def test_the_language_is_chosen_and_kept(stage, enters):
    ada = await enters("ada")
    await ada.page.get_by_role("button", name="Your account").click()
    await ada.page.get_by_text("العربية").click()
    await expect(ada.page.get_by_role("button", name="تصفح الغرف")).to_be_visible()
    await ada.page.reload()
    await ada.page.get_by_role("button", name="حسابك").click()
    await ada.page.get_by_text("English").click()
    await expect(ada.page.get_by_role("button", name="Browse rooms")).to_be_visible()
