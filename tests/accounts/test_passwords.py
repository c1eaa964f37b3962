"""Passwords: what is hashed, what never is, and how the queue is bounded."""

import asyncio

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from hubbub.accounts.passwords import Passwords
from hubbub.errors import Unavailable

pytestmark = pytest.mark.anyio

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def passwords():
    passwords = Passwords(CHEAP)
    yield passwords
    passwords.close()


async def test_the_parameters_are_argon2id_with_19_mib_and_two_rounds():
    passwords = Passwords()
    parameters = extract_parameters(await passwords.hashed("correct horse"))
    assert (parameters.type, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (Type.ID, 19456, 2, 1)
    passwords.close()


async def test_the_right_password_passes_and_others_do_not(passwords):
    kept = await passwords.hashed("correct horse")
    assert await passwords.verify("correct horse", kept)
    assert not await passwords.verify("correct horsf", kept)
    assert not await passwords.verify("", kept)
    assert not await passwords.verify("correct horse", "not a hash at all")


async def test_a_password_typed_in_another_normal_form_is_the_same(passwords):
    kept = await passwords.hashed("caf\u00e9 noir")
    assert await passwords.verify("cafe\u0301 noir", kept)


async def test_everything_after_byte_72_counts(passwords):
    kept = await passwords.hashed("x" * 100)
    assert not await passwords.verify("x" * 99 + "y", kept)


async def test_nobody_s_password_is_never_right_and_costs_a_real_hash(passwords):
    assert not await passwords.verify("correct horse", None)
    passwords.close()
    with pytest.raises(Unavailable):
        await passwords.verify("correct horse", None)


async def test_a_megabyte_is_refused_without_hashing(passwords):
    passwords.close()  # from here on any hashing raises
    assert not await passwords.verify("p" * 1_000_000, None)
    assert not await passwords.verify("p" * 257, "any hash")


async def test_over_the_bound_it_refuses_instead_of_queueing():
    passwords = Passwords(PasswordHasher(), waiting_limit=1)
    first = asyncio.create_task(passwords.hashed("correct horse"))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await passwords.hashed("correct horse")
    assert refused.value.retry_after == 2
    assert (await first).startswith("$argon2id$")
    passwords.close()


async def test_who_goes_away_in_the_middle_gives_the_place_back():
    passwords = Passwords(CHEAP, waiting_limit=1)
    for _ in range(20):
        leaver = asyncio.create_task(passwords.hashed("correct horse"))
        await asyncio.sleep(0)
        leaver.cancel()
        await asyncio.gather(leaver, return_exceptions=True)
        assert await asyncio.wait_for(_hashed_at_last(passwords), 10)
    passwords.close()


async def _hashed_at_last(passwords):
    while True:
        try:
            return await passwords.hashed("correct horse")
        except Unavailable:
            await asyncio.sleep(0)


async def test_other_parameters_are_noticed(passwords):
    assert not passwords.is_outdated(CHEAP.hash("x"))
    assert passwords.is_outdated(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("x"))
