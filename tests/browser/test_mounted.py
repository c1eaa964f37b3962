"""The client works wherever the chat is: in another app, under a prefix, behind a proxy that takes a prefix off."""

from typing import Annotated
from urllib.parse import urlsplit

import pytest
from fastapi import Cookie, FastAPI
from playwright.async_api import expect
from stripping_proxy import stripping_proxy

from hubbub import Hubbub, Identity, Settings
from hubbub.testing.serving import served

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse battery"


async def current_user(app_user: Annotated[str | None, Cookie()] = None) -> Identity | None:
    return Identity(id=app_user, name=app_user) if app_user else None


@pytest.fixture
async def host(anyio_backend, tmp_path):
    """An app with users of its own, and a chat under /team/chat."""
    chat = Hubbub(Settings(data=tmp_path / "chat", rate_limits="off"), current_user=current_user)
    app = FastAPI()
    app.include_router(chat.router, prefix="/team/chat")
    async with served(app, "hubbub") as serving:
        yield f"{serving.origin}/team/chat"


async def test_a_mounted_chat_is_used_by_the_hosts_people(host, visit):
    ada, grace = await visit(host, cookies={"app_user": "ada"}), await visit(f"{host}/", cookies={"app_user": "grace"})
    for visitor in (ada, grace):
        await visitor.is_at("lobby")
    await ada.says("hello from the app")
    await grace.reads("hello from the app")
    await expect(grace.page.get_by_role("button", name="Invite people")).to_have_count(0)
    await grace.page.get_by_role("button", name="Your account").click()
    await grace.sees("Appearance")
    await expect(grace.page.get_by_role("button", name="Sign out here")).to_have_count(0)


async def test_whom_the_host_does_not_know_is_told_where_to_sign_in(host, visit):
    linus = await visit(host)
    await linus.sees("Sign in to the site that this chat belongs to, then come back.")
    await expect(linus.page.get_by_label("Password")).to_have_count(0)
    await linus.page.context.add_cookies([{"name": "app_user", "value": "linus", "url": host}])
    await linus.page.get_by_role("button", name="Load again").click()
    await linus.is_at("lobby")


async def test_behind_a_stripping_proxy_one_signs_in_and_talks(stage, visit):
    await stage.has("ada", by_password=True)
    grace = await stage.enters("grace")
    port = urlsplit(stage.serving.origin).port
    async with stripping_proxy(port, "/some/where") as address:
        ada = await visit(address)
        await ada.fills_in("Sign in", name="ada", password=PASSWORD)
        await ada.is_at("lobby")
        await ada.says("through the proxy")
        await grace.sees("through the proxy")
        await grace.posts("and back")
        await ada.reads("through the proxy", "and back")
        await ada.page.reload()
        await ada.is_at("lobby")
        assert ada.page.url.startswith(f"{address}#/room/")
