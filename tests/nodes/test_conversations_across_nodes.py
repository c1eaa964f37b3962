"""What happens on one node is seen on the other, as if there were one."""

import asyncio

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio
with_a_bus = pytest.mark.parametrize("nodes", ["memory", "redis"], indirect=True)


async def test_two_on_two_nodes_talk_and_see_everything_in_one_order(nodes):
    ada, grace = await nodes.enters("ada"), await nodes.enters("grace")
    for number in range(5):
        await ada.posts(f"ada {number}")
        await grace.posts(f"grace {number}")
    await ada.sees("grace 4")
    await grace.sees("ada 4")


async def test_both_write_at_once_into_one_room(nodes):
    ada, grace = await nodes.enters("ada"), await nodes.enters("grace")
    async with nodes.in_a_hurry():
        seqs = await asyncio.gather(ada.posts_all(f"ada {n}" for n in range(50)), grace.posts_all(f"grace {n}" for n in range(50)))
    assert len({seq for half in seqs for seq in half}) == 100


async def test_a_retry_on_another_node_is_answered_with_the_first_seq(nodes):
    ada, phone = await nodes.enters("ada"), await nodes.enters("ada")
    assert await ada.posts("once", key="the same") == await phone.posts("once", key="the same")


async def test_what_the_hosts_code_posts_on_one_node_is_seen_on_every_node_once(nodes):
    ada, grace = await nodes.enters("ada"), await nodes.enters("grace")
    posted = [await chat.post("lobby", "from the shop", by="ada", key="order 7") for chat in nodes.chats]
    assert [post.is_duplicate for post in posted] == [False, True]
    assert len({(post.room_id, post.seq, post.body) for post in posted}) == 1
    for somebody in (ada, grace):
        assert (await somebody.sees("from the shop"))["seq"] == posted[0].seq
    await nodes.chats[1].post("lobby", "and another", by="grace")
    for somebody in (ada, grace):
        await somebody.sees("and another", by=grace)
        shown = [frame for frame in somebody.line.frames if "from the shop" in str(frame)]
        assert len(shown) == 1


async def test_who_is_let_in_on_another_node_hears_of_it_and_of_what_comes(nodes):
    ada, grace = await nodes.enters("ada"), await nodes.enters("grace")
    await ada.makes_room("kitchen", grace)
    await grace.hears("room.added")
    await ada.posts("welcome", room="kitchen")
    await grace.sees("welcome", room="kitchen")


async def test_who_is_removed_on_another_node_gets_nothing_after_it(nodes):
    ada, grace = await nodes.enters("ada"), await nodes.enters("grace")
    await ada.makes_room("kitchen", grace)
    await grace.hears("room.added")
    await ada.removes(grace, from_="kitchen")
    await ada.posts("among ourselves", room="kitchen")
    await grace.hears("room.removed")
    assert "among ourselves" not in str(grace.line.frames)
    with refused("not_found"):
        await grace.posts("still here?", room="kitchen")


async def test_who_is_deactivated_on_another_node_is_shown_out(nodes):
    ada, grace = await nodes.enters("ada"), await nodes.enters("grace")
    await ada.posts("hello")
    await nodes.chats[0].accounts.deactivate(grace.person.id)
    async with asyncio.timeout(1 if nodes.has_bus else 10):
        assert (await grace.line.until_closed()).code == 4403
    await grace.disconnects()


async def test_a_token_that_is_revoked_on_one_node_lets_nobody_in_on_the_other(nodes):
    _, grace = await nodes.enters("ada"), await nodes.enters("grace")
    user = await nodes.chats[0].accounts.user_by_id(grace.person.id)
    for chat in nodes.chats:
        assert await chat.accounts.authenticate_token(grace.person.headers["Authorization"].removeprefix("Bearer "))
    for token in await nodes.chats[0].accounts.tokens_of(user):
        await nodes.chats[0].accounts.revoke_token(user, token.id)
    assert (await grace.is_shown_out()).code == 4410


async def test_a_person_renamed_on_one_node_has_the_new_name_on_the_other(nodes):
    ada, grace = await nodes.enters("ada"), await nodes.enters("grace")
    user = await nodes.chats[0].accounts.user_by_id(grace.person.id)
    await nodes.chats[0].accounts.change_me(user, name="hopper")
    node = next(chat for chat in nodes.chats if chat.hub.sessions_of(user.id))
    async with asyncio.timeout(60):
        while node.hub.sessions_of(user.id)[0].user.name != "hopper":
            await asyncio.sleep(0.01)
    seq = await grace.posts("it is me")
    event = await ada.hears("message.created", seq=seq)
    assert event["by"]["name"] == "hopper"


@with_a_bus
async def test_typing_and_reading_reach_the_other_node_where_there_is_a_bus(nodes):
    ada, grace, phone = await nodes.enters("ada"), await nodes.enters("grace"), await nodes.enters("ada")
    desk = await nodes.enters("ada")
    assert [len(list(chat.hub.sessions_of(ada.person.id))) for chat in nodes.chats] == [2, 1]
    await ada.types()
    await grace.hears("typing", users=["ada"])
    seq = await grace.posts("read me")
    await ada.reads(seq)
    for device in (phone, desk):
        await device.hears("read", seq=seq)
    reply = await grace.posts("@ada and this", thread=seq)
    await ada.reads_thread(seq, reply)
    for device in (phone, desk):
        await device.hears("thread.read", thread=seq, seq=reply)


@with_a_bus
async def test_presence_crosses_nodes_where_there_is_a_bus(nodes):
    ada, grace = await nodes.enters("ada"), await nodes.enters("grace")
    await ada.watches("lobby")
    await ada.hears("presence", users={grace.person.id: "online"})
    await grace.watches("lobby", away=True)
    await ada.hears("presence", users={grace.person.id: "away"})
