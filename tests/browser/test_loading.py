"""How the page comes: everything once, and nothing again until it has changed."""

import re
from random import Random
from uuid import UUID

import pytest
from playwright.async_api import expect

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


async def fills_the_lobby(stage):
    """A hundred ordinary messages that ada has not read: no two alike, each with a key as a browser makes it, some with a link."""
    ada, grace, chance = await stage.enters("ada"), await stage.enters("grace"), Random(1)
    await ada.reads(await grace.posts("welcome"))
    letters = "etaoinshrdlucmfwypvbgk"
    words = ["".join(chance.choices(letters, weights=range(len(letters), 0, -1), k=chance.randint(2, 9))) for _ in range(600)]
    async with stage.in_a_hurry():
        for number in range(100):
            said = " ".join(chance.choices(words, k=chance.randint(3, 25)))
            link = f" https://example.org/{number:x}" if number % 10 == 0 else ""
            await grace.posts(f"{said}{link}, {number}", key=str(UUID(int=chance.getrandbits(128))))


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en-GB"), ("ar-EG", "ar")])
async def test_the_first_load_of_a_full_room_is_few_requests_and_little_to_carry(stage, visit, locale, language):
    await stage.has("ada", by_password=True)
    await fills_the_lobby(stage)
    ada = await visit("about:blank", locale=locale)
    login = {"name": "hubbub_login", "value": await stage.lets_in("ada"), "url": stage.serving.origin}
    await ada.page.context.add_cookies([login])
    carried = Carried(ada.page)
    await ada.page.goto(stage.serving.origin, wait_until="networkidle")
    await ada.is_at("lobby")
    await expect(ada.messages).to_have_count(100)
    assert await ada.evaluates("document.documentElement.lang") == language
    sizes = await carried.sizes()
    assert len(sizes) <= 12, sizes
    assert sum(sizes.values()) <= 145_000, sizes


class Carried:
    """What goes over the line to a page, heads and bodies, and what the WebSocket says."""

    def __init__(self, page):
        self._requests, self._heard = [], 0
        page.on("requestfinished", self._fetched)
        page.on("websocket", self._listens)

    def _fetched(self, request):
        self._requests.append(request)

    def _listens(self, websocket):
        websocket.on("framereceived", self._hears)

    def _hears(self, frame):
        self._heard += len(frame)

    async def sizes(self):
        """By what was asked for, the WebSocket included."""
        sizes = {"the WebSocket": self._heard}
        for request in self._requests:
            size = await request.sizes()
            sizes[request.url] = size["responseHeadersSize"] + size["responseBodySize"]
        return sizes


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
