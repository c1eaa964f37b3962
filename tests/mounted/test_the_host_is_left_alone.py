"""The host's lifespan, middleware, handlers, logging, cookies and description stay as they were."""

import logging
import queue
from contextlib import asynccontextmanager
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import PlainTextResponse
from fastapi.security import APIKeyCookie, OAuth2PasswordBearer
from fastapi.testclient import TestClient
from mounted_chat import visited
from starlette.middleware.base import BaseHTTPMiddleware

from hubbub import Hubbub, Identity, Settings

pytestmark = pytest.mark.anyio

ADA = {"X-User": "ada"}
HEARING_SECONDS = 20


def app_with_handlers():
    app = FastAPI()

    @app.exception_handler(HTTPException)
    async def http(_request, error):
        return PlainTextResponse(f"host: {error.detail}", error.status_code)

    @app.exception_handler(RequestValidationError)
    async def validation(_request, _error):
        return PlainTextResponse("host: wrong", 400)

    @app.exception_handler(Exception)
    async def fault(_request, _error):
        return PlainTextResponse("host: sorry", 500)

    @app.get("/items/{number}")
    async def item(number: int):
        if number == 0:
            raise HTTPException(404, "no such item")
        return 1 // (number - 1)

    return app


async def test_the_handlers_of_the_host_answer_its_routes_and_ours_answer_ours(mount):
    site = await mount(app=app_with_handlers())
    host, ours = site.browser(ADA, base=""), site.browser(ADA)
    assert [(await host.get(f"/items/{item}")).text for item in ("0", "x")] == ["host: no such item", "host: wrong"]
    refusals = [
        await ours.get("api/rooms/nowhere"),
        await ours.post("api/rooms", json={"kind": "round"}),
        await ours.post("api/rooms", content=b"x" * 300_000),
        await ours.delete("api/site"),
        await site.get("api/me"),
    ]
    assert [refusal.status_code for refusal in refusals] == [404, 422, 413, 405, 401]
    assert {refusal.headers["content-type"] for refusal in refusals} == {"application/problem+json"}


async def test_a_fault_of_ours_goes_to_the_host_as_a_fault_of_its_own_does(mount):
    app = app_with_handlers()
    site = await mount(app=app, server="none")

    async def breaks(*_arguments, **_options):
        raise RuntimeError("boom")

    site.chat.accounts.preferences_of = breaks
    with pytest.raises(RuntimeError, match="boom"):
        await site.get("api/me", ADA)
    with pytest.raises(ZeroDivisionError):
        await site.browser(base="").get("/items/1")


async def test_the_middleware_of_the_host_sees_our_requests_and_not_what_we_ask_it_ourselves(mount):
    seen = []

    async def note(request, call_next):
        seen.append(f"{request.method} {request.url.path}")
        response = await call_next(request)
        response.headers["X-Noted"] = "yes"
        return response

    app = FastAPI()
    app.add_middleware(BaseHTTPMiddleware, dispatch=note)
    site = await mount(app=app)
    assert (await site.get("api/me", ADA)).headers["x-noted"] == "yes"
    line = await site.connects(ADA)
    await site.chat.recheck("ada")
    await line.says("ping")
    assert seen == ["GET /chat/api/me"]


async def test_cors_is_the_hosts_own_business(mount):
    site = await mount()
    asking = {**ADA, "Origin": "https://app.example"}
    assert "access-control-allow-origin" not in (await site.get("api/me", asking)).headers
    app = FastAPI()
    app.add_middleware(CORSMiddleware, allow_origins=["https://app.example"])
    site = await mount(app=app)
    assert (await site.get("api/me", asking)).headers["access-control-allow-origin"] == "https://app.example"


async def test_no_cookie_is_set_and_none_of_the_hosts_is_taken(mount):
    site = await mount()
    answers = [await site.get(path, {**ADA, "Cookie": "hubbub_login=x"}) for path in ("", "api/me", "api/site", "health")]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_there_is_no_signing_in_in_a_mounted_chat(mount):
    site = await mount()
    assert (await site.get("api/site")).json()["sign_in"] is False
    for path in ("session", "setup", "tokens", "invites"):
        assert (await site.browser(ADA).post(f"api/{path}", json={})).status_code == 404


