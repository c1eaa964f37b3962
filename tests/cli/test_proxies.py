"""The guide's nginx and Caddy configurations run, and everything gets through them."""

import asyncio
import json
import re
import shlex
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import pytest
from hubbub_process import PASSWORD, PATIENCE, Server, hubbub
from proxy_process import PREFIX, Caddy, Certificate, Nginx, Visitor, blocks
from websockets.exceptions import ConnectionClosed

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).parents[2] / "examples"
IDLE_SECONDS = 3


class Shop(Server):
    """The mounted example, by the guide's own command."""

    ready = "Uvicorn running on"

    def __init__(self, folder, *options):
        self.arguments = [word.replace("shop:app", "mounted_app:app") for word in shlex.split(blocks("sh")[0])]
        program = (sys.executable, "-m")
        super().__init__(folder, "--port", 0, *options, program=program, SHOP_DATA=str(folder), PYTHONPATH=str(EXAMPLES))

    @staticmethod
    def data_options(folder):
        return ()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def upstreams(tmp_path_factory):
    """Gives the server of a kind; each is started once."""
    started = {}

    def upstream(kind, *options, **variables):
        if (kind, options) not in started:
            started[kind, options] = kind(tmp_path_factory.mktemp("upstream") / "data", *options, **variables)
        return started[kind, options]

    yield upstream
    for server in started.values():
        server.stops()


@pytest.fixture(scope="module")
def chat(upstreams):
    """`hubbub serve` with Ada and Grace, who are pinged often."""
    server = upstreams(Server, HUBBUB_PING_SECONDS="1")
    for name in ("ada", "grace"):
        assert hubbub("user", "add", name, "--password-stdin", "--data", server.folder, input=PASSWORD).returncode == 0
    return server


@pytest.fixture(params=[Nginx, Caddy], ids=["nginx", "Caddy"])
def proxied(request, tmp_path, certificate):
    """Puts the proxy in front of a server."""
    started = []

    def start(upstream, **options):
        started.append(request.param(tmp_path / f"proxy-{len(started)}", upstream, certificate, **options))
        return started[-1]

    yield start
    for proxy in started:
        proxy.ends()


@pytest.fixture
async def visits(anyio_backend, certificate):
    """Sends visitors through a proxy."""
    visitors = []

    def visit(proxy, **options):
        visitors.append(Visitor(proxy, certificate, **options))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        await visitor.http.aclose()


