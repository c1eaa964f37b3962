"""Tokens, what is remembered of credentials, and that an end always wins."""

import asyncio

import pytest

from hubbub.accounts import store
from hubbub.accounts.credentials import Known, KnownCredentials
from hubbub.accounts.model import Credential, User
from hubbub.errors import Forbidden, Invalid, NotFound
from hubbub.protocol.codes import CloseCode

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ada(chat):
    return await chat.has("ada")


@pytest.fixture
async def token(chat, ada):
    return await chat.accounts.create_token(ada, "deploy bot")


def count_reads(chat):
    reads = []
    read_together = chat.database.read_together

    async def counted(query, question):
        reads.append(question)
        return await read_together(query, question)

    chat.database.read_together = counted
    return reads


async def test_a_token_lets_its_user_in_and_says_what_it_is(chat, ada, token):
    assert token.secret.startswith("hub_")
    assert len(token.secret) >= 47
    assert await chat.accounts.authenticate_token(token.secret) == (ada, Credential("token", token.token.id))
    assert await chat.accounts.tokens_of(ada) == [token.token]


async def test_a_token_s_secret_is_not_kept(chat, ada, token):
    kept = b"".join(path.read_bytes() for path in chat.settings.data.glob("hubbub.db*"))
    assert token.token.id.encode() in kept
    assert token.secret.encode() not in kept


async def test_a_token_is_no_cookie_and_a_cookie_no_token(chat, ada, token):
    opened = await chat.signs_in("ada")
    assert await chat.accounts.authenticate_login(token.secret) is None
    assert await chat.accounts.authenticate_token(opened.secret) is None


@pytest.mark.parametrize("nonsense", ["", "hub_", "x" * 1_000_000, "hub_\ud800", "hub_\u00e9", "hub_\x00"])
async def test_nonsense_lets_nobody_in(chat, ada, token, nonsense):
    assert await chat.accounts.authenticate_token(nonsense) is None
    assert await chat.accounts.authenticate_login(nonsense) is None


async def test_a_token_needs_a_name(chat, ada):
    with pytest.raises(Invalid):
        await chat.accounts.create_token(ada, " ")


async def test_one_revokes_only_one_s_own_tokens(chat, ada, token):
    linus = await chat.has("linus")
    with pytest.raises(NotFound):
        await chat.accounts.revoke_token(linus, token.token.id)
    assert await chat.accounts.authenticate_token(token.secret) is not None


async def test_known_credentials_cost_no_query(chat, ada, token, clock):
    reads = count_reads(chat)
    for _ in range(100):
        assert await chat.accounts.authenticate_token(token.secret) is not None
    assert len(reads) == 1
    clock.passes(seconds=60)
    await chat.accounts.authenticate_token(token.secret)
    assert len(reads) == 2


async def test_a_revoked_token_is_forgotten_at_once(chat, ada, token):
    assert await chat.accounts.authenticate_token(token.secret) is not None
    await chat.accounts.revoke_token(ada, token.token.id)
    assert await chat.accounts.authenticate_token(token.secret) is None
    assert chat.ended == [(ada.id, token.token.id, CloseCode.SIGNED_OUT)]


async def test_a_lookup_under_way_does_not_bring_a_revoked_token_back(chat, ada, token):
    chat.database.gate, chat.database.has_read = asyncio.Event(), asyncio.Event()
    lookup = asyncio.create_task(chat.accounts.authenticate_token(token.secret))
    await chat.database.has_read.wait()  # it was still there
    gate, chat.database.gate = chat.database.gate, None
    await chat.accounts.revoke_token(ada, token.token.id)
    gate.set()
    assert await lookup is None
    assert await chat.accounts.authenticate_token(token.secret) is None


async def test_a_revocation_whose_caller_goes_away_is_carried_out_all_the_same(chat, ada, token):
    assert await chat.accounts.authenticate_token(token.secret) is not None
    revocation = asyncio.create_task(chat.accounts.revoke_token(ada, token.token.id))
    await asyncio.sleep(0)
    revocation.cancel()
    with pytest.raises(asyncio.CancelledError):
        await revocation
    async with asyncio.timeout(10):
        while not chat.ended:
            await asyncio.sleep(0)
    assert await chat.accounts.authenticate_token(token.secret) is None


async def test_many_at_once_see_the_token_until_it_is_revoked_and_never_after(chat, ada, token):
    revoked = False

    async def uses():
        seen = []
        while True:
            was_revoked = revoked
            seen.append(await chat.accounts.authenticate_token(token.secret) is not None)
            if was_revoked:
                return seen[0], seen[-1]
            await asyncio.sleep(0)

    assert await chat.accounts.authenticate_token(token.secret) is not None
    users = [asyncio.create_task(uses()) for _ in range(20)]
    await asyncio.sleep(0)
    await chat.accounts.revoke_token(ada, token.token.id)
    revoked = True
    assert await asyncio.gather(*users) == [(True, False)] * 20


async def test_news_from_another_node_makes_it_look_again(chat, ada, token):
    await chat.accounts.authenticate_token(token.secret)
    other_node = chat.wired(chat.passwords)
    await other_node.revoke_token(ada, token.token.id)
    assert await chat.accounts.authenticate_token(token.secret) is not None  # not heard of it yet
    chat.accounts.forget(ada.id, token.token.id)
    assert await chat.accounts.authenticate_token(token.secret) is None


async def test_without_news_it_looks_again_after_a_minute(chat, ada, token, clock):
    await chat.accounts.authenticate_token(token.secret)
    await chat.wired(chat.passwords).revoke_token(ada, token.token.id)
    clock.passes(seconds=60)
    assert await chat.accounts.authenticate_token(token.secret) is None


async def test_a_deactivated_user_gets_no_token(chat, ada):
    await chat.accounts.deactivate(ada.id)
    with pytest.raises(Forbidden):
        await chat.accounts.create_token(ada, "bot")


async def test_in_one_snapshot_with_other_reads_one_can_ask_whether_a_credential_still_holds(chat, ada, token):
    opened = await chat.signs_in("ada")
    credentials = [Credential("login", opened.login.id), Credential("token", token.token.id)]

    def holding(connection):
        return [store.credential_exists(connection, credential) for credential in credentials]

    assert await chat.database.read(holding) == [True, True]
    await chat.accounts.end_login(ada, opened.login.id)
    assert await chat.database.read(holding) == [False, True]
    await chat.accounts.deactivate(ada.id)
    assert await chat.database.read(holding) == [False, False]


def test_memory_is_bounded_and_forgets_the_longest_unused():
    known = KnownCredentials(limit=2)
    ada = User("a", "human", "member", "ada")
    for name in (b"1", b"2"):
        known.remember(("token", name), Known(ada, Credential("token", name.decode()), 0, 0), known.generation)
    known.get(("token", b"1"))
    known.remember(("token", b"3"), Known(ada, Credential("token", "3"), 0, 0), known.generation)
    assert len(known) == 2
    assert known.get(("token", b"2")) is None
    assert known.get(("token", b"1")) is not None
