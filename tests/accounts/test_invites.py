"""Invites: who may make them, and that they are open no longer and no oftener than said."""

import asyncio

import pytest

from hubbub.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited

pytestmark = pytest.mark.anyio

ROOM = "r" * 16


@pytest.fixture
async def ada(chat):
    return await chat.has("ada", role="owner")


@pytest.fixture
async def grace(chat):
    return await chat.has("grace")


def accept(chat, code, name="linus"):
    return chat.accounts.accept_invite(code, name, chat.password, address="192.0.2.1", client="test")


async def is_open(chat, code):
    try:
        await chat.accounts.look_up_invite(code, address="192.0.2.1")
    except NotFound:
        return False
    return True


async def test_an_invite_makes_a_member_and_signs_them_in(chat, grace):
    made = await chat.accounts.create_invite(grace)
    opened = await accept(chat, made.code)
    assert (opened.user.name, opened.user.role, opened.user.kind) == ("linus", "member", "human")
    assert (await chat.accounts.authenticate_login(opened.secret))[0] == opened.user
    assert chat.created[-1] == opened.user


async def test_the_invited_see_who_invites_and_where_to(chat, grace):
    await chat.has_room(ROOM, "kitchen")
    made = await chat.accounts.create_invite(grace, room_id=ROOM)
    invite = await chat.accounts.look_up_invite(made.code, address=None)
    assert (invite.inviter_name, invite.room_name) == ("grace", "kitchen")


async def test_a_code_has_144_bits_and_is_not_kept(chat, grace):
    made = await chat.accounts.create_invite(grace)
    assert len(made.code) == 24
    kept = b"".join(path.read_bytes() for path in chat.settings.data.glob("hubbub.db*"))
    assert made.invite.id.encode() in kept
    assert made.code.encode() not in kept


async def test_an_invite_to_a_room_makes_a_member_of_it(chat, grace):
    await chat.has_room(ROOM, "kitchen")
    made = await chat.accounts.create_invite(grace, room_id=ROOM)
    opened = await accept(chat, made.code)
    assert await chat.members_of(ROOM) == {opened.user.id}


async def test_one_may_invite_only_to_rooms_that_one_may_invite_to(chat, grace):
    with pytest.raises(NotFound):
        await chat.accounts.create_invite(grace, room_id="nowhere")
    assert await chat.accounts.invites_seen_by(grace) == []