async def signed_in_to_the_chat(visitor, name):
    answer = await visitor.http.post("api/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return answer.headers["set-cookie"]


async def signed_in_to_the_shop(visitor, name):
    answer = await visitor.http.post("sign-in", data={"name": name})
    assert urljoin(str(answer.url), answer.headers["location"]) == str(visitor.http.base_url)
    return answer.headers["set-cookie"]


@pytest.mark.parametrize("strips", [False, True], ids=["at the root", "below a stripped prefix"])
async def test_a_whole_chat_gets_through(chat, proxied, visits, strips):
    proxy = proxied(chat, strips=strips)
    ada, grace = visits(proxy), visits(proxy)
    for visitor, name in ((ada, "ada"), (grace, "grace")):
        cookie = await signed_in_to_the_chat(visitor, name)
        assert cookie.startswith("__Host-hubbub_login=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert (await ada.http.delete("api/session", headers={"Origin": "https://evil.example"})).status_code == 403
    await everything_gets_through(ada, grace)
    assert (await ada.http.delete("api/session")).status_code == 204


@pytest.mark.parametrize("strips", [False, True], ids=["at the root", "below a stripped prefix"])
async def test_an_app_with_a_chat_in_it_gets_through(upstreams, proxied, visits, strips):
    shop = upstreams(Shop, *(("--root-path", PREFIX.rstrip("/")) if strips else ()))
    proxy = proxied(shop, strips=strips)
    ada, grace = visits(proxy, chat="chat/"), visits(proxy, chat="chat/")
    await signed_in_to_the_shop(ada, "ada")
    await signed_in_to_the_shop(grace, "grace")
    await everything_gets_through(ada, grace)


async def everything_gets_through(ada, grace):
    """The page and what it loads, REST, the WebSocket between two people and not for other sites' pages, the echo."""
    page = await ada.http.get(ada.chat)
    addresses = re.findall(r'(?:href|src)="([^"#][^"]*)"', page.text)
    assert len(addresses) >= 4
    for address in [*addresses, "web/main.js", "api/rooms", "health", "try"]:
        assert (await ada.http.get(urljoin(ada.chat, address))).status_code == 200, address
    without_the_slash = await ada.http.get(ada.chat.rstrip("/"), follow_redirects=True)
    assert (without_the_slash.status_code, without_the_slash.url.path) == (200, urlsplit(ada.chat).path)
    assert (await ada.http.get(f"{ada.chat}api/me")).json()["name"].lower() == "ada"
    async with ada.websocket() as hers, grace.websocket() as other:
        room = (await says(hers, type="hello"))["rooms"][0]["id"]
        assert (await says(other, type="hello"))["user"]["name"].lower() == "grace"
        key = str(uuid4())
        await says(hers, type="send", id=1, room=room, key=key, text="Good morning")
        assert (await hears(other, "message.created", key=key))["text"] == "Good morning"
        posted = await grace.http.post(f"{grace.chat}api/rooms/{room}/messages", json={"key": key, "text": "And to you"})
        assert posted.status_code == 201
        assert (await hears(hers, "message.created", seq=posted.json()["seq"]))["text"] == "And to you"
    async with ada.websocket(origin="https://evil.example") as foreign:
        with pytest.raises(ConnectionClosed) as refused:
            await says(foreign, type="hello")
    assert refused.value.rcvd.code == 4403
    async with ada.websocket(subprotocols=()) as line:
        assert await echo(line) == "Message text was: Is anybody there?"


async def test_attempts_count_against_the_visitor_and_not_against_the_proxy(chat, proxied, visits):
    proxy = proxied(chat)
    network = "127.0.1" if isinstance(proxy, Nginx) else "127.0.2"
    guesser, neighbour = visits(proxy, address=f"{network}.1"), visits(proxy, address=f"{network}.2")
    guess = {"token": "wrong", "name": "mallory", "password": PASSWORD}
    assert [(await guesser.http.post("api/setup", json=guess)).status_code for _ in range(20)] == [403] * 20
    for forged in ({}, {"X-Forwarded-For": "192.0.2.1"}):
        assert (await guesser.http.post("api/setup", json=guess, headers=forged)).status_code == 429
    assert (await neighbour.http.post("api/setup", json=guess)).status_code == 403


async def test_a_quiet_connection_is_pinged_before_the_proxy_cuts_it(chat, upstreams, proxied, visits):
    pinged = visits(proxied(chat, idle_seconds=IDLE_SECONDS))
    # Pinged every 20 seconds, as it comes: this one shows when the other would have been cut.
    unpinged = visits(proxied(upstreams(Shop), idle_seconds=IDLE_SECONDS), chat="chat/")
    async with pinged.websocket(subprotocols=()) as kept, unpinged.websocket(subprotocols=()) as lost:
        with pytest.raises(ConnectionClosed) as cut:
            await heard(lost)
        assert cut.value.rcvd is None
        assert await echo(kept) == "Message text was: Is anybody there?"


async def says(line, **command):
    """Say a command; the answer."""
    await line.send(json.dumps(command))
    return await hears(line, "welcome" if command["type"] == "hello" else "ok")


async def hears(line, kind, **fields):
    """The next frame of this kind with these fields."""
    while True:
        frame = json.loads(await heard(line))
        if frame["type"] == kind and fields.items() <= frame.items():
            return frame


async def echo(line):
    await line.send("Is anybody there?")
    return await heard(line)


async def heard(line):
    async with asyncio.timeout(PATIENCE):
        return await line.recv()
