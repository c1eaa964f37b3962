"""How the page comes: everything once, and nothing again until it has changed."""

import re

import pytest

from hubbub.web.files import WebFiles

pytestmark = pytest.mark.anyio

FETCHED = """
() => performance.getEntriesByType("resource")
  .filter(({ name, transferSize }) => name.includes("/web/") && transferSize > 0).map(({ name }) => name)
"""


async def test_a_second_visit_fetches_no_file_again(stage, enters):
    ada = await enters("ada")
    first = await ada.evaluates(FETCHED)
    assert any(name.endswith("/linked/main.js") for name in first)
    await ada.page.goto("about:blank")
    await ada.page.goto(stage.serving.origin)
    await ada.is_at("lobby")
    assert await ada.evaluates(FETCHED) == []


ALL_FETCHED = """
() => performance.getEntries().filter(({ entryType }) => entryType === "navigation" || entryType === "resource")
  .filter(({ transferSize }) => transferSize > 0).map(({ name, encodedBodySize }) => [name, encodedBodySize])
"""


async def test_the_first_load_is_few_requests_and_little_to_carry(stage, enters):
    ada = await enters("ada")
    await ada.is_at("lobby")
    fetched = await ada.evaluates(ALL_FETCHED)
    # The WebSocket, the sign of the page and what a browser looks up by itself are not in the browser's own list.
    assert len(fetched) + 3 <= 12, fetched
    assert sum(size for _, size in fetched) <= 150_000, fetched


async def test_whoever_changes_the_client_can_have_its_modules_one_by_one(stage, enters):
    ada = await enters("ada")
    await ada.page.goto(f"{stage.serving.origin}/?modules")
    await ada.is_at("lobby")
    assert any(name.endswith("/views/app.js") for name in await ada.evaluates(FETCHED))
    await ada.says("from the modules")
    await ada.reads("from the modules")


async def test_a_file_is_kept_for_good_only_under_the_version_that_it_has(stage):
    async with stage.serving.browser("/", {}) as http:
        page = await http.get("")
        address = re.search(r'src="(web/v-\w+/linked/main.js)"', page.text)[1]
        kept = await http.get(address)
        older = await http.get(re.sub(r"v-\w+", "v-0123456789abcdef", address))
        plain = await http.get("web/linked/main.js")
        missing = await http.get(address.replace("main.js", "../files.py"))
    assert page.headers["cache-control"] == older.headers["cache-control"] == plain.headers["cache-control"] == "no-cache"
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.content == older.content == plain.content
    assert missing.status_code == 404


def test_the_version_changes_with_any_file_a_second_later_at_most(tmp_path):
    now = [0.0]
    (tmp_path / "main.js").write_text("one")
    (tmp_path / "index.html").write_text('<script src="web/main.js"></script><link href="web/manifest.webmanifest">')
    files = WebFiles(tmp_path, clock=lambda: now[0])
    first, page = files.version(), files.page("index.html")
    assert page.data.decode() == f'<script src="web/v-{first}/main.js"></script><link href="web/manifest.webmanifest">'

    (tmp_path / "main.js").write_text("two, which is longer")
    now[0] = 0.9
    assert files.version() == first
    now[0] = 1.0
    assert files.version() != first
    assert files.page("index.html").etag != page.etag
