"""The host is asked again, every few minutes and on `chat.recheck`; who is no longer allowed is closed with 4403."""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI, HTTPException, Request
from mounted_chat import visited

from hubbub import Hubbub, Identity, Settings
from hubbub.bus.memory import MemoryBus, Square

pytestmark = pytest.mark.anyio

MANY = 50
ADA, GRACE = {"X-User": "ada"}, {"X-User": "grace"}


class Doorkeeper:
    """A host whose mind can be changed."""

    def __init__(self):
        self.refusing = {}
        self.asked = []
        self.has_asked = asyncio.Event()

    async def current_user(self, request: Request):
        who = request.headers.get("x-user") or request.headers.get("authorization", "").removeprefix("Bearer ")
        self.asked.append(who)
        self.has_asked.set()
        if who in self.refusing:
            answer = self.refusing[who]
            if isinstance(answer, Exception):
                raise answer
            return answer
        return Identity(id=who, name=who) if who else None


@pytest.fixture
def door():
    return Doorkeeper()


REFUSALS = [
    HTTPException(401, "expired"),
    HTTPException(403, "banned"),
    HTTPException(302, "sign in"),
    None,
    Identity(id="somebody-else", name="somebody else"),
]


@pytest.mark.parametrize("answer", REFUSALS, ids=["401", "403", "redirect", "nobody", "somebody else"])
@pytest.mark.parametrize("server", ["hubbub", "uvicorn", "none"])
async def test_who_is_no_longer_allowed_is_closed_on_recheck(mount, door, server, answer):
    site = await mount(door.current_user, server=server)
    phone, laptop, other = await site.connects(ADA), await site.connects(token="ada"), await site.connects(GRACE)
    door.refusing["ada"] = answer
    await site.chat.recheck("ada")
    for line in (phone, laptop):
        end = await line.until_closed()
        assert (end.code, end.reason) == (4403, "no longer allowed")
    await other.says("ping")


@pytest.mark.parametrize("fault", [RuntimeError("boom"), HTTPException(503, "The directory is away."), {"not": "an identity"}])
async def test_a_host_that_cannot_say_just_now_sends_nobody_away(mount, door, fault):
    site = await mount(door.current_user)
    line = await site.connects(ADA)
    door.refusing["ada"] = fault
    await site.chat.recheck("ada")
    await line.says("ping")


async def test_whoever_is_still_allowed_notices_nothing(mount, door):
    site = await mount(door.current_user)
    line = await site.connects(ADA)
    await site.chat.recheck("ada")
    await line.says("ping")
    assert door.asked == ["ada", "ada"]
    assert [frame["type"] for frame in line.frames] == ["welcome", "ok"]


@pytest.mark.parametrize("server", ["hubbub", "uvicorn"])
async def test_recheck_on_one_node_sends_them_away_from_the_others_too(tmp_path, postgres_url, door, server):
    square = Square()
    async with AsyncExitStack() as running:
        nodes = []
        for name in ("here", "elsewhere"):
            settings = Settings(data=tmp_path / name, database=postgres_url)
            chat = Hubbub(settings, current_user=door.current_user, bus=MemoryBus(square))
            app = FastAPI()
            app.include_router(chat.router, prefix="/chat")
            nodes.append(await running.enter_async_context(visited(app, chat, server=server)))
        here, elsewhere = nodes
        lines = [await here.connects(ADA), await elsewhere.connects(ADA), await elsewhere.connects(token="ada")]
        other = await elsewhere.connects(GRACE)
        door.refusing["ada"] = HTTPException(403, "banned")
        await here.chat.recheck("ada")
        for line in lines:
            end = await line.until_closed()
            assert (end.code, end.reason) == (4403, "no longer allowed")
        assert (await elsewhere.turns_away(ADA)).code == 4403
        await other.says("ping")


async def test_the_host_is_asked_every_few_minutes_by_itself(mount, door):
    site = await mount(door.current_user, recheck_seconds=0.05)
    line, other = await site.connects(ADA), await site.connects(GRACE)
    door.refusing["ada"] = HTTPException(403, "banned")
    assert (await line.until_closed()).code == 4403
    door.asked.clear()
    door.has_asked.clear()
    await asyncio.wait_for(door.has_asked.wait(), 10)
    assert set(door.asked) == {"grace"}
    await other.says("ping")


async def test_a_user_is_named_by_user_identity_the_hosts_id_our_id_or_name(mount, door):
    site = await mount(door.current_user)
    user = await site.chat.user(Identity(id="ada", name="ada"))
    for who in (user, Identity(id="ada", name="another name"), "ada", user.id):
        line = await site.connects(ADA)
        door.refusing["ada"] = None
        await site.chat.recheck(who)
        assert (await line.until_closed()).code == 4403
        del door.refusing["ada"]
    assert (await site.chat.user("ada")).name == "ada"


async def test_asking_about_somebody_who_was_never_here_is_nothing(mount, door):
    site = await mount(door.current_user)
    await site.chat.recheck("nobody")
    await site.chat.recheck(Identity(id="nobody", name="nobody"))
    assert door.asked == []
    assert await site.chat.accounts.users() == []


async def test_messages_under_way_from_somebody_sent_away_are_kept_when_they_were_answered(mount, door):
    site = await mount(door.current_user)
    line, grace = await site.connects(ADA), await site.connects(GRACE)
    lobby = line.frames[0]["rooms"][0]["id"]
    await line.says("send", room=lobby, key="before", text="before")
    for number in range(MANY):
        await line.sends(json.dumps({"type": "send", "id": 1000 + number, "room": lobby, "key": str(number), "text": str(number)}))
    door.refusing["ada"] = None
    await site.chat.recheck("ada")
    assert (await line.until_closed()).code == 4403
    answered = {frame["seq"] for frame in line.frames if frame["type"] == "ok" and "seq" in frame}
    kept = (await site.get(f"api/rooms/{lobby}/messages?limit=200", GRACE)).json()["items"]
    assert answered <= {message["seq"] for message in kept}
    # And none comes after the goodbye: what was kept is what the others have seen by now.
    await grace.says("ping")
    assert {message["seq"] for message in kept} == {frame["seq"] for frame in grace.frames if frame["type"] == "message.created"}
    assert (await site.get(f"api/rooms/{lobby}/messages", ADA)).status_code == 401
