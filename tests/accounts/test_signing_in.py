"""Signing in and out, devices, and changing a password."""

import asyncio

import pytest
from argon2 import PasswordHasher

from hubbub.accounts.model import Credential
from hubbub.accounts.passwords import Passwords
from hubbub.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited, Unauthenticated
from hubbub.protocol.codes import CloseCode

pytestmark = pytest.mark.anyio


async def refusal(chat, name, password):
    with pytest.raises(Unauthenticated) as refused:
        await chat.signs_in(name, password)
    return refused.value.message


async def test_a_right_password_opens_a_login_however_the_name_is_written(chat):
    ada = await chat.has("Ada")
    opened = await chat.signs_in(" aDA ")
    assert opened.user == ada
    assert await chat.accounts.authenticate_login(opened.secret) == (ada, Credential("login", opened.login.id))


async def test_every_login_has_a_secret_of_its_own_and_none_is_kept(chat):
    await chat.has("ada")
    one, other = await chat.signs_in("ada"), await chat.signs_in("ada")
    assert one.secret != other.secret
    assert len(one.secret) >= 43
    kept = b"".join(path.read_bytes() for path in chat.settings.data.glob("hubbub.db*"))
    assert one.login.id.encode() in kept
    assert one.secret.encode() not in kept
    assert chat.password.encode() not in kept


async def test_every_refusal_has_the_same_words(chat):
    await chat.has("ada")
    await chat.accounts.add_user("robot", kind="bot")
    linus = await chat.has("linus")
    await chat.accounts.deactivate(linus.id)
    refusals = {
        await refusal(chat, "ada", "wrong password"),
        await refusal(chat, "nobody", chat.password),
        await refusal(chat, "robot", chat.password),
        await refusal(chat, "linus", chat.password),
        await refusal(chat, "ada", "p" * 1_000_000),
        await refusal(chat, "a@/\x00\ud800", chat.password),
    }
    assert len(refusals) == 1


async def test_too_many_failures_are_held_up_whether_the_name_exists_or_not(chat, clock):
    await chat.has("ada")
    for name in ("ada", "nobody"):
        for _ in range(10):
            await refusal(chat, name, "wrong password")
        with pytest.raises(RateLimited) as refused:
            await chat.signs_in(name)
        assert refused.value.retry_after == 30
    clock.passes(seconds=30)
    assert (await chat.signs_in("ada")).user.name == "ada"


async def test_those_who_know_their_password_are_never_held_up(chat):
    await chat.has("ada")
    for _ in range(100):
        await chat.signs_in("ada")
    assert len(await chat.accounts.logins_of((await chat.signs_in("ada")).user)) == 101


async def test_with_rate_limits_off_nobody_is_held_up(make_chat):
    chat = await make_chat(rate_limits="off")
    await chat.has("ada")
    for _ in range(60):
        await refusal(chat, "ada", "wrong password")
    assert (await chat.signs_in("ada")).user.name == "ada"


async def test_a_hash_with_old_parameters_is_made_anew_on_sign_in(chat):
    await chat.has("ada")
    stricter = chat.wired(Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)))
    await stricter.sign_in("ada", chat.password, address=None)
    kept = b"".join(path.read_bytes() for path in chat.settings.data.glob("hubbub.db*"))
    assert b"$m=16,t=2,p=1$" in kept
    await stricter.sign_in("ada", chat.password, address=None)
    stricter.close()


async def test_signing_out_ends_this_login_and_no_other(chat):
    ada = await chat.has("ada")
    here, there = await chat.signs_in("ada"), await chat.signs_in("ada")
    _, credential = await chat.accounts.authenticate_login(here.secret)
    await chat.accounts.sign_out(ada, credential)
    assert await chat.accounts.authenticate_login(here.secret) is None
    assert await chat.accounts.authenticate_login(there.secret) is not None
    assert chat.ended == [(ada.id, here.login.id, CloseCode.SIGNED_OUT)]


async def test_a_token_cannot_be_signed_out(chat):
    ada = await chat.has("ada")
    with pytest.raises(Conflict, match="DELETE tokens"):
        await chat.accounts.sign_out(ada, Credential("token", "0" * 16))


