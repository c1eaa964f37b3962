"""A dependency that raises, returns nothing or nonsense, hangs: each has an outcome and a line in the log."""

import asyncio
import logging
import threading
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Header, HTTPException, WebSocketException
from fastapi.responses import JSONResponse, RedirectResponse

from hubbub import Identity

pytestmark = pytest.mark.anyio


CLOSING_SECONDS = 20


class NotAuthenticated(Exception):
    """As many a host raises, with a handler for it."""


CASES = [
    (HTTPException(401, "Who are you?"), 401, "unauthenticated", 4401),
    (HTTPException(403, "You are banned."), 403, "forbidden", 4403),
    (HTTPException(402, "Pay first."), 402, "invalid", 4403),
    (HTTPException(503, "The directory is away."), 503, "unavailable", 1013),
    (HTTPException(307, "Sign in", {"Location": "/login"}), 401, "unauthenticated", 4401),
    (WebSocketException(1008, "Who are you?"), 401, "unauthenticated", 4401),
    (WebSocketException(4403, "You are banned."), 403, "forbidden", 4403),
    (RuntimeError("boom"), 503, "unavailable", 1013),
    (KeyError("user"), 503, "unavailable", 1013),
    (TimeoutError("the directory's own"), 503, "unavailable", 1013),
]


def named(case):
    return f"{type(case).__name__}-{getattr(case, 'status_code', getattr(case, 'code', ''))}" if isinstance(case, Exception) else None


@pytest.mark.parametrize(("raising", "status", "code", "close_code"), CASES, ids=named)
async def test_what_it_raises_is_told_in_our_format(mount, raising, status, code, close_code):
    async def current_user():
        raise raising

    site = await mount(current_user)
    refusal = await site.get("api/me")
    assert (refusal.status_code, refusal.headers["content-type"]) == (status, "application/problem+json")
    assert refusal.json()["code"] == code
    assert (await site.turns_away(token="x")).code == close_code


async def test_the_words_and_headers_of_the_host_are_passed_on(mount):
    async def current_user():
        raise HTTPException(401, "Wer bist du? 你是谁" * 9, {"WWW-Authenticate": 'Bearer realm="shop"'})

    site = await mount(current_user)
    refusal = await site.get("api/me")
    assert refusal.headers["www-authenticate"] == 'Bearer realm="shop"'
    assert refusal.json()["detail"].startswith("Wer bist du? 你是谁")
    assert (await site.turns_away(token="x")).reason.startswith("Wer bist du? 你是谁")


async def test_a_fault_is_logged_with_its_traceback_and_tells_nobody_more_than_that(mount, caplog):
    async def current_user():
        raise RuntimeError("the password is 1234")

    site = await mount(current_user)
    assert "1234" not in (await site.get("api/me")).text
    assert "1234" not in (await site.turns_away()).reason
    faults = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in faults] == ["The host's current_user dependency failed"] * 2
    assert all("the password is 1234" in str(record.exc_info) for record in faults)


async def test_an_exception_for_which_the_host_has_a_handler_means_what_that_answers(mount, caplog):
    app = FastAPI()

    @app.exception_handler(NotAuthenticated)
    def to_the_login(_request, _error):
        return RedirectResponse("/login")

    @app.exception_handler(LookupError)
    async def locked(_request, _error):
        return JSONResponse({"error": "locked"}, 423)

    async def current_user(x_user: Annotated[str, Header()]):
        raise NotAuthenticated if x_user == "ada" else KeyError

    site = await mount(current_user, app=app)
    assert (await site.get("api/me", {"X-User": "ada"})).json()["code"] == "unauthenticated"
    assert (await site.turns_away({"X-User": "ada"}, token="x")).code == 4401
    assert (await site.get("api/me", {"X-User": "grace"})).json()["code"] == "forbidden"
    assert (await site.turns_away({"X-User": "grace"})).code == 4403
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_handler_of_the_host_that_fails_itself_is_a_fault(mount, caplog):
    app = FastAPI()

    @app.exception_handler(NotAuthenticated)
    async def handler(_request, _error):
        raise RuntimeError("handler")

    async def current_user():
        raise NotAuthenticated

    site = await mount(current_user, app=app)
    assert (await site.get("api/me")).status_code == 503
    assert "The host's handler for NotAuthenticated failed" in caplog.text


async def test_nothing_returned_is_nobody(mount):
    async def current_user():
        return None

    site = await mount(current_user)
    refusal = (await site.get("api/me")).json()
    assert (refusal["status"], refusal["detail"]) == (401, "Sign in first.")
    assert (await site.turns_away()).code == 4401


NONSENSE = [
    ({"id": "1"}, "current_user returned <class 'dict'>. Expected a hubbub.Identity, or None for nobody."),
    ([Identity(id="1", name="ada"), Identity(id="1", name="bob")], "current_user returned <class 'list'>."),
    (Identity(id="1", name="ada", role="emperor"), "Its role is one of owner, admin, member, guest."),
    (Identity(id="1", name="ada", kind="cat"), "Its kind is one of human, bot, guest."),
    (Identity(id="1", name="ada", avatar=b"png"), "Its avatar is an address as text, or None."),
]


@pytest.mark.parametrize(("returned", "line"), NONSENSE, ids=["a dict", "two", "a role", "a kind", "an avatar"])
async def test_what_is_no_identity_is_a_fault_of_the_host(mount, caplog, returned, line):
    async def current_user():
        return returned

    site = await mount(current_user)
    assert (await site.get("api/me")).status_code == 503
    assert (await site.turns_away()).code == 1013
    assert caplog.text.count(line) == 2


async def test_an_identity_without_an_id_cannot_be_made():
    with pytest.raises(ValueError, match="the host's own id as text of 1 to 255 characters, got 7"):
        Identity(id=7, name="ada")
    with pytest.raises(ValueError, match="got ''"):
        Identity(id="", name="ada")


@pytest.mark.parametrize("is_plain", [False, True], ids=["coroutine", "plain function"])
async def test_one_that_hangs_is_given_up(mount, caplog, monkeypatch, is_plain):
    monkeypatch.setattr("hubbub.accounts.host.DEPENDENCY_SECONDS", 0.2)
    may_end = threading.Event()
    closed = []

    async def session():
        try:
            yield
        finally:
            closed.append("session")

    async def hangs(_: Annotated[None, Depends(session)]):
        await asyncio.Event().wait()

    def hangs_on_a_thread(_: Annotated[None, Depends(session)]):
        may_end.wait()

    try:
        site = await mount(hangs_on_a_thread if is_plain else hangs)
        refusal = await site.get("api/me")
        assert (refusal.status_code, refusal.headers["retry-after"]) == (503, "5")
        assert (await site.turns_away()).code == 1013
    finally:
        may_end.set()
    # A thread cannot be stopped: what it holds is closed when it ends.
    async with asyncio.timeout(CLOSING_SECONDS):
        while len(closed) < 2:
            await site.get("health")
    assert closed == ["session", "session"]
    assert "The host's current_user dependency took over 0.2 seconds; the request was refused" in caplog.text
    assert "The host's current_user dependency took over 0.2 seconds; the connection was refused" in caplog.text


async def test_a_missing_header_that_is_required_is_told(mount):
    async def current_user(x_user: Annotated[str, Header()]):
        return Identity(id="1", name=x_user)

    site = await mount(current_user)
    refusal = (await site.get("api/me")).json()
    assert (refusal["status"], refusal["errors"][0]["field"]) == (422, "x-user")
    assert (await site.turns_away(token="x")).reason.endswith("missing or wrong: header.x-user.")
