"""What the host's own code does in the chat: it posts, makes rooms and brings people in, by its own ids."""

import asyncio

import pytest
from fastapi import FastAPI

from hubbub import Identity
from hubbub.errors import Forbidden, Invalid, NotFound, TooLarge

pytestmark = pytest.mark.anyio

ADA = {"X-User": "ada"}
SHOP = Identity(id="shop", name="Shop", kind="bot")


async def messages(site, headers=ADA, room=None):
    room = room or await site.chat.room_id("lobby")
    return (await site.get(f"api/rooms/{room}/messages", headers)).json()["items"]


async def test_the_host_posts_as_whomever_it_names(mount):
    site = await mount()
    line = await site.connects(ADA)
    ada = await site.chat.user("host-ada")
    for by in (ada, ada.id, "host-ada", "ada", SHOP):
        await site.chat.post("lobby", f"by {by}", by=by)
    await line.until(lambda: len([frame for frame in line.frames if "text" in frame]) == 5, lambda: "five messages")
    seen = [frame["by"] for frame in line.frames if "text" in frame]
    assert [by["name"] for by in seen] == ["ada"] * 4 + ["Shop"]
    assert seen[-1]["kind"] == "bot"


async def test_a_repeated_key_makes_no_second_message(mount):
    site = await mount()
    await site.get("api/me", ADA)
    first = await site.chat.post("lobby", "order 7 was sent", by="ada", key="order-7-sent")
    again = await site.chat.post("lobby", "order 7 was sent", by="ada", key="order-7-sent")
    assert (again.seq, again.is_duplicate, first.is_duplicate) == (first.seq, True, False)
    assert [message["text"] for message in await messages(site)] == ["order 7 was sent"]


async def test_the_hosts_ids_come_before_names_which_people_choose(mount):
    site = await mount()
    real = await site.chat.user(Identity(id="42", name="Ada"))
    await site.chat.user(Identity(id="43", name="42"))
    assert await site.chat.user("42") == real


async def test_what_the_host_asks_for_wrongly_says_what_is_wrong(mount):
    site = await mount()
    await site.get("api/me", ADA)
    with pytest.raises(NotFound, match="There is no user 'grace', neither by id, by the host's id nor by name"):
        await site.chat.post("lobby", "hi", by="grace")
    with pytest.raises(NotFound, match="There is no room 'cellar'"):
        await site.chat.post("cellar", "hi", by="ada")
    with pytest.raises(Invalid):
        await site.chat.post("lobby", "", by="ada")
    with pytest.raises(TooLarge):
        await site.chat.post("lobby", "x" * 8001, by="ada")
    user = await site.chat.user("ada")
    await site.chat.accounts.deactivate(user.id)
    for by in ("ada", user):
        with pytest.raises(Forbidden, match="ada was deactivated, and posts no more"):
            await site.chat.post("lobby", "hi", by=by)


async def test_the_host_makes_a_room_and_brings_people_in_and_out(mount):
    site = await mount()
    line = await site.connects(ADA)
    shop, ada = await site.chat.user(SHOP), await site.chat.user("host-ada")
    place = await site.chat.rooms.create(shop, "private", "Order 7", topic="Your parcel")
    room = place.room.id
    with pytest.raises(NotFound):
        await site.chat.post(room, "hi", by=ada)
    await site.chat.rooms.add_member(shop, room, ada.id)
    await site.chat.post(room, "It is on its way.", by=shop)
    await line.until(lambda: any(frame.get("text") == "It is on its way." for frame in line.frames), lambda: "the message")
    assert {"room.added"} <= {frame["type"] for frame in line.frames}
    await site.chat.rooms.remove_member(shop, room, ada.id)
    await line.until(lambda: line.frames[-1]["type"] == "room.removed", lambda: "the removal")
    assert (await site.get(f"api/rooms/{room}", ADA)).status_code == 404


async def test_the_host_posts_while_a_request_of_its_own_is_answered(mount):
    app = FastAPI()
    site = await mount(app=app)

    @app.post("/orders")
    async def order():
        posted = await site.chat.post("lobby", "A new order", by=SHOP)
        return {"seq": posted.seq}

    answers = await asyncio.gather(*(site.browser(base="").post("/orders") for _ in range(20)))
    assert sorted(answer.json()["seq"] for answer in answers) == list(range(2, 22))
