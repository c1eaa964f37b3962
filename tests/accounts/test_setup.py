"""The owner's one-time link."""

import asyncio

import pytest

from hubbub.errors import Forbidden, Invalid, RateLimited

pytestmark = pytest.mark.anyio


def become_owner(chat, token, name="ada"):
    return chat.accounts.set_up_owner(token, name, chat.password, address="192.0.2.1")


async def test_the_link_makes_the_owner_and_signs_them_in(chat):
    assert await chat.accounts.needs_owner()
    opened = await become_owner(chat, await chat.accounts.setup_token())
    assert (opened.user.name, opened.user.role) == ("ada", "owner")
    assert (await chat.accounts.authenticate_login(opened.secret))[0] == opened.user
    assert chat.created == [opened.user]
    assert not await chat.accounts.needs_owner()


async def test_the_link_works_once(chat):
    token = await chat.accounts.setup_token()
    await become_owner(chat, token)
    with pytest.raises(Forbidden):
        await become_owner(chat, token, "grace")
    assert [user.name for user in await chat.accounts.users()] == ["ada"]


async def test_two_at_once_make_one_owner(chat):
    token = await chat.accounts.setup_token()
    names = ("ada", "grace", "linus", "mary")
    results = await asyncio.gather(*(become_owner(chat, token, name) for name in names), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Forbidden"] * 3 + ["NewLogin"]
    assert len(await chat.accounts.users()) == 1
    assert len(chat.created) == 1


@pytest.mark.parametrize("wrong", ["", "guess", "x" * 10_000, "\ud800", "hub_x"])
async def test_a_wrong_token_is_refused_before_anything_is_hashed(chat, wrong):
    await chat.accounts.setup_token()
    chat.passwords.close()  # from here on any hashing raises Unavailable
    with pytest.raises(Forbidden):
        await become_owner(chat, wrong)


async def test_without_a_token_printed_nothing_fits(chat):
    with pytest.raises(Forbidden):
        await become_owner(chat, "")


async def test_each_start_prints_a_new_token_and_the_one_before_ends(chat):
    old, new = await chat.accounts.setup_token(), await chat.accounts.setup_token()
    assert old != new
    with pytest.raises(Forbidden):
        await become_owner(chat, old)
    assert (await become_owner(chat, new)).user.role == "owner"


async def test_there_is_no_token_once_there_is_an_owner_however_they_came(chat):
    token = await chat.accounts.setup_token()
    await chat.has("ada", role="owner")
    assert await chat.accounts.setup_token() is None
    with pytest.raises(Forbidden):
        await become_owner(chat, token, "grace")
    assert not await chat.accounts.needs_owner()


async def test_the_token_itself_is_not_kept(chat):
    token = await chat.accounts.setup_token()
    kept = b"".join(path.read_bytes() for path in chat.settings.data.glob("hubbub.db*"))
    assert b"setup_token_hash" in kept
    assert token.encode() not in kept


async def test_a_bad_name_or_password_leaves_the_link_open(chat):
    token = await chat.accounts.setup_token()
    with pytest.raises(Invalid):
        await become_owner(chat, token, "ada@home")
    with pytest.raises(Invalid):
        await chat.accounts.set_up_owner(token, "ada", "short", address=None)
    assert (await become_owner(chat, token)).user.name == "ada"


async def test_guessing_is_held_up(chat):
    for _ in range(20):
        with pytest.raises(Forbidden):
            await become_owner(chat, "guess")
    with pytest.raises(RateLimited):
        await become_owner(chat, "guess")
