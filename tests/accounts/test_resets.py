"""The one-time link for a new password, and another role: what the operator does for somebody."""

import asyncio

import pytest

from hubbub.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited, Unauthenticated

pytestmark = pytest.mark.anyio

FRESH = "a fresh start for ada"


def follows(chat, token, password=FRESH):
    return chat.accounts.reset_password(token, password, address="192.0.2.1")


async def signs_in(chat, name, password):
    return await chat.accounts.sign_in(name, password, address=None)


async def test_the_link_sets_a_password_signs_in_and_ends_every_other_login(chat):
    ada = await chat.has("ada")
    old = await signs_in(chat, "ada", chat.password)
    opened = await follows(chat, await chat.accounts.reset_token(ada))
    assert (await chat.accounts.authenticate_login(opened.secret))[0] == ada
    assert await chat.accounts.authenticate_login(old.secret) is None
    assert [login for _, login, _ in chat.ended] == [old.login.id]
    with pytest.raises(Unauthenticated):
        await signs_in(chat, "ada", chat.password)
    await signs_in(chat, "ada", FRESH)


async def test_until_the_link_is_used_the_old_password_lets_in(chat):
    await chat.accounts.reset_token(await chat.has("ada"))
    await signs_in(chat, "ada", chat.password)


async def test_the_link_works_once_and_of_two_at_once_one_sets_the_password(chat):
    token = await chat.accounts.reset_token(await chat.has("ada"))
    results = await asyncio.gather(follows(chat, token), follows(chat, token, "something else again"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Forbidden", "NewLogin"]
    with pytest.raises(Forbidden):
        await follows(chat, token)


async def test_a_new_link_ends_the_one_before_and_a_day_ends_the_last(chat):
    ada = await chat.has("ada")
    first, second = await chat.accounts.reset_token(ada), await chat.accounts.reset_token(ada)
    with pytest.raises(Forbidden):
        await follows(chat, first)
    chat.clock.passes(days=1)
    with pytest.raises(Forbidden):
        await follows(chat, second)
    assert (await follows(chat, await chat.accounts.reset_token(ada))).user == ada


async def test_a_password_changed_otherwise_ends_the_link_and_so_does_the_end_of_the_account(chat):
    ada, grace = await chat.has("ada", role="owner"), await chat.has("grace")
    token, other = await chat.accounts.reset_token(ada), await chat.accounts.reset_token(grace)
    login = await signs_in(chat, "ada", chat.password)
    await chat.accounts.change_password(ada, (await chat.accounts.authenticate_login(login.secret))[1], chat.password, FRESH, address=None)
    await chat.accounts.deactivate(grace.id)
    for ended in (token, other):
        with pytest.raises(Forbidden):
            await follows(chat, ended)


async def test_a_bad_password_leaves_the_link_open(chat):
    token = await chat.accounts.reset_token(await chat.has("ada"))
    with pytest.raises(Invalid):
        await follows(chat, token, "short")
    await follows(chat, token)


@pytest.mark.parametrize("wrong", ["", ".", "guess", "x" * 10_000, "\ud800.\ud800", "\0.\0", "nobody.guess"])
async def test_a_wrong_token_is_refused_before_anything_is_hashed(chat, wrong):
    ada = await chat.has("ada")
    await chat.accounts.reset_token(ada)
    chat.passwords.close()  # from here on any hashing raises Unavailable
    for token in (wrong, f"{ada.id}.{wrong}", ada.id):
        with pytest.raises(Forbidden):
            await follows(chat, token)


async def test_the_token_itself_is_not_kept(chat):
    token = await chat.accounts.reset_token(await chat.has("ada"))
    kept = b"".join(path.read_bytes() for path in chat.settings.data.glob("hubbub.db*"))
    assert b"password_reset:" in kept
    assert token.partition(".")[2].encode() not in kept


async def test_guessing_is_held_up(chat):
    for _ in range(20):
        with pytest.raises(Forbidden):
            await follows(chat, "guess")
    with pytest.raises(RateLimited):
        await follows(chat, "guess")


async def test_another_role_is_known_at_once_wherever_they_are_signed_in(chat):
    ada = await chat.has("ada")
    login = await signs_in(chat, "ada", chat.password)
    assert (await chat.accounts.authenticate_login(login.secret))[0].role == "member"
    changed = await chat.accounts.change_role(ada.id, "admin")
    assert (changed.role, changed.kind) == ("admin", "human")
    assert (await chat.accounts.authenticate_login(login.secret))[0] == changed
    assert (chat.changed, chat.renamed) == ([changed], [])


async def test_whoever_becomes_a_guest_is_shown_as_one_and_back(chat):
    ada = await chat.has("ada")
    guest = await chat.accounts.change_role(ada.id, "guest")
    assert (guest.role, guest.kind) == ("guest", "guest")
    member = await chat.accounts.change_role(ada.id, "member")
    assert (member.role, member.kind) == ("member", "human")
    assert chat.renamed == [guest, member]


async def test_the_last_owner_stays_one_until_there_is_another(chat):
    ada, grace = await chat.has("ada", role="owner"), await chat.has("grace")
    with pytest.raises(Conflict, match="last owner"):
        await chat.accounts.change_role(ada.id, "member")
    assert (await chat.accounts.change_role(ada.id, "owner")).role == "owner"
    await chat.accounts.change_role(grace.id, "owner")
    assert (await chat.accounts.change_role(ada.id, "member")).role == "member"


async def test_nobody_has_no_role(chat):
    with pytest.raises(NotFound):
        await chat.accounts.change_role("d21ae5m9x0k3j7wq", "admin")
