"""Larger pages go compressed to whoever takes that: by either way, and never what holds a secret."""

import gzip

import httpx2
import pytest

from hubbub import Hubbub, Settings
from hubbub.answers import SMALLEST_TO_COMPRESS, fitted

pytestmark = pytest.mark.anyio

PLAIN, PACKED = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.fixture
async def chat(tmp_path):
    chat = Hubbub(Settings(data=tmp_path / "chat", rate_limits="off"))
    await chat.start()
    await chat.accounts.add_user("ada")
    yield chat
    await chat.stop()


@pytest.fixture(params=["served", "app"], ids=["the short way", "the long way"])
async def ada(chat, request):
    """A client of ada's, and the lobby's address."""
    token = (await chat.accounts.create_token(await chat.accounts.add_user("ada's bot"), "test")).secret
    transport = httpx2.ASGITransport(app=getattr(chat, request.param))
    address = f"/api/rooms/{await chat.room_id('lobby')}"
    async with httpx2.AsyncClient(transport=transport, base_url="http://chat.test", headers={"Authorization": f"Bearer {token}"}) as http:
        yield http, address


async def test_a_page_of_messages_comes_in_a_fraction_of_its_bytes(chat, ada):
    http, lobby = ada
    for number in range(100):
        await chat.post("lobby", f"message {number}, which says something of its own", by="ada", key=f"key {number}")
    packed = await http.get(f"{lobby}/messages?limit=100", headers=PACKED)
    plain = await http.get(f"{lobby}/messages?limit=100", headers=PLAIN)
    assert len(plain.json()["items"]) == 100
    assert packed.content == plain.content
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "accept-encoding")
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "accept-encoding"
    assert int(packed.headers["content-length"]) * 3 < int(plain.headers["content-length"]) == len(plain.content)


async def test_members_and_rooms_are_pages_too(chat, ada):
    http, lobby = ada
    for number in range(30):
        await chat.accounts.add_user(f"person {number}")
    for address in (f"{lobby}/members", f"{lobby}/events"):
        packed, plain = await http.get(address, headers=PACKED), await http.get(address, headers=PLAIN)
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == plain.content


async def test_small_answers_refusals_and_what_is_posted_stay_as_they_are(chat, ada):
    http, lobby = ada
    answers = [
        await http.get(f"{lobby}/messages", headers=PACKED),
        await http.get(f"{lobby}/messages?limit={'9' * 2000}", headers=PACKED),
        await http.post(f"{lobby}/messages", json={"key": "k", "text": "long " * 500}, headers=PACKED),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 201]
    assert not [answer for answer in answers if "content-encoding" in answer.headers]


async def test_what_holds_a_secret_is_never_compressed(chat, ada):
    http, _ = ada
    for number in range(30):
        made = await http.post("/api/tokens", json={"name": f"token {number}"}, headers=PACKED)
        assert "content-encoding" not in made.headers
    tokens = await http.get("/api/tokens", headers=PACKED)
    assert len(tokens.content) > SMALLEST_TO_COMPRESS
    assert "content-encoding" not in tokens.headers


LONG = b"words " * 1000


@pytest.mark.parametrize(
    ("asked", "is_packed"),
    [
        (b"gzip", True),
        (b"deflate, GZIP;q=0.5", True),
        (b"*", True),
        (b"br;q=1.0, gzip; q=1.0", True),
        (b"gzip;q=0", False),
        (b"gzip;q=0.000, identity", False),
        (b"x-gzip-like", False),
        (b"br", False),
        (b"", False),
    ],
)
async def test_only_who_takes_gzip_gets_it(asked, is_packed):
    body, headers = await fitted(LONG, [(b"host", b"gzip"), (b"accept-encoding", asked)])
    assert ((b"content-encoding", b"gzip") in headers) == is_packed
    assert (gzip.decompress(body) if is_packed else body) == LONG


async def test_a_large_page_is_compressed_beside_the_loop():
    large = LONG * 100
    body, _ = await fitted(large, [(b"accept-encoding", b"gzip")])
    assert gzip.decompress(body) == large