async def test_two_at_once_on_the_last_use_make_one_user(chat, grace):
    made = await chat.accounts.create_invite(grace, uses=1)
    names = ("linus", "mary", "alan", "edsger")
    results = await asyncio.gather(*(accept(chat, made.code, name) for name in names), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NewLogin"] + ["NotFound"] * 3
    assert len(await chat.accounts.users()) == 2
    assert not await is_open(chat, made.code)


async def test_a_taken_name_costs_no_use(chat, grace):
    made = await chat.accounts.create_invite(grace, uses=1)
    with pytest.raises(Conflict, match="taken") as refused:
        await accept(chat, made.code, "GRACE")
    assert refused.value.field == "name"
    assert (await accept(chat, made.code)).user.name == "linus"


async def test_an_invite_without_a_number_of_uses_is_for_as_many_as_like(chat, grace):
    made = await chat.accounts.create_invite(grace)
    for number in range(5):
        await accept(chat, made.code, f"user{number}")
    assert (await chat.accounts.look_up_invite(made.code, address=None)).uses_left is None


async def test_an_invite_expires(chat, grace, clock):
    made = await chat.accounts.create_invite(grace, days=7)
    clock.passes(days=6, hours=23)
    assert await is_open(chat, made.code)
    clock.passes(hours=1)
    assert not await is_open(chat, made.code)
    with pytest.raises(NotFound):
        await accept(chat, made.code)


async def test_an_invite_that_is_not_open_is_refused_before_anything_is_hashed(chat, grace):
    chat.passwords.close()
    for code in ("", "guess", "x" * 10_000, "\ud800"):
        with pytest.raises(NotFound):
            await accept(chat, code)


async def test_an_invite_taken_back_while_somebody_accepts_lets_nobody_in(chat, grace):
    made = await chat.accounts.create_invite(grace)
    chat.database.gate, chat.database.has_read = asyncio.Event(), asyncio.Event()
    late = asyncio.create_task(accept(chat, made.code))
    await chat.database.has_read.wait()
    gate, chat.database.gate = chat.database.gate, None
    await chat.accounts.revoke_invite(grace, made.invite.id)
    gate.set()
    with pytest.raises(NotFound):
        await late
    assert [user.name for user in await chat.accounts.users()] == ["grace"]


async def test_a_deactivated_user_s_invites_are_closed(chat, ada, grace):
    made = await chat.accounts.create_invite(grace)
    await chat.accounts.deactivate(grace.id)
    assert not await is_open(chat, made.code)


async def test_members_see_and_revoke_their_own_and_owners_all(chat, ada, grace):
    hers, mine = await chat.accounts.create_invite(ada), await chat.accounts.create_invite(grace)
    assert [invite.id for invite in await chat.accounts.invites_seen_by(grace)] == [mine.invite.id]
    assert {invite.id for invite in await chat.accounts.invites_seen_by(ada)} == {mine.invite.id, hers.invite.id}
    with pytest.raises(NotFound):
        await chat.accounts.revoke_invite(grace, hers.invite.id)
    await chat.accounts.revoke_invite(ada, mine.invite.id)
    assert not await is_open(chat, mine.code)
    assert await is_open(chat, hers.code)


async def test_guests_cannot_invite(chat):
    guest = await chat.has("visitor", role="guest")
    with pytest.raises(Forbidden):
        await chat.accounts.create_invite(guest)


@pytest.mark.parametrize("bounds", [{"uses": 0}, {"uses": -1}, {"uses": 10**9}, {"days": 0}, {"days": 10**9}])
async def test_uses_and_days_are_bounded(chat, grace, bounds):
    with pytest.raises(Invalid) as refused:
        await chat.accounts.create_invite(grace, **bounds)
    assert refused.value.field in bounds


async def test_somebody_here_joins_the_room_and_stays_who_they_are(chat, ada, grace):
    await chat.has_room(ROOM, "kitchen")
    made = await chat.accounts.create_invite(ada, uses=2, room_id=ROOM)
    for _ in range(3):
        await chat.accounts.accept_invite_as(grace, made.code, address=None)
    assert await chat.members_of(ROOM) == {grace.id}
    assert (await chat.accounts.look_up_invite(made.code, address=None)).uses_left == 1
    assert len(await chat.accounts.users()) == 2


async def test_two_here_at_once_on_the_last_use_join_once(chat, ada, grace):
    await chat.has_room(ROOM, "kitchen")
    made = await chat.accounts.create_invite(ada, uses=1, room_id=ROOM)
    joining = (chat.accounts.accept_invite_as(user, made.code, address=None) for user in (ada, grace))
    results = await asyncio.gather(*joining, return_exceptions=True)
    assert [type(result).__name__ for result in results if result is not None] == ["NotFound"]
    assert len(await chat.members_of(ROOM)) == 1


async def test_guessing_codes_is_held_up(chat, grace):
    for _ in range(50):
        assert not await is_open(chat, "guess")
    with pytest.raises(RateLimited):
        await chat.accounts.look_up_invite("guess", address="192.0.2.1")


async def test_the_name_of_a_private_room_is_shown_to_its_members_only(chat):
    ada, grace = await chat.has("ada", role="owner"), await chat.has("grace")
    await chat.has_room("r" * 16, "kitchen", grace)
    await chat.accounts.create_invite(grace, room_id="r" * 16)
    assert [invite.room_name for invite in await chat.accounts.invites_seen_by(grace)] == ["kitchen"]
    assert [(invite.room_id, invite.room_name) for invite in await chat.accounts.invites_seen_by(ada)] == [(None, None)]


async def test_the_invites_of_somebody_deactivated_let_nobody_in(chat):
    grace = await chat.has("grace")
    made = await chat.accounts.create_invite(grace)
    await chat.accounts.deactivate(grace.id)
    with pytest.raises(NotFound):
        await chat.accounts.look_up_invite(made.code, address=None)