async def test_lifespans_are_merged_ours_within_the_hosts(tmp_path, by_header):
    steps = []
    chat = Hubbub(Settings(data=tmp_path / "data"), current_user=by_header)

    @asynccontextmanager
    async def lifespan(_app):
        steps.append("the host starts")
        yield
        with pytest.raises(AssertionError):
            await chat.user("ada")
        steps.append("the host stops")

    app = FastAPI(lifespan=lifespan)
    app.include_router(chat.router, prefix="/chat")
    async with visited(app, chat) as site:
        assert steps == ["the host starts"]
        assert (await site.get("health")).status_code == 200
    assert steps == ["the host starts", "the host stops"]


def test_a_chat_is_started_and_stopped_as_often_as_its_app(tmp_path, by_header):
    chat = Hubbub(Settings(data=tmp_path / "data"), current_user=by_header)
    heard = queue.SimpleQueue()

    @chat.on("message.created")
    async def hear(event):
        heard.put(event.text)

    app = FastAPI()
    app.include_router(chat.router, prefix="/chat")
    for turn in range(3):
        with TestClient(app, headers=ADA) as client:
            assert client.get("/chat/health").json() == {"status": "ok"}
            lobby = client.get("/chat/api/rooms").json()["items"][0]["id"]
            with client.websocket_connect("/chat/ws", ["hubbub.v1"]) as socket:
                socket.send_json({"type": "hello"})
                assert socket.receive_json()["type"] == "welcome"
                posted = client.post(f"/chat/api/rooms/{lobby}/messages", json={"key": str(turn), "text": f"turn {turn}"})
                assert posted.status_code == 201
                assert socket.receive_json()["text"] == f"turn {turn}"
            assert heard.get(timeout=HEARING_SECONDS) == f"turn {turn}"
    assert heard.empty()


async def test_the_description_has_the_security_schemes_of_the_host(mount):
    async def current_user(
        token: Annotated[str | None, Depends(OAuth2PasswordBearer(tokenUrl="login", auto_error=False))],
        session: Annotated[str | None, Depends(APIKeyCookie(name="session", auto_error=False))],
    ):
        return Identity(id="1", name="ada") if token or session else None

    app = FastAPI(title="Shop")

    @app.get("/items")
    async def items():
        return []

    await mount(current_user, app=app)
    described = app.openapi()
    assert described["info"]["title"] == "Shop"
    assert set(described["components"]["securitySchemes"]) == {"OAuth2PasswordBearer", "APIKeyCookie"}
    me = described["paths"]["/chat/api/me"]["get"]
    assert me["security"] == [{"OAuth2PasswordBearer": []}, {"APIKeyCookie": []}]
    assert "security" not in described["paths"]["/chat/api/site"]["get"]
    assert not {"/chat", "/chat/", "/chat/ws", "/chat/health"} & set(described["paths"])
    assert "security" not in described["paths"]["/items"]["get"]


async def test_the_websocket_is_found_from_the_hosts_description(mount):
    app = FastAPI(root_path="")
    site = await mount(app=app, prefix="/t/{tenant}/chat")
    described = app.openapi()["paths"]
    page, document = described["/t/{tenant}/chat/asyncapi"]["get"], described["/t/{tenant}/chat/asyncapi.json"]["get"]
    assert "WebSocket, described for people" in page["description"]
    assert "AsyncAPI 3.0" in document["description"]
    site.prefix = "/t/acme/chat"
    assert (await site.get("asyncapi.json")).json()["channels"]["socket"]["address"] == "/t/acme/chat/ws"
    assert "text/html" in (await site.get("asyncapi")).headers["content-type"]


async def test_operations_are_named_as_the_host_names_its_own(mount):
    app = FastAPI(generate_unique_id_function=lambda route: f"{route.tags[0] if route.tags else 'shop'}-{route.name}")

    @app.get("/me")
    async def get_me():
        return None

    await mount(app=app)
    described = app.openapi()
    assert described["paths"]["/chat/api/rooms"]["get"]["operationId"] == "rooms-list_rooms"


async def test_logging_is_neither_set_up_nor_silenced(mount):
    before = (list(logging.root.handlers), logging.root.level)
    await mount()
    assert (list(logging.root.handlers), logging.root.level) == before
    assert all(not logging.getLogger(name).handlers for name in logging.root.manager.loggerDict if name.startswith("hubbub"))
