"""The chat under any prefix, behind a proxy that strips it too: every address is relative."""

import re
from urllib.parse import urljoin

import pytest
from fastapi import APIRouter, FastAPI
from mounted_chat import visited

from hubbub import Hubbub, Settings

pytestmark = pytest.mark.anyio

ADA = {"X-User": "ada"}


class StrippingProxy:
    """Takes a prefix off the path, as nginx and Caddy can, and may say so by root_path."""

    def __init__(self, app, prefix, *, tells):
        self.app, self.prefix, self.tells = app, prefix, tells

    @property
    def router(self):
        return self.app.router

    async def __call__(self, scope, receive, send):
        if scope["type"] != "lifespan":
            path = scope["path"]
            assert path.startswith(self.prefix)
            if self.tells:
                scope = {**scope, "root_path": self.prefix}
            else:
                stripped = path[len(self.prefix) :]
                scope = {**scope, "path": stripped, "raw_path": stripped.encode()}
        await self.app(scope, receive, send)


async def holds_together(site, prefix):
    """The page, what it loads, REST and WebSocket, all found by the addresses that a browser would compute."""
    browser = site.browser(ADA, base="")
    page = await browser.get(f"{prefix}/")
    assert page.status_code == 200
    addresses = re.findall(r'(?:href|src)="([^"#][^"]*)"', page.text)
    assert {address.rpartition(".")[2] for address in addresses} == {"css", "js", "png", "svg", "webmanifest"}
    for address in [*addresses, "api/me", "api/site", "health", "try"]:
        assert (await browser.get(urljoin(f"{prefix}/", address))).status_code == 200, address
    assert (await site.connects(ADA, prefix=prefix)).frames[0]["type"] == "welcome"
    await is_installable(browser, urljoin(f"{prefix}/", re.search(r'rel="manifest" href="([^"]+)"', page.text)[1]), f"{prefix}/")


async def is_installable(browser, address, home):
    """What browsers ask for before they offer to install a page; it begins and ends where the chat is mounted."""
    answer = await browser.get(address)
    manifest = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json"
    assert manifest["name"]
    assert manifest["display"] == "standalone"
    assert [urljoin(address, manifest[name]) for name in ("start_url", "scope", "id")] == [home] * 3
    icons = {(icon["sizes"], icon.get("purpose", "any")): urljoin(address, icon["src"]) for icon in manifest["icons"]}
    for size, purpose in ((192, "any"), (512, "any"), (512, "maskable")):
        icon = await browser.get(icons[f"{size}x{size}", purpose])
        # The width and height that a PNG says of itself.
        assert [int.from_bytes(icon.content[at : at + 4]) for at in (16, 20)] == [size, size]


@pytest.mark.parametrize("prefix", ["/chat", "/a/b/c", "/t/acme/chat"])
async def test_everything_is_found_below_the_prefix(mount, prefix):
    site = await mount(prefix=prefix)
    await holds_together(site, prefix)


async def test_at_the_root_everything_is_found_too(mount):
    site = await mount(prefix="")
    await holds_together(site, "")


@pytest.mark.parametrize("tells", [False, True], ids=["that only strips", "that sets root_path"])
async def test_behind_a_proxy_everything_is_found(chat, tells):
    app = FastAPI()
    app.include_router(chat.router, prefix="/chat")
    async with visited(StrippingProxy(app, "/outside", tells=tells), chat) as site:
        await holds_together(site, "/outside/chat")
        redirect = await site.browser(base="").get("/outside/chat?x=1")
        assert urljoin("/outside/chat?x=1", redirect.headers["location"]) == "/outside/chat/?x=1"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("prefix", "asked", "expected"),
    [
        ("/chat", "/chat", "./chat/"),
        ("/chat", "/chat?a=1&b=%2F", "./chat/?a=1&b=%2F"),
        ("/a/b", "/a/b", "./b/"),
        ("/t/{tenant}", "/t/a:b%20c%3Fd", "./a%3Ab%20c%3Fd/"),
    ],
)
async def test_the_bare_prefix_leads_to_the_slash(mount, method, prefix, asked, expected):
    site = await mount(prefix=prefix)
    redirect = await site.browser(base="").request(method, asked)
    assert (redirect.status_code, redirect.headers["location"]) == (307, expected)


