"""A host whose dependency calls its parameters as our paths do is mounted all the same."""

from typing import Annotated

import pytest
from fastapi import Cookie, Depends, Header

from hubbub import Hubbub, Identity, Settings
from hubbub.accounts.host import OUR_PATH_PARAMETERS

pytestmark = pytest.mark.anyio


async def by_cookie(user: Annotated[str | None, Cookie()] = None) -> Identity | None:
    return Identity(id=user, name=user.title()) if user else None


def room_of(room: Annotated[str | None, Header()] = None) -> str | None:
    return room


async def by_header_below(seq: str | None = None, room: Annotated[str | None, Depends(room_of)] = None) -> Identity | None:
    return Identity(id=room, name=room) if room else None


@pytest.mark.parametrize(
    ("current_user", "headers"), [(by_cookie, {"Cookie": "user=ada"}), (by_header_below, {"room": "ada"})], ids=["cookie", "below"]
)
async def test_rest_and_websocket_know_who_it_is(mount, current_user, headers):
    site = await mount(current_user)
    assert (await site.get("api/me", headers)).json()["name"].lower() == "ada"
    lobby = (await site.get("api/rooms", headers)).json()["items"][0]["id"]
    assert (await site.get(f"api/rooms/{lobby}/messages", headers)).status_code == 200
    assert (await site.connects(headers)).frames[0]["type"] == "welcome"


async def test_a_room_or_a_tenant_may_be_called_api(mount):
    site = await mount(by_cookie, prefix="/t/{tenant}/chat")
    site.prefix = "/t/api/chat"
    ada = {"Cookie": "user=ada"}
    assert (await site.get("api/me", ada)).json()["name"] == "Ada"
    assert (await site.get("api/rooms/api/messages", ada)).json()["code"] == "not_found"


async def test_nobody_is_still_nobody(mount):
    site = await mount(by_cookie)
    answer = await site.get("api/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_the_names_are_those_of_our_paths(tmp_path):
    chat = Hubbub(Settings(data=tmp_path), current_user=by_cookie)
    paths = chat.app.openapi()["paths"].values()
    parameters = [parameter for path in paths for operation in path.values() for parameter in operation.get("parameters", ())]
    assert {parameter["name"] for parameter in parameters if parameter["in"] == "path"} == OUR_PATH_PARAMETERS
