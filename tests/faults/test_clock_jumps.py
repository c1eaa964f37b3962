"""The wall clock is set back by an hour, or ahead by a day: order is by seq and not by time, and nobody is locked out."""

import httpx2
import pytest

from hubbub.app import Hubbub
from hubbub.settings import Settings

pytestmark = pytest.mark.anyio

HOUR, DAY = 3600, 24 * 3600
A_MOMENT = 30
"""Rates are by the clock too; this long, and no longer, they may hold somebody up after a jump."""
PASSWORD = "correct horse battery"
ORIGIN = {"Origin": "http://test"}


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def http(tmp_path, clock):
    """ada's browser, signed in before the clock jumps."""
    hubbub = Hubbub(Settings(data=tmp_path), clock=clock)
    await hubbub.start()
    await hubbub.accounts.add_user("ada", role="owner", password=PASSWORD)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=hubbub.app), base_url="http://test", headers=ORIGIN) as browser:
        signed_in = await browser.post("/api/session", json={"name": "ada", "password": PASSWORD})
        assert signed_in.status_code == 201, signed_in.text
        yield browser
    await hubbub.stop()


async def lobby(http):
    rooms = (await http.get("/api/rooms")).json()["items"]
    return f"/api/rooms/{rooms[0]['id']}"


async def signed_in(http, clock):
    """The answer to signing in, by somebody who waits for a moment when they are told to."""
    answer = await http.post("/api/session", json={"name": "ada", "password": PASSWORD})
    if answer.status_code != 429:
        return answer
    assert answer.json()["retry_after"] <= A_MOMENT
    clock.now += A_MOMENT
    return await http.post("/api/session", json={"name": "ada", "password": PASSWORD})


async def posted(http, key):
    """The answer to a message whose key is also its text."""
    return await http.post(f"{await lobby(http)}/messages", json={"key": key, "text": key})


@pytest.mark.parametrize("jump", [-HOUR, DAY], ids=["an hour back", "a day ahead"])
async def test_messages_keep_their_order_when_the_clock_jumps(http, clock, jump):
    for key in ("one", "two"):
        assert (await posted(http, key)).status_code == 201
    clock.now += jump + A_MOMENT
    for key in ("three", "four"):
        assert (await posted(http, key)).status_code == 201
    again = await posted(http, "two")
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    page = (await http.get(f"{await lobby(http)}/messages")).json()["items"]
    assert [message["text"] for message in page] == ["one", "two", "three", "four"]
    log = (await http.get(f"{await lobby(http)}/events")).json()["items"]
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))


@pytest.mark.parametrize("jump", [-HOUR, DAY], ids=["an hour back", "a day ahead"])
async def test_nobody_is_signed_out_when_the_clock_jumps(http, clock, jump):
    token = (await http.post("/api/tokens", json={"name": "bot"})).json()["token"]
    clock.now += jump
    assert (await http.get("/api/me")).json()["name"] == "ada"
    bot = await http.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert bot.json()["name"] == "ada"
    assert (await signed_in(http, clock)).status_code == 201


async def test_who_was_held_to_a_pace_is_held_no_longer_because_the_clock_was_set_back(http, clock):
    room = await lobby(http)
    limited = None
    for number in range(200):
        answer = await http.post(f"{room}/messages", json={"key": str(number), "text": "fast"})
        if answer.status_code == 429:
            limited = answer
            break
    assert limited is not None
    assert limited.json()["retry_after"] < 10
    clock.now -= HOUR
    refused = await posted(http, "later")
    assert refused.json().get("retry_after", 0) <= A_MOMENT
    clock.now += A_MOMENT
    assert (await posted(http, "later")).status_code in (200, 201)
