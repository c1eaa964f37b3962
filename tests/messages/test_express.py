"""The short way answers what the long way answers, to the letter, and takes nothing that is not plain."""

import json

import httpx2
import pytest

from hubbub import Hubbub, Settings
from hubbub.messages.express import Express
from hubbub.protocol.ids import new_id

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}


class Both:
    """A chat, and a client for each way to it."""

    def __init__(self, chat, token, room):
        self.chat = chat
        self.room = room
        self.went_long = 0
        self.proof = {"Authorization": f"Bearer {token}"}
        ours = chat.served
        self.short = client(Express(self._count, **wiring_of(ours)))
        self.long = client(chat.app)

    async def _count(self, scope, receive, send):
        self.went_long += 1
        await self.chat.app(scope, receive, send)

    async def ask(self, method, path, **request):
        """The same by both ways; the answer, which is the same too."""
        request.setdefault("headers", self.proof)
        short, long = await self.short.request(method, path, **request), await self.long.request(method, path, **request)
        assert (short.status_code, short.headers, short.content) == (long.status_code, long.headers, long.content)
        return short


def wiring_of(express):
    names = ("serve_websocket", "identify", "messages", "pace", "clock")
    return {name: getattr(express, f"_{name}") for name in names}


def client(app):
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://chat.test")


@pytest.fixture
async def both(tmp_path):
    chat = Hubbub(Settings(data=tmp_path / "chat", rate_limits="off"))
    await chat.start()
    ada = await chat.accounts.add_user("ada")
    token = (await chat.accounts.create_token(ada, "test")).secret
    ways = Both(chat, token, await chat.room_id("lobby"))
    for number in range(3):
        await chat.post("lobby", f"message {number}", by="ada", key=f"key {number}")
    yield ways
    await ways.short.aclose()
    await ways.long.aclose()
    await chat.stop()


def body(**fields):
    return json.dumps({"key": "key 1", "text": "again", **fields}).encode()


@pytest.mark.parametrize("query", ["", "?limit=2", "?limit=1", "?limit=200", "?limit=50&thread=0"])
async def test_the_newest_page_goes_the_short_way(both, query):
    page = await both.ask("GET", f"/api/rooms/{both.room}/messages{query}")
    assert page.status_code == 200
    assert page.json()["items"]
    assert both.went_long == 0


async def test_a_message_goes_the_short_way_and_comes_once_by_either(both):
    message = {"headers": both.proof | JSON, "content": body(key="new", text="hi")}
    posted = await both.short.post(f"/api/rooms/{both.room}/messages", **message)
    again = await both.ask("POST", f"/api/rooms/{both.room}/messages", **message)
    assert both.went_long == 0
    assert (posted.status_code, again.status_code) == (201, 200)
    assert again.json() == posted.json() | {"duplicate": True}
    page = (await both.short.get(f"/api/rooms/{both.room}/messages", headers=both.proof)).json()
    assert [item["text"] for item in page["items"]][-2:] == ["message 2", "hi"]


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0",
        "?limit=201",
        "?limit=x",
        "?limit=2&limit=3",
        "?limit=2&thread=2",
        "?thread=0",
        "?before=3",
        "?after=1&limit=1",
        "?around=2",
        "?before=1&after=1",
        "?x=1",
    ],
)
async def test_any_other_page_goes_the_long_way(both, query):
    await both.ask("GET", f"/api/rooms/{both.room}/messages{query}")
    assert both.went_long == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", body(key=7), body(text=None), b'{"key":"k","text":"\\ud800"}', b"\xff\xfe{}"])
async def test_a_body_that_is_not_what_was_expected_is_explained_by_the_long_way(both, content):
    answer = await both.ask("POST", f"/api/rooms/{both.room}/messages", headers=both.proof | JSON, content=content)
    assert answer.status_code == 422
    assert both.went_long == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=utf-8", "application/JSON", ""])
async def test_a_body_by_another_name_goes_the_long_way(both, kind):
    await both.ask("POST", f"/api/rooms/{both.room}/messages", headers=both.proof | {"Content-Type": kind}, content=body())
    assert both.went_long == 1


async def test_a_body_of_a_length_that_was_not_announced_or_a_large_one_goes_the_long_way(both):
    async def pieces():
        yield body()[:10]
        yield body()[10:]

    path = f"/api/rooms/{both.room}/messages"
    assert (await both.short.post(path, headers=both.proof | JSON, content=pieces())).status_code == 200
    assert (await both.ask("POST", path, headers=both.proof | JSON, content=body(text="x" * 70_000))).status_code == 413
    assert (await both.ask("POST", path, headers=both.proof | JSON, content=body(text="x" * 300_000))).status_code == 413
    assert both.went_long == 3


@pytest.mark.parametrize("fields", [{"text": " "}, {"text": "x" * 8001}, {"key": ""}, {"key": "k" * 65}, {"text": "a\0b"}])
async def test_what_the_chat_refuses_is_refused_in_the_same_words(both, fields):
    answer = await both.ask("POST", f"/api/rooms/{both.room}/messages", headers=both.proof | JSON, content=body(**fields))
    assert answer.headers["content-type"] == "application/problem+json"
    assert both.went_long == 0


@pytest.mark.parametrize("proof", [{}, {"Authorization": "Bearer hub_nonsense"}, {"Authorization": "Basic x"}])
async def test_nobody_gets_in(both, proof):
    for method, request in (("GET", {"headers": proof}), ("POST", {"headers": proof | JSON, "content": body()})):
        assert (await both.ask(method, f"/api/rooms/{both.room}/messages", **request)).status_code == 401


async def test_a_room_that_is_not_for_these_eyes_does_not_exist(both):
    grace = await both.chat.accounts.add_user("grace")
    hidden = (await both.chat.rooms.create(grace, "private", "hidden")).room.id
    answers = set()
    for room in (hidden, new_id()):
        for method, request in (("GET", {}), ("POST", {"headers": both.proof | JSON, "content": body()})):
            answer = await both.ask(method, f"/api/rooms/{room}/messages", **request)
            answers.add((answer.status_code, answer.content))
    assert len(answers) == 1
    assert both.went_long == 0


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/health"), ("GET", "/api/me"), ("DELETE", "messages"), ("HEAD", "messages"), ("GET", "events")]
)
async def test_everything_else_goes_the_long_way(both, method, path):
    await both.ask(method, path if path.startswith("/") else f"/api/rooms/{both.room}/{path}")
    assert both.went_long == 1
