"""The mounted example starts under every ASGI server, and is the same under each."""

import asyncio

import pytest
from shop_process import COMMANDS, Shop

pytestmark = pytest.mark.anyio

FAREWELLS = {
    "uvicorn": (1012, False),
    "uvicorn with our protocol": (1012, True),
    "hypercorn": (1012, True),
    "granian": (1006, False),
}
"""With which code a server that stops closes, and whether the chat can say `bye` before; docs/deploying.md has them in a table."""


@pytest.fixture(params=COMMANDS)
async def shop(anyio_backend, request, tmp_path):
    """The shop, open."""
    shop = Shop(request.param, tmp_path / "data")
    try:
        await shop.starts()
        yield shop
    finally:
        shop.is_gone()


async def said(line, text):
    await line.until(lambda: any(frame.get("text") == text for frame in line.frames), lambda: f"Waiting for {text!r}.")


async def test_a_day_in_the_shop(shop):
    """One story, because a server takes a second to start."""
    cookie, token = await shop.cookie_of("ada"), await shop.token_of("grace")
    in_a_browser = {"Cookie": cookie, "Origin": shop.origin}

    # Who is there, by cookie and by token, for REST and for the WebSocket.
    async with shop.visitor(Cookie=cookie) as visitor:
        assert "Good day, Ada." in (await visitor.get("/")).text
        assert (await visitor.get("/chat/api/me")).json()["name"] == "Ada"
        assert (await visitor.get("/chat")).headers["location"] == "./chat/"
        assert "linked/main.js" in (await visitor.get("/chat/")).text
        assert (await visitor.get("/chat/web/main.js")).status_code == 200
    async with shop.visitor() as nobody:
        refusal = await nobody.get("/chat/api/me")
        assert (refusal.status_code, refusal.headers["content-type"]) == (401, "application/problem+json")
    assert await shop.turns_away() == 4401
    assert await shop.turns_away(token="wrong") == 4401
    assert await shop.turns_away({"Cookie": cookie, "Origin": "https://evil.example"}) == 4403
    ada, grace = await shop.connects(in_a_browser), await shop.connects(token=token)
    assert [line.frames[0]["user"]["name"] for line in (ada, grace)] == ["Ada", "Grace"]

    # They talk, and the shop's bot answers.
    lobby = ada.frames[0]["rooms"][0]["id"]
    await ada.says("send", room=lobby, key="1", text="Where is my order?")
    for line in (ada, grace):
        await said(line, "Your order is on its way, Ada.")

    # Everything that was said is there after a restart, and the bot says nothing twice.
    await shop.stops()
    for line in (ada, grace):
        assert ((await line.until_closed()).code, line.frames[-1]["type"] == "bye") == FAREWELLS[shop.server]
    await shop.starts()
    cookie = await shop.cookie_of("ada")
    ada = await shop.connects({"Cookie": cookie, "Origin": shop.origin}, cursors={lobby: 0})
    await said(ada, "Your order is on its way, Ada.")
    assert [frame["text"] for frame in ada.frames if "text" in frame] == ["Where is my order?", "Your order is on its way, Ada."]

    # Who is signed out is out of the chat too.
    async with shop.visitor() as visitor:
        await visitor.post("/sign-out/ada")
    assert (await ada.until_closed()).code == 4403
    await asyncio.gather(ada.close(), grace.close())
    await shop.stops()
