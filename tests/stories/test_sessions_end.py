"""Signing out, revoking a token and closing an account end what lives by them, at once and for good."""

import pytest

from hubbub.testing import HungUp, refused

pytestmark = pytest.mark.anyio


async def test_signing_out_closes_this_browser_and_no_other_device(any_stage):
    ada = await any_stage.enters("ada", by_password=True)
    phone = await any_stage.enters("ada")
    grace = await any_stage.enters("grace")

    await phone.person.asks("DELETE", "session")

    assert (await ada.is_shown_out()).code == (await phone.is_shown_out()).code == 4410
    with refused("unauthenticated"):
        await ada.person.asks("GET", "me")
    with pytest.raises(HungUp) as hung_up:
        await ada.comes_back()
    assert hung_up.value.code == 4401
    await grace.posts("still here")


async def test_a_revoked_token_closes_its_connections_only(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    second = await any_stage.chat.accounts.create_token((await any_stage.chat.accounts.user_by_name("ada")), "second")
    tokens = await ada.person.asks_for_all("tokens")
    mine = next(token for token in tokens if token["id"] != second.token.id)

    await ada.person.asks("DELETE", f"tokens/{mine['id']}")

    end = await ada.is_shown_out()
    assert end.code == 4410
    await grace.posts("hi")
    with refused("unauthenticated"):
        await ada.person.asks("GET", "rooms")


async def test_a_closed_account_is_shown_out_and_nothing_more_is_told(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    phone = await any_stage.enters("grace")
    await ada.posts("before")

    await any_stage.chat.accounts.deactivate(grace.person.id)
    await ada.posts("after")

    for device in (grace, phone):
        line = device.line
        assert (await device.is_shown_out()).code == 4403
        assert "after" not in [frame.get("text") for frame in line.frames]
    with refused("unauthenticated"):
        await grace.person.asks("GET", "me")
    with pytest.raises(HungUp) as hung_up:
        await grace.comes_back()
    assert hung_up.value.code == 4401


async def test_another_password_ends_the_other_logins(stage):
    ada = await stage.enters("ada", by_password=True)
    secret = await stage.lets_in("ada")
    headers = {"Cookie": f"hubbub_login={secret}", "Origin": stage.serving.origin}
    laptop = stage.somebody(ada.person.id, "ada", headers)

    await laptop.asks("POST", "me/password", json={"old": "correct horse battery", "new": "battery horse correct"})

    assert (await ada.is_shown_out()).code == 4410
    assert (await laptop.asks("GET", "me"))["name"] == "ada"
    await laptop.close()


async def test_a_stopping_chat_says_goodbye(any_stage):
    ada, grace = await any_stage.enters("ada"), await any_stage.enters("grace")
    silent = await any_stage.connect(grace.person)

    await any_stage.chat.drain()

    for actor in (ada, grace):
        assert await actor.hears("bye", reason="restart")
        assert (await actor.is_shown_out()).code == 1012
    with pytest.raises(HungUp) as hung_up:
        await silent.receive()
    assert hung_up.value.code == 1012, "and nothing was said before it said hello"
