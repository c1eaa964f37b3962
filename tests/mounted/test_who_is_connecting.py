"""Any dependency of FastAPI says who is connecting: the same one for REST and for the WebSocket, with what it depends on."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import pytest
from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, Query, Request, Security
from fastapi.requests import HTTPConnection
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPBearer, OAuth2PasswordBearer, SecurityScopes

from hubbub import Identity

pytestmark = pytest.mark.anyio

BEARER = {"Authorization": "Bearer ada"}


async def by_cookie(session: Annotated[str | None, Cookie()] = None):
    return Identity(id="1", name=session)


async def by_header(x_user: Annotated[str, Header()]):
    return Identity(id="1", name=x_user)


async def by_oauth2(token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="login"))]):
    return Identity(id="1", name=token)


async def by_http_bearer(proof: Annotated[Any, Security(HTTPBearer())]):
    return Identity(id="1", name=proof.credentials)


async def by_key_in_header(key: Annotated[str, Security(APIKeyHeader(name="X-Key"))]):
    return Identity(id="1", name=key)


async def by_key_in_cookie(key: Annotated[str, Security(APIKeyCookie(name="key"))]):
    return Identity(id="1", name=key)


def by_plain_function(x_user: Annotated[str, Header()]):
    assert threading.current_thread() is not threading.main_thread()
    return Identity(id="1", name=x_user)


class ByClass:
    def __init__(self, header: str):
        self.header = header

    async def __call__(self, request: Request):
        return Identity(id="1", name=request.headers[self.header])


async def by_connection(connection: HTTPConnection):
    return Identity(id="1", name=connection.headers["x-user"])


async def by_generator(x_user: Annotated[str, Header()]):
    yield Identity(id="1", name=x_user)


async def with_scopes(scopes: SecurityScopes, token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="login"))]):
    assert scopes.scopes == ["chat"]
    return token


async def by_scopes(name: Annotated[str, Security(with_scopes, scopes=["chat"])]):
    return Identity(id="1", name=name)


WAYS = [
    (by_cookie, {"Cookie": "session=ada"}),
    (by_header, {"X-User": "ada"}),
    (by_oauth2, BEARER),
    (by_http_bearer, BEARER),
    (by_key_in_header, {"X-Key": "ada"}),
    (by_key_in_cookie, {"Cookie": "key=ada"}),
    (by_plain_function, {"X-User": "ada"}),
    (ByClass("x-user"), {"X-User": "ada"}),
    (by_connection, {"X-User": "ada"}),
    (by_generator, {"X-User": "ada"}),
    (by_scopes, BEARER),
]


@pytest.mark.parametrize(("current_user", "headers"), WAYS, ids=[getattr(way, "__name__", "by_class") for way, _ in WAYS])
async def test_every_kind_of_dependency_tells_rest_and_websocket_the_same(mount, current_user, headers):
    site = await mount(current_user)
    me = (await site.get("api/me", headers)).json()
    line = await site.connects(headers)
    assert me["name"] == "ada"
    assert line.frames[0]["user"]["id"] == me["id"]


@pytest.mark.parametrize("server", ["hubbub", "uvicorn", "none"])
async def test_the_token_of_hello_stands_for_the_authorization_header(mount, server):
    site = await mount(by_oauth2, server=server)
    assert await site.name_of(token="grace") == "grace"
    refusal = await site.turns_away()
    assert (refusal.code, refusal.reason) == (4401, "sign in, or send a valid token in hello")


async def test_what_a_dependency_opened_is_closed_before_the_socket_waits(mount):
    steps = []

    def database():
        steps.append("opened")
        yield "session"
        steps.append("closed")

    async def lookup(session: Annotated[str, Depends(database)]):
        yield session
        steps.append("looked up")

    async def current_user(found: Annotated[str, Depends(lookup, scope="function")]):
        return Identity(id="1", name=found)

    site = await mount(current_user)
    await site.connects()
    assert steps == ["opened", "looked up", "closed"]


async def test_the_dependency_runs_once_for_each_handshake_and_shares_what_it_depends_on(mount):
    calls = []

    async def session():
        calls.append("session")

    async def account(_: Annotated[None, Depends(session)]):
        calls.append("account")

    async def current_user(_: Annotated[None, Depends(session)], account: Annotated[None, Depends(account)]):
        calls.append("user")
        return Identity(id="1", name="ada")

    site = await mount(current_user)
    await site.connects()
    assert calls == ["session", "account", "user"]


async def test_the_dependency_reaches_the_host_app_its_state_and_its_lifespan(mount):
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"greeting": "from the lifespan"}

    app = FastAPI(lifespan=lifespan)
    app.state.names = {"1": "ada"}

    async def current_user(request: Request):
        assert request.app is app
        assert request.state.greeting == "from the lifespan"
        assert request.url.path.startswith("/chat/")
        return Identity(id="1", name=request.app.state.names["1"])

    site = await mount(current_user, app=app)
    assert (await site.get("api/me")).json()["name"] == "ada"
    assert await site.name_of() == "ada"


async def test_what_the_dependency_writes_into_the_state_of_a_request_ends_with_it(mount):
    seen = []

    async def current_user(request: Request):
        seen.append(getattr(request.state, "mark", None))
        request.state.mark = "marked"
        return Identity(id="1", name="ada")

    site = await mount(current_user)
    await site.connects()
    await site.chat.recheck("1")
    assert seen == [None, None]


async def test_overrides_of_the_host_count_for_rest_and_websocket(mount):
    def session() -> Iterator[str]:
        raise AssertionError("the real database")
        yield

    async def current_user(session: Annotated[str, Depends(session)]):
        return Identity(id="1", name=session)

    async def nobody():
        return None

    app = FastAPI()
    app.dependency_overrides[session] = lambda: "ada"
    site = await mount(current_user, app=app)
    assert (await site.get("api/me")).json()["name"] == "ada"
    assert await site.name_of() == "ada"

    app.dependency_overrides[current_user] = nobody
    assert (await site.get("api/me")).status_code == 401
    assert (await site.turns_away()).code == 4401


async def test_parameters_in_the_prefix_reach_the_dependency(mount):
    async def current_user(tenant: str, x_user: Annotated[str, Header()], theme: Annotated[str, Query()] = "light"):
        if tenant != "acme":
            raise HTTPException(403, f"Not a tenant: {tenant}")
        return Identity(id=f"{tenant}-{x_user}", name=f"{x_user} of {tenant} {theme}")

    site = await mount(current_user, prefix="/t/{tenant}/chat")
    site.prefix = "/t/acme/chat"
    assert (await site.get("api/me?theme=dark", {"X-User": "ada"})).json()["name"] == "ada of acme dark"
    assert await site.name_of({"X-User": "ada"}) == "ada of acme light"
    site.prefix = "/t/other/chat"
    assert (await site.get("api/me", {"X-User": "ada"})).status_code == 403
    assert (await site.turns_away({"X-User": "ada"})).reason == "Not a tenant: other"


async def test_what_the_router_was_included_with_is_asked_for_the_websocket_too(mount):
    closed = []

    async def gate(x_gate: Annotated[str | None, Header()] = None):
        if x_gate != "open":
            raise HTTPException(403, "The gate is shut.")
        yield
        closed.append("gate")

    site = await mount(include={"dependencies": [Depends(gate)]})
    shut, open_ = {"X-User": "ada"}, {"X-User": "ada", "X-Gate": "open"}
    assert (await site.get("api/me", shut)).status_code == 403
    refusal = await site.turns_away(shut)
    assert (refusal.code, refusal.reason) == (4403, "The gate is shut.")
    assert (await site.get("api/me", open_)).status_code == 200
    assert await site.name_of(open_) == "ada"
    assert closed == ["gate", "gate"]


async def test_a_gate_that_redirects_answers_programs_that_nobody_is_signed_in(mount):
    async def gate():
        raise HTTPException(302, "Sign in", {"Location": "/login"})

    site = await mount(include={"dependencies": [Depends(gate)]})
    refusal = await site.get("api/me", {"X-User": "ada"})
    assert (refusal.status_code, refusal.headers["content-type"]) == (401, "application/problem+json")
    assert refusal.json()["code"] == "unauthenticated"
    assert "location" not in refusal.headers
    assert (await site.turns_away({"X-User": "ada"})).code == 4401


async def test_a_gate_keeps_health_and_pages_and_leaves_the_echo_to_everybody(mount):
    async def gate():
        raise HTTPException(403, "The gate is shut.")

    site = await mount(include={"dependencies": [Depends(gate)]})
    assert [(await site.get(path)).status_code for path in ("health", "", "try")] == [403] * 3
    wire = await site.serving.connect("/chat/ws", {}, None)
    await wire.send("hello")
    assert await wire.receive() == "Message text was: hello"
    await wire.close()


async def test_the_dependency_itself_is_given_and_not_wrapped(mount):
    with pytest.raises(TypeError, match=r"such as get_user and not Depends\(get_user\)"):
        await mount(Depends(by_header))


async def test_a_page_of_another_site_gets_no_websocket_whatever_it_brings(mount):
    site = await mount(by_header)
    foreign = await site.turns_away({"X-User": "ada", "Origin": "https://evil.example"})
    assert (foreign.code, foreign.reason) == (4403, "this page's origin is not allowed")
    with_token = await site.turns_away({"Origin": "https://evil.example"}, token="ada")
    assert with_token.code == 4403
    assert await site.name_of({"X-User": "ada", "Origin": site.serving.origin}) == "ada"


async def test_a_page_of_another_site_that_is_allowed_gets_one(mount):
    site = await mount(by_oauth2, allowed_origins=["https://app.example"])
    assert await site.name_of({"Origin": "https://app.example"}, token="ada") == "ada"


async def test_a_form_of_another_site_changes_nothing_even_where_the_host_is_lenient(mount):
    site = await mount(by_cookie, app=FastAPI(strict_content_type=False))
    browser = site.browser({"Cookie": "session=ada"})
    posted = await browser.post("api/rooms", content='{"kind":"public","name":"mine"}', headers={"Content-Type": "text/plain"})
    assert posted.status_code == 422
    assert (await browser.post("api/rooms", json={"kind": "public", "name": "mine"})).status_code == 201


async def test_get_on_the_address_of_the_websocket_says_what_it_is(mount):
    site = await mount()
    answer = await site.get("ws", {"X-User": "ada"})
    assert answer.status_code == 426
    assert answer.json()["detail"] == "This address is for WebSockets: connect with the subprotocol hubbub.v1."
