"""Adding, finding, renaming and deactivating people."""

import asyncio

import pytest

from hubbub.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from hubbub.protocol.codes import CloseCode

pytestmark = pytest.mark.anyio


async def test_a_name_belongs_to_one_however_it_is_written(chat):
    await chat.has("Ada")
    for name in ("ada", "\uff21\uff24\uff21", " ADA "):
        with pytest.raises(Conflict):
            await chat.has(name)
    results = await asyncio.gather(*(chat.has(name) for name in ("grace", "Grace", "GRACE")), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Conflict", "User"]
    assert len(await chat.accounts.users()) == 2


async def test_who_is_created_joins_in_the_same_transaction_or_is_not_created(chat):
    def fails(transaction, user):
        raise Conflict("The lobby is closed.")

    chat.created = type("Lobby", (), {"append": lambda self, user: fails(None, user)})()
    with pytest.raises(Conflict, match="lobby"):
        await chat.has("ada")
    assert await chat.accounts.users() == []


async def test_a_guest_is_of_the_kind_guest_and_a_bot_is_a_bot(chat):
    assert (await chat.has("visitor", role="guest")).kind == "guest"
    assert (await chat.accounts.add_user("echo", kind="bot")).kind == "bot"
    assert (await chat.has("ada", role="owner")).kind == "human"


async def test_people_are_found_by_id_and_by_name(chat):
    ada = await chat.has("Ada")
    assert await chat.accounts.user_by_id(ada.id) == ada
    assert await chat.accounts.user_by_name("aDA") == ada
    assert await chat.accounts.user_by_id("nobody") is None
    assert await chat.accounts.user_by_name("nobody") is None


async def test_searching_finds_active_people_and_first_those_that_begin_so(chat):
    ada = await chat.has("ada", role="owner")
    for name in ("Grace", "gracious", "disgrace", "linus"):
        await chat.has(name)
    gone = await chat.has("graceless")
    await chat.accounts.deactivate(gone.id)
    assert [user.name for user in await chat.accounts.find_users(ada, "GRAC")] == ["Grace", "gracious", "disgrace"]
    assert len(await chat.accounts.find_users(ada, "")) == 5


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"; DROP TABLE users; --', "\x00"])
async def test_a_search_takes_every_character_as_it_is(chat, text):
    ada = await chat.has("ada")
    assert await chat.accounts.find_users(ada, text) == []


async def test_guests_do_not_search_people(chat):
    with pytest.raises(Forbidden):
        await chat.accounts.find_users(await chat.has("visitor", role="guest"), "a")


async def test_a_new_name_is_told_and_known_at_once(chat):
    ada = await chat.has("ada")
    opened = await chat.signs_in("ada")
    await chat.accounts.authenticate_login(opened.secret)
    changed = await chat.accounts.change_me(ada, name=" Countess ")
    assert changed.name == "Countess"
    assert chat.changed == [changed]
    assert chat.renamed == [changed]
    assert (await chat.accounts.authenticate_login(opened.secret))[0] == changed
    assert await chat.accounts.user_by_name("ada") is None


async def test_a_taken_or_misleading_name_is_refused_and_nothing_changes(chat):
    ada = await chat.has("ada")
    await chat.has("grace")
    with pytest.raises(Conflict):
        await chat.accounts.change_me(ada, name="Grace", preferences={"theme": "dark"})
    with pytest.raises(Invalid):
        await chat.accounts.change_me(ada, name="a/da")
    assert await chat.accounts.user_by_id(ada.id) == ada
    assert await chat.accounts.preferences_of(ada) == {}
    assert (await chat.accounts.change_me(ada, name="ADA")).name == "ADA"


async def test_preferences_are_kept_key_by_key(chat):
    ada = await chat.has("ada")
    await chat.accounts.change_me(ada, preferences={"theme": "dark", "sound": True})
    await chat.accounts.change_me(ada, preferences={"sound": None, "size": "ü"})
    assert await chat.accounts.preferences_of(ada) == {"theme": "dark", "size": "ü"}
    assert chat.changed == []
    with pytest.raises(TooLarge):
        await chat.accounts.change_me(ada, preferences={"x": "y" * 9000})


async def test_deactivating_ends_every_credential_and_closes_what_is_live(chat):
    await chat.has("ada", role="owner")
    linus = await chat.has("linus")
    opened, token = await chat.signs_in("linus"), await chat.accounts.create_token(linus, "bot")
    await chat.accounts.authenticate_login(opened.secret)
    await chat.accounts.authenticate_token(token.secret)
    gone = await chat.accounts.deactivate(linus.id)
    assert not gone.is_active
    assert await chat.accounts.authenticate_login(opened.secret) is None
    assert await chat.accounts.authenticate_token(token.secret) is None
    assert chat.ended == [(linus.id, None, CloseCode.FORBIDDEN)]


async def test_a_login_opened_while_the_account_is_closed_lets_nobody_in(chat):
    linus = await chat.has("linus")
    chat.database.gate, chat.database.has_read = asyncio.Event(), asyncio.Event()
    late = asyncio.create_task(chat.signs_in("linus"))
    await chat.database.has_read.wait()
    gate, chat.database.gate = chat.database.gate, None
    await chat.accounts.deactivate(linus.id)
    gate.set()
    results = await asyncio.gather(late, return_exceptions=True)
    assert type(results[0]).__name__ == "Unauthenticated"
    assert await chat.accounts.logins_of(linus) == []


async def test_deactivating_twice_is_the_same_as_once(chat):
    linus = await chat.has("linus")
    assert await chat.accounts.deactivate(linus.id) == await chat.accounts.deactivate(linus.id)
    assert len(chat.ended) == 1


async def test_the_last_active_owner_stays(chat):
    ada, grace = await chat.has("ada", role="owner"), await chat.has("grace", role="owner")
    results = await asyncio.gather(*(chat.accounts.deactivate(user.id) for user in (ada, grace)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "User"]


async def test_only_owners_and_admins_deactivate_and_admins_no_owner(chat):
    owner, admin, member = [await chat.has(role, role=role) for role in ("owner", "admin", "member")]
    for actor, target in ((member, admin), (member, member), (admin, owner)):
        with pytest.raises(Forbidden):
            await chat.accounts.deactivate(target.id, by=actor)
    assert not (await chat.accounts.deactivate(member.id, by=admin)).is_active
    assert not (await chat.accounts.deactivate(admin.id, by=owner)).is_active
    with pytest.raises(NotFound):
        await chat.accounts.deactivate("nobody")
