"""Files for those who do not see the page, or use it with their fingers, or read from right to left."""

import pytest
from files_at_hand import FileAtHand, attaches, film, page, picture
from playwright.async_api import expect
from test_accessibility import AXE, has_no_violations
from test_phone import LEAST, SMALL_TARGETS

pytestmark = pytest.mark.anyio
NOT_SIDEWAYS = "[document.documentElement, document.querySelector('.message-list')].every((each) => each.scrollWidth <= each.clientWidth)"


@pytest.fixture
def axe() -> str:
    if not AXE.exists():
        pytest.skip("This test needs axe-core. Get it with: npm ci")
    return AXE.read_text()


def sound(name):
    header = (
        b"RIFF" + (36 + 800).to_bytes(4, "little") + b"WAVEfmt " + bytes([16, 0, 0, 0, 1, 0, 1, 0, 64, 31, 0, 0, 64, 31, 0, 0, 1, 0, 8, 0])
    )
    return FileAtHand(name, "audio/wav", header + b"data" + (800).to_bytes(4, "little") + bytes(128 for _ in range(800)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_files_of_every_kind_have_no_violation(enters, axe, scheme):
    ada = await enters("ada", color_scheme=scheme, bypass_csp=True)
    await ada.is_at("lobby")
    kinds = [
        picture("wide.png", 600, 60),
        await film(ada, "walk.webm"),
        sound("tone.wav"),
        page("plan.pdf"),
        FileAtHand("empty.txt", "text/plain", b""),
    ]
    await attaches(ada, *kinds)
    await expect(ada.page.locator(".upload-tile.is-done")).to_have_count(4)
    await has_no_violations(ada, axe)
    await ada.page.get_by_role("button", name="Take off empty.txt").click()
    await ada.page.get_by_role("button", name="Send", exact=True).click()
    await expect(ada.pending).to_have_count(0)
    await expect(ada.page.locator("video")).to_have_attribute("width", "160")
    await ada.page.get_by_role("button", name="Record a voice message").click()
    await expect(ada.page.get_by_role("button", name="Stop, and listen to it")).to_be_focused()
    await has_no_violations(ada, axe)
    await ada.page.get_by_role("button", name="Send the voice message").click()
    await expect(ada.page.get_by_role("button", name="Play the voice message")).to_be_visible()
    await expect(ada.pending).to_have_count(0)
    await has_no_violations(ada, axe)
    await ada.page.get_by_role("button", name="Show wide.png").click()
    await expect(ada.page.get_by_role("dialog", name="Pictures")).to_be_visible()
    await has_no_violations(ada, axe)


async def test_files_on_a_phone_in_arabic(enters):
    ada = await enters("ada", phone=True, locale="ar")
    await ada.room("lobby").tap()
    await ada.is_at("lobby")
    await attaches(ada, picture("a very wide and long picture.png", 900, 300), page("تقرير الربع الثالث " * 9 + ".pdf"))
    await expect(ada.page.locator(".upload-tile.is-done")).to_have_count(2)
    assert await ada.evaluates(SMALL_TARGETS, LEAST) == []
    await ada.page.get_by_role("button", name="إرسال", exact=True).tap()
    await expect(ada.page.locator("article:not(.is-pending) .file-card")).to_be_visible()
    assert await ada.evaluates(NOT_SIDEWAYS)
    assert await ada.evaluates(SMALL_TARGETS, LEAST) == []

    await ada.page.get_by_role("button", name="تسجيل رسالة صوتية").tap()
    await expect(ada.page.get_by_role("timer")).to_be_visible()
    assert await ada.evaluates(SMALL_TARGETS, LEAST) == []
    await ada.page.get_by_role("button", name="التخلص منها").tap()
    await ada.page.locator(".picture").tap()
    await expect(ada.page.get_by_role("dialog", name="الصور")).to_be_visible()
    assert await ada.evaluates(SMALL_TARGETS, LEAST) == []
    assert await ada.evaluates(NOT_SIDEWAYS)
    await ada.page.get_by_role("button", name="إغلاق").tap()
    await expect(ada.page.get_by_role("dialog")).to_have_count(0)