async def test_signing_out_everywhere_ends_every_login_and_leaves_tokens(chat):
    ada = await chat.has("ada")
    opened = [await chat.signs_in("ada") for _ in range(3)]
    token = await chat.accounts.create_token(ada, "bot")
    grace = await chat.has("grace")
    hers = await chat.signs_in("grace")
    await chat.accounts.sign_out_everywhere(ada)
    assert [await chat.accounts.authenticate_login(one.secret) for one in opened] == [None] * 3
    assert await chat.accounts.authenticate_token(token.secret) is not None
    assert (await chat.accounts.authenticate_login(hers.secret))[0] == grace
    assert {ended[1] for ended in chat.ended} == {one.login.id for one in opened}


async def test_one_sees_and_ends_only_one_s_own_logins(chat):
    ada, grace = await chat.has("ada"), await chat.has("grace")
    hers = await chat.signs_in("grace")
    mine = await chat.signs_in("ada")
    assert [login.id for login in await chat.accounts.logins_of(ada)] == [mine.login.id]
    with pytest.raises(NotFound):
        await chat.accounts.end_login(ada, hers.login.id)
    assert (await chat.accounts.authenticate_login(hers.secret))[0] == grace
    assert chat.ended == []


async def test_a_new_password_ends_every_other_login(chat):
    ada = await chat.has("ada")
    here, there = await chat.signs_in("ada"), await chat.signs_in("ada")
    _, credential = await chat.accounts.authenticate_login(here.secret)
    await chat.accounts.change_password(ada, credential, chat.password, "another password", address=None)
    assert await chat.accounts.authenticate_login(here.secret) is not None
    assert await chat.accounts.authenticate_login(there.secret) is None
    assert chat.ended == [(ada.id, there.login.id, CloseCode.SIGNED_OUT)]
    await refusal(chat, "ada", chat.password)
    assert (await chat.signs_in("ada", "another password")).user == ada


async def test_without_the_old_password_nothing_changes(chat):
    ada = await chat.has("ada")
    here, there = await chat.signs_in("ada"), await chat.signs_in("ada")
    credential = Credential("login", here.login.id)
    with pytest.raises(Forbidden) as refused:
        await chat.accounts.change_password(ada, credential, "wrong password", "another password", address=None)
    assert refused.value.field == "old"
    with pytest.raises(Invalid):
        await chat.accounts.change_password(ada, credential, chat.password, "short", address=None)
    assert await chat.accounts.authenticate_login(there.secret) is not None


async def test_guessing_the_old_password_is_held_up(chat):
    ada = await chat.has("ada")
    credential = Credential("login", "0" * 16)
    for _ in range(10):
        with pytest.raises(Forbidden):
            await chat.accounts.change_password(ada, credential, "wrong password", "another password", address=None)
    with pytest.raises(RateLimited):
        await chat.accounts.change_password(ada, credential, chat.password, "another password", address=None)


async def test_an_old_password_on_its_way_in_does_not_get_past_a_change(chat):
    ada = await chat.has("ada")
    here = await chat.signs_in("ada")
    chat.database.gate, chat.database.has_read = asyncio.Event(), asyncio.Event()
    late = asyncio.create_task(chat.signs_in("ada"))
    await chat.database.has_read.wait()  # the old hash was read
    gate, chat.database.gate = chat.database.gate, None
    await chat.accounts.change_password(ada, Credential("login", here.login.id), chat.password, "another password", address=None)
    gate.set()
    with pytest.raises(Unauthenticated):
        await late
    assert [login.id for login in await chat.accounts.logins_of(ada)] == [here.login.id]


async def test_a_login_not_used_for_its_days_has_ended(chat, clock):
    ada = await chat.has("ada")
    opened = await chat.signs_in("ada")
    clock.passes(days=30)
    assert await chat.accounts.authenticate_login(opened.secret) is not None
    clock.passes(days=30)
    assert await chat.accounts.authenticate_login(opened.secret) is not None  # it was used in between
    clock.passes(days=30, seconds=1)
    assert await chat.accounts.authenticate_login(opened.secret) is None
    assert await chat.accounts.logins_of(ada) == []


async def test_that_a_login_was_used_is_noted_once_an_hour(chat, clock):
    ada = await chat.has("ada")
    opened = await chat.signs_in("ada")
    seen = []
    for minutes in (59, 1, 30):
        clock.passes(seconds=60 * minutes)
        await chat.accounts.authenticate_login(opened.secret)
        seen.append((await chat.accounts.logins_of(ada))[0].last_seen_at - opened.login.created_at)
    assert seen == [0, 3_600_000, 3_600_000]