@pytest.mark.parametrize("redirects", [True, False])
async def test_the_slashes_of_the_host_are_left_alone(mount, redirects):
    app = FastAPI(redirect_slashes=redirects)

    @app.get("/things/")
    async def things():
        return "things"

    @app.get("/chatter")
    async def chatter():
        return "chatter"

    site = await mount(app=app)
    browser = site.browser(base="")
    assert (await browser.get("/things")).status_code == (307 if redirects else 404)
    assert (await browser.get("/chatter")).json() == "chatter"
    assert (await browser.get("/chat")).headers["location"] == "./chat/"
    assert (await browser.get("/")).status_code == 404
    assert (await browser.get("/nothing")).json() == {"detail": "Not Found"}


async def test_a_router_under_a_router_under_a_prefix(chat):
    inner, outer, app = APIRouter(prefix="/inner"), APIRouter(), FastAPI()
    inner.include_router(chat.router, prefix="/chat")
    outer.include_router(inner)
    app.include_router(outer, prefix="/outer")
    async with visited(app, chat, prefix="/outer/inner/chat") as site:
        await holds_together(site, "/outer/inner/chat")


async def test_a_router_whose_own_prefix_is_all_there_is(chat):
    own, app = APIRouter(prefix="/own"), FastAPI()
    own.include_router(chat.router)
    app.include_router(own)
    async with visited(app, chat, prefix="/own") as site:
        await holds_together(site, "/own")
        assert (await site.browser(base="").get("/own")).headers["location"] == "./own/"


async def test_the_same_chat_under_two_prefixes_is_one_chat(chat):
    app = FastAPI()
    app.include_router(chat.router, prefix="/v1/chat")
    app.include_router(chat.router, prefix="/v2/chat")
    async with visited(app, chat, prefix="/v1/chat") as site:
        await holds_together(site, "/v2/chat")
        line = await site.connects(ADA)
        await chat.post("lobby", "hello", by="ada")
        await line.until(lambda: any(frame.get("text") == "hello" for frame in line.frames), lambda: "hello")
        assert app.openapi()["paths"].keys() >= {"/v1/chat/api/me", "/v2/chat/api/me"}


async def test_two_chats_in_one_app_know_nothing_of_each_other(tmp_path, by_header):
    one = Hubbub(Settings(data=tmp_path / "one"), current_user=by_header)
    two = Hubbub(Settings(data=tmp_path / "two"), current_user=by_header)
    app = FastAPI()
    app.include_router(one.router, prefix="/one")
    app.include_router(two.router, prefix="/two")
    async with visited(app, one, prefix="/one") as site:
        in_one, in_two = await site.connects(ADA), await site.connects(ADA, prefix="/two")
        await one.post("lobby", "in one", by="ada")
        await two.post("lobby", "in two", by="ada")
        for line, text in ((in_one, "in one"), (in_two, "in two")):
            await line.until(lambda line=line: "text" in line.frames[-1], lambda: "a message")
            assert [frame["text"] for frame in line.frames if "text" in frame] == [text]
        operations = [of["operationId"] for path in app.openapi()["paths"].values() for of in path.values()]
        assert len(operations) == len(set(operations))


async def test_an_app_that_is_mounted_itself_and_run_by_its_parent(chat):
    inner = FastAPI()
    inner.include_router(chat.router, prefix="/chat")
    outer = FastAPI(lifespan=inner.router.lifespan_context)
    outer.mount("/sub", inner)
    async with visited(outer, chat, prefix="/sub/chat") as site:
        await holds_together(site, "/sub/chat")
