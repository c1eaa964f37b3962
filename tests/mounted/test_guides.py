"""The guides are true: every piece of Python in them runs, and does what the text around it says."""

import asyncio
import inspect
import re
from pathlib import Path

import pytest
from mounted_chat import visited

from hubbub import Hubbub, Identity, Settings

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).parents[2] / "docs"


def code_of(guide):
    """All the Python of a guide, run in order as one module; its names."""
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / guide).read_text(), re.MULTILINE | re.DOTALL)
    names = {"__name__": guide.removesuffix(".md")}
    exec(compile("\n".join(blocks), guide, "exec", dont_inherit=True), names)
    return names


@pytest.fixture
def mounting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return code_of("mounting.md")


async def test_the_first_example_is_a_chat_in_an_app(mounting):
    async with visited(mounting["app"], mounting["chat"]) as site:
        ada = {"Cookie": "session=s3cret", "Origin": site.serving.origin}
        assert (await site.get("", ada)).status_code == 200
        assert (await site.get("api/me", ada)).json()["name"] == "Ada"
        assert await site.name_of(ada) == "Ada"
        assert (await site.turns_away()).code == 4401
        assert (await site.turns_away({**ada, "Origin": "https://evil.example"})).code == 4403


PROOFS = {
    "get_user_by_token": ({"Authorization": "Bearer t0ken"}, {}, "Ada"),
    "get_user_by_key": ({"X-API-Key": "k3y"}, {}, "Importer"),
    "get_user_with_scope": ({"Authorization": "Bearer t0ken"}, {}, "Ada"),
}


@pytest.mark.parametrize("dependency", PROOFS)
async def test_each_way_to_know_people_works(mounting, mount, dependency):
    headers, hello, name = PROOFS[dependency]
    site = await mount(mounting[dependency])
    assert (await site.get("api/me", headers)).json()["name"] == name
    assert await site.name_of(headers, **hello) == name
    assert (await site.turns_away(token="wrong")).code in (4401, 4403)


async def test_a_browser_sends_its_token_in_hello(mounting, mount):
    site = await mount(mounting["get_user_by_token"])
    assert await site.name_of(token="t0ken") == "Ada"


async def test_the_hosts_own_code_does_what_the_guide_says(mounting, capsys):
    chat, said = mounting["chat"], ""
    async with visited(mounting["app"], chat) as site:
        ada = {"Cookie": "session=s3cret"}
        line = await site.connects(ada)
        await mounting["order_sent"](7, mounting["people"]["s3cret"])
        await line.until(lambda: any(frame.get("text") == "It is on its way." for frame in line.frames), lambda: "the message")
        mounting["people"].clear()
        await mounting["ban"]("7")
        assert (await line.until_closed()).code == 4403
        async with asyncio.timeout(10):
            while "Shop It is on its way." not in (said := said + capsys.readouterr().out):
                await asyncio.sleep(0.01)


async def test_the_tests_of_the_guide_pass(tmp_path):
    names = code_of("testing.md")
    tests = [test for name, test in names.items() if name.startswith("test_")]
    assert len(tests) == 3
    for number, test in enumerate(tests):
        if inspect.iscoroutinefunction(test):
            await test(tmp_path / str(number))
        else:
            test(tmp_path / str(number))


async def test_the_public_address_settles_the_origin(tmp_path, by_header):
    settings = code_of("deploying.md")["settings"]
    chat = Hubbub(Settings(data=tmp_path / "data", public_url=settings.public_url), current_user=by_header)
    async with visited(chat.app, chat, prefix="") as site:
        assert await site.name_of({"X-User": "ada", "Origin": "https://shop.example.org"}) == "ada"
        assert await chat.user("host-ada") == await chat.user(Identity(id="host-ada", name="ada"))
