"""Who is connecting, and which pages may use a browser's cookie (S1 to S5)."""

import pytest
from fastapi.requests import HTTPConnection

from hubbub.accounts.identity import Identified, bearer_token, cookie_name, identify_with, is_our_origin
from hubbub.errors import Forbidden, Unauthenticated
from hubbub.settings import Settings

pytestmark = pytest.mark.anyio

SETTINGS = Settings(
    public_url="https://chat.example.org/team/", allowed_origins=["https://intranet.example:8443", "HTTPS://Bücher.example/", "null"]
)


def connection(scheme="http", method="POST", **headers):
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in {"host": "chat.test", **headers}.items()]
    kind = "websocket" if scheme in ("ws", "wss") else "http"
    return HTTPConnection({"type": kind, "scheme": scheme, "method": method, "headers": raw, "path": "/", "query_string": b"token=hub_x"})


@pytest.mark.parametrize(
    ("origin", "scheme", "host"),
    [
        ("http://chat.test", "http", "chat.test"),
        ("http://chat.test", "http", "Chat.Test"),
        ("http://chat.test", "http", "chat.test:80"),
        ("http://chat.test", "ws", "chat.test"),
        ("https://chat.test", "wss", "chat.test"),
        ("https://chat.test", "https", "chat.test:443"),
        ("http://chat.test:8000", "http", "chat.test:8000"),
        ("http://[::1]:8000", "ws", "[::1]:8000"),
        ("https://chat.example.org", "http", "127.0.0.1:8000"),
        ("https://intranet.example:8443", "http", "chat.test"),
        ("https://xn--bcher-kva.example", "http", "chat.test"),
    ],
)
async def test_a_page_of_this_site_or_an_allowed_one_is_ours(origin, scheme, host):
    assert is_our_origin(origin, connection(scheme, host=host), SETTINGS)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://evil.test",
        "http://evil-chat.test",
        "http://chat.test.evil.test",
        "http://chat.test:8000",
        "http://chat.test:80",
        "https://chat.test",
        "ws://chat.test",
        "HTTP://chat.test",
        "http://CHAT.test",
        "http://chat.test/",
        "http://chat.test.",
        "http://user@chat.test",
        "http://chat.test@evil.test",
        "http://chat.test evil",
        "http://ch\u0430t.test",  # a Cyrillic letter
        "http://sub.chat.test",
        "https://chat.example.org/team",
        "http://chat.example.org",
        "https://chat.example.org:8443",
        "https://intranet.example",
        "file://",
    ],
)
async def test_look_alikes_null_and_none_are_nobody_s(origin):
    assert not is_our_origin(origin, connection(), SETTINGS)


async def test_an_address_in_the_settings_that_is_none_is_no_reason_to_fail():
    settings = Settings(public_url="nonsense", allowed_origins=["http://[", "https://x:99999", "//x", ""])
    assert is_our_origin("http://chat.test", connection(), settings)
    assert not is_our_origin("nonsense", connection(), settings)


async def test_the_cookie_has_its_strict_name_under_https():
    names = {scheme: cookie_name(connection(scheme)) for scheme in ("http", "ws", "https", "wss")}
    assert names == {"http": "hubbub_login", "ws": "hubbub_login", "https": "__Host-hubbub_login", "wss": "__Host-hubbub_login"}


@pytest.mark.parametrize(("header", "token"), [("Bearer x", "x"), ("bearer  x ", "x"), ("Bearer", ""), ("Basic x", None), ("", None)])
async def test_a_bearer_token_is_read_from_its_header_only(header, token):
    assert bearer_token(connection(authorization=header)) == token


@pytest.fixture
async def ada(chat):
    return await chat.has("ada")


@pytest.fixture
async def cookie(chat, ada):
    return f"hubbub_login={(await chat.signs_in('ada')).secret}"


@pytest.fixture
def identify(chat):
    return identify_with(chat.accounts, chat.settings)


async def test_a_cookie_speaks_for_its_user_on_our_pages(identify, ada, cookie):
    for scheme in ("http", "ws"):
        found = await identify(connection(scheme, cookie=cookie, origin="http://chat.test"))
        assert (found.user, found.credential.kind) == (ada, "login")


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://chat.test:8000", "http://chat.test.evil.test"])
async def test_a_cookie_on_a_foreign_page_speaks_for_nobody(identify, ada, cookie, origin):
    for scheme in ("http", "ws"):
        found = await identify(connection(scheme, cookie=cookie, origin=origin, sec_fetch_site="same-origin"))
        assert found == Identified(has_foreign_origin=True)
        with pytest.raises(Forbidden):
            found.required()


async def test_a_websocket_with_a_cookie_needs_an_origin(identify, ada, cookie):
    assert (await identify(connection("ws", cookie=cookie))).has_foreign_origin
    assert (await identify(connection("ws", cookie=cookie, sec_fetch_site="same-origin"))).has_foreign_origin


@pytest.mark.parametrize(("site", "is_let_in"), [("same-origin", True), ("same-site", False), ("cross-site", False), ("none", False)])
async def test_a_change_without_an_origin_needs_the_browser_s_word(identify, ada, cookie, site, is_let_in):
    found = await identify(connection(cookie=cookie, sec_fetch_site=site))
    assert (found.user is not None, found.has_foreign_origin) == (is_let_in, not is_let_in)


async def test_a_change_without_an_origin_or_a_browser_s_word_is_refused(identify, ada, cookie):
    assert (await identify(connection(cookie=cookie))).has_foreign_origin


async def test_reading_needs_no_origin(identify, ada, cookie):
    for method in ("GET", "HEAD"):
        assert (await identify(connection(method=method, cookie=cookie))).user == ada


async def test_a_bearer_token_needs_no_origin_and_comes_before_the_cookie(chat, identify, ada, cookie):
    grace = await chat.has("grace")
    token = (await chat.accounts.create_token(grace, "bot")).secret
    for scheme in ("http", "ws"):
        found = await identify(connection(scheme, authorization=f"Bearer {token}", cookie=cookie, origin="http://evil.test"))
        assert (found.user, found.credential.kind) == (grace, "token")


async def test_a_wrong_bearer_token_does_not_fall_back_to_the_cookie(identify, ada, cookie):
    found = await identify(connection(authorization="Bearer hub_wrong", cookie=cookie, origin="http://chat.test"))
    assert found == Identified(has_bad_token=True)
    with pytest.raises(Unauthenticated):
        found.required()


async def test_nobody_is_let_in_by_a_token_in_the_address_or_a_cookie_of_another_name(chat, identify, ada, cookie):
    assert await identify(connection()) == Identified()
    secret = cookie.partition("=")[2]
    assert await identify(connection("https", cookie=cookie, origin="https://chat.test")) == Identified()
    assert (await identify(connection("https", cookie=f"__Host-hubbub_login={secret}", origin="https://chat.test"))).user == ada
