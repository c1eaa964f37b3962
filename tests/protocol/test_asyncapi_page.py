"""The document and its page as they are served, under any prefix, and what a server really says beside them."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from hubbub import Hubbub, Settings
from hubbub.protocol.asyncapi import describe
from hubbub.protocol.events import EVENTS
from hubbub.protocol.frames import ANSWERS
from hubbub.protocol.signals import SIGNALS
from hubbub.testing import refused

ROOT = Path(__file__).parents[2]
SAID_BY_SERVERS = {**ANSWERS, **EVENTS, **SIGNALS}


@pytest.fixture(params=["", "/chat"])
async def site(request, anyio_backend, tmp_path):
    chat = Hubbub(Settings(data=tmp_path / "data", name="The Parrot"))
    app = FastAPI()
    app.include_router(chat.router, prefix=request.param)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=f"https://chat.example.org{request.param}/") as client:
        yield request.param, client


@pytest.mark.anyio
async def test_the_document_is_served_with_the_address_it_was_asked_at(site):
    prefix, client = site
    answer = await client.get("asyncapi.json")
    assert answer.status_code == 200
    assert answer.json()["channels"]["socket"]["address"] == f"{prefix}/ws"
    assert answer.json()["servers"]["this"]["host"] == "chat.example.org"
    assert answer.json()["info"]["title"].startswith("The Parrot")


@pytest.mark.anyio
async def test_the_page_loads_nothing_from_elsewhere(site):
    _, client = site
    page = await client.get("asyncapi")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert "://" not in page.text
    for name in ("page.js", "document.js", "elements.js", "trial.js", "page.css"):
        assert f'"web/asyncapi/{name}"' in page.text
        assert (await client.get(f"web/asyncapi/{name}")).status_code == 200


def test_rest_points_to_the_protocol(tmp_path):
    assert "(asyncapi)" in Hubbub(Settings(data=tmp_path)).app.openapi()["info"]["description"]


@pytest.mark.anyio
async def test_what_a_server_says_is_what_the_models_say(make_stage):
    """A whole conversation, every frame of it held against its model."""
    heard = await conversation_on(await make_stage(replay_limit=2))
    assert {frame["type"] for frame in heard} == SAID_BY_SERVERS.keys()
    for frame in heard:
        SAID_BY_SERVERS[frame["type"]].model_validate(frame)


async def conversation_on(stage):
    """Everything that a server says to two people and a device of one of them."""
    ada, grace, phone = [await stage.enters(name) for name in ("ada", "grace", "grace")]
    seq = await ada.posts("hi @grace")
    await grace.sees("hi @grace")
    await ada.edits(seq, "hello @grace")
    await grace.types()
    await ada.hears("typing")
    await ada.watches("lobby")
    await ada.hears("presence")
    await grace.reads(seq)
    await phone.hears("read")
    await grace.reads_thread(seq, await ada.posts("@grace and here", thread=seq))
    await phone.hears("thread.read", thread=seq)
    direct = await grace.opens_direct(ada)
    await phone.watches(direct)
    await ada.reads(await grace.posts("psst", room=direct), room=direct)
    await phone.hears("seen")
    await grace.leaves(direct)
    await phone.hears("hidden")
    await grace.files_away("lobby", "Favourites")
    await wants_something_later(grace, seq)
    await phone.hears("scheduled", waiting=1, failed=0)
    stage.clock.passes(minutes=2)
    await phone.hears("reminder", seq=seq)
    await grace.marks_unread(seq)
    await phone.hears("unread")
    await grace.reacts(seq, "👍")
    await grace.takes_reaction_back(seq, "👍")
    asked = await ada.posts("tea?", poll={"options": ["yes", "no"]})
    await grace.votes(asked, 0)
    await ada.closes_poll(asked)
    await stage.previews_links()
    linked = await ada.posts("http://10.0.0.1/tea")
    await stage.has_fetched("http://10.0.0.1/tea", "Tea", by=ada, seq=linked)
    await phone.person.asks("PATCH", "me", json={"name": "Hopper"})
    await ada.hears("user.changed")
    await grace.pins(seq)
    await grace.unpins(seq)
    lines = [ada.line, grace.line, phone.line]
    await phone.goes_offline()
    await ada.posts_all(["one", "two", "three"])
    await phone.comes_back()
    await ada.deletes(seq)
    with refused("invalid"):
        await ada.posts(" ")
    await ada.makes_room("kitchen", grace)
    await ada.changes("kitchen", topic="tea")
    await ada.promotes(grace, "admin", in_="kitchen")
    await ada.removes(grace, from_="kitchen")
    await grace.hears("room.removed")
    await stage.chat.drain()
    await grace.hears("bye")
    return [frame for line in (*lines, phone.line) for frame in line.frames]


def test_the_document_passes_the_official_parser():
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "@asyncapi" / "parser").is_dir():
        pytest.skip("This test needs Node and the packages of package.json. Get them with: npm ci")
    document = json.dumps(describe("Hubbub", "1.0.0", "chat.example.org", "/ws", True))
    checked = subprocess.run(
        [node, "tests/protocol/validate-asyncapi.mjs"], cwd=ROOT, input=document, capture_output=True, text=True, timeout=60
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_official_parser_notices_what_is_wrong():
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "@asyncapi" / "parser").is_dir():
        pytest.skip("This test needs Node and the packages of package.json. Get them with: npm ci")
    wrong = describe("Hubbub", "1.0.0", "chat.example.org", "/ws", True)
    wrong["operations"]["receive.hello"]["action"] = "shout"
    checked = subprocess.run(
        [node, "tests/protocol/validate-asyncapi.mjs"], cwd=ROOT, input=json.dumps(wrong), capture_output=True, text=True, timeout=60
    )
    assert checked.returncode == 1


async def wants_something_later(actor, seq):
    """Schedule a message for tomorrow, and want to be reminded of one in a minute."""
    stage = actor._stage
    minute, tomorrow = (datetime.fromtimestamp(stage.clock.now + seconds, UTC).isoformat() for seconds in (60, 86_400))
    lobby = f"rooms/{stage.id_of('lobby')}"
    await actor.person.asks("POST", f"{lobby}/scheduled", json={"key": "later", "text": "tomorrow", "at": tomorrow})
    await actor.person.asks("PUT", f"{lobby}/messages/{seq}/bookmark", json={"remind_at": minute})
