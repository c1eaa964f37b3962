"""Who is not in a room learns nothing of it, by any route, command or delivery: not even that it exists."""

import asyncio
import json
import re
from datetime import UTC, datetime
from itertools import product

import pytest
from hidden_room import ABOUT_FILES, ABOUT_OTHER_THINGS, ABOUT_ROOMS, COMMANDS_ABOUT_ROOMS, NO_ID, routes_of

from hubbub.bus.memory import MemoryBus, Square
from hubbub.protocol.events import EVENTS
from hubbub.protocol.frames import COMMANDS
from hubbub.protocol.signals import SIGNALS
from hubbub.testing import refused
from kept_chat import RED as A_PICTURE
from mail_server import mail_server, text_of
from push_service import push_service
from several_nodes import stage_across

pytestmark = pytest.mark.anyio

STRANGERS = ["an outsider", "a former member", "a deactivated user", "a guest", "the owner of the chat"]
EVERYTHING = EVENTS.keys() | SIGNALS.keys() | {"room.added", "room.removed"}
HAPPENING_SECONDS = 20


class Kitchen:
    """A private room where ada and linus are, and strangers who are not."""

    def __init__(self, stage):
        self.stage = stage

    async def opens(self):
        self.ada, self.linus = await self.stage.enters("ada"), await self.stage.enters("linus")
        # Shares no room with the strangers, so their name is not for those either.
        self.waiter = await self.stage.enters("waiter")
        await self.waiter.leaves("lobby")
        strangers = [
            await self.stage.enters(name, role=role) for name, role in zip(STRANGERS, ("member",) * 3 + ("guest", "owner"), strict=True)
        ]
        self.strangers = dict(zip(STRANGERS, strangers, strict=True))
        former, closed = strangers[1], strangers[2]
        self.id = await self.ada.makes_room("swordfish kitchen", self.linus, former, closed, topic="swordfish")
        self.files = [await self.ada.uploads("swordfish.png", A_PICTURE), await self.ada.uploads("swordfish.txt", b"swordfish")]
        self.unsent = await self.ada.uploads("swordfish.txt", b"swordfish for nobody")
        files = [file["id"] for file in self.files]
        poll = {"options": ["swordfish", "cod"]}
        self.seq = await self.ada.posts("swordfish for everybody", room=self.id, poll=poll, files=files)
        await former.posts("swordfish is mine", room=self.id, thread=self.seq)
        reminding = {"remind_at": datetime.fromtimestamp(self.stage.clock.now + 60, UTC).isoformat()}
        await former.person.asks("PUT", f"rooms/{self.id}/messages/{self.seq}/bookmark", json=reminding)
        later = {"key": "later", "text": "a word of my own", "at": "2027-06-01T00:00:00Z"}
        await former.person.asks("POST", f"rooms/{self.id}/scheduled", json=later)
        await former.reacts(self.seq, "\N{FISH}", room=self.id)
        await self.ada.removes(former, from_=self.id)
        self.invite = await self.ada.person.asks("POST", "invites", json={"room": self.id})
        await self.stage.chat.accounts.deactivate(closed.person.id)
        self.users = [self.ada.person.id, former.person.id, NO_ID]
        self.secrets = [self.id, "swordfish"]
        return self

    async def log(self):
        """Everything that is in the room's journal."""
        return await self.ada.person.asks("GET", f"rooms/{self.id}/events")

    def assert_tells_nothing(self, told):
        assert not [secret for secret in self.secrets if secret in told], f"This is not for everybody: {told}"


@pytest.fixture
async def kitchen(make_stage):
    return await Kitchen(await make_stage(server="none")).opens()


async def test_every_route_is_in_the_matrix(kitchen):
    routes = dict(routes_of(kitchen.stage.chat.app.openapi()))
    missing = {route for route, names_room in routes.items() if names_room} - ABOUT_ROOMS.keys()
    missing |= routes.keys() - ABOUT_ROOMS.keys() - ABOUT_OTHER_THINGS.keys()

    assert not missing, f"Say in tests/stories/hidden_room.py what is asked of {sorted(missing)}, so that it is known not to leak."
    assert ABOUT_ROOMS.keys() | ABOUT_OTHER_THINGS.keys() == routes.keys()
    assert COMMANDS_ABOUT_ROOMS.keys() == COMMANDS.keys()


async def test_by_rest_a_hidden_room_is_like_one_that_does_not_exist(kitchen):
    before = await kitchen.log()

    for name, ask in product(STRANGERS, ABOUT_ROOMS.values()):
        stranger = kitchen.strangers[name].person
        hidden, nothing = ask(kitchen.id, kitchen.seq, kitchen.users), ask(NO_ID, kitchen.seq, kitchen.users)
        for question, same_of_nothing in zip(hidden, nothing, strict=True):
            answer = await question.put_to(stranger)
            assert answer == await same_of_nothing.put_to(stranger), f"{question} tells {name} that there is a room"
            assert answer[0] in (401, 403, 404, 413, 422), question
            kitchen.assert_tells_nothing(answer[2].decode())

    assert await kitchen.log() == before


async def test_a_file_of_a_hidden_room_is_like_one_that_does_not_exist(kitchen):
    for stranger, file, (route, ask) in product(kitchen.strangers.values(), [*kitchen.files, kitchen.unsent], ABOUT_FILES.items()):
        answer = await ask(file["id"]).put_to(stranger.person)
        assert answer == await ask(NO_ID).put_to(stranger.person), f"{route} tells {stranger.person.name} that there is a file"
        assert answer[0] in (401, 404)
    for stranger in set(kitchen.strangers) - {"a deactivated user"}:
        with refused("invalid"):
            await kitchen.strangers[stranger].posts("mine now", files=[kitchen.files[0]["id"]], by_rest=True)
    assert (await ABOUT_FILES["get_thumbnail"](kitchen.files[0]["id"]).put_to(kitchen.linus.person))[0] == 200
    assert (await ABOUT_FILES["get_file"](kitchen.files[1]["id"]).put_to(kitchen.linus.person))[2] == b"swordfish"
    assert (await ABOUT_FILES["get_file"](kitchen.unsent["id"]).put_to(kitchen.linus.person))[0] == 404


async def test_no_other_route_tells_of_a_hidden_room(kitchen):
    for stranger, question in product(kitchen.strangers.values(), ABOUT_OTHER_THINGS.values()):
        _, _, body = await question.put_to(stranger.person)
        kitchen.assert_tells_nothing(body.decode())


async def test_the_member_is_answered_by_every_route(kitchen):
    for route, ask in ABOUT_ROOMS.items():
        if route in ("remove_member", "archive_room"):
            continue
        answers = [await question.put_to(kitchen.ada.person) for question in ask(kitchen.id, kitchen.seq, kitchen.users)]
        assert any(status < 300 for status, _, _ in answers), f"{route} answers nobody, so it shows nothing"


async def answers(stage, person, commands):
    """The raw answers to commands with one and the same id, on a connection of their own."""
    wire = await stage.connect(person)
    told = []
    for command in commands:
        await wire.send(json.dumps({"id": 1, **command}))
        told.append(await wire.receive())
        if command["type"] != "ping":
            await wire.send('{"type": "ping", "id": 2}')
            while (frame := await wire.receive()) != '{"type":"ok","id":2}':
                told.append(frame)
    await wire.close()
    return told


async def test_by_socket_a_hidden_room_is_like_one_that_does_not_exist(kitchen):
    del kitchen.strangers["a deactivated user"]
    before = await kitchen.log()

    for stranger, (kind, ask) in product(kitchen.strangers.values(), COMMANDS_ABOUT_ROOMS.items()):
        for hidden, nothing in zip(ask(kitchen.id, kitchen.seq), ask(NO_ID, kitchen.seq), strict=True):
            hello = [] if kind == "hello" else [{"type": "hello"}]
            told = await answers(kitchen.stage, stranger.person, [*hello, {"type": kind, **hidden}])
            same = await answers(kitchen.stage, stranger.person, [*hello, {"type": kind, **nothing}])
            assert told == same, (stranger.person.name, kind, hidden)
            kitchen.assert_tells_nothing("".join(told))

    assert await kitchen.log() == before


async def test_a_guest_learns_nothing_of_public_rooms_either(kitchen):
    stage, guest = kitchen.stage, kitchen.strangers["a guest"]
    garden = await kitchen.ada.makes_room("garden", kind="public")
    seq = await kitchen.ada.posts("roses", room="garden")

    for ask in ABOUT_ROOMS.values():
        about_garden, about_nothing = ask(garden, seq, kitchen.users), ask(NO_ID, seq, kitchen.users)
        for question, same_of_nothing in zip(about_garden, about_nothing, strict=True):
            assert await question.put_to(guest.person) == await same_of_nothing.put_to(guest.person), question
    for kind, ask in COMMANDS_ABOUT_ROOMS.items():
        for hidden, nothing in zip(ask(garden, seq), ask(NO_ID, seq), strict=True):
            hello = [] if kind == "hello" else [{"type": "hello"}]
            told = await answers(stage, guest.person, [*hello, {"type": kind, **hidden}])
            assert told == await answers(stage, guest.person, [*hello, {"type": kind, **nothing}]), (kind, hidden)
    await guest.sees_nothing()


@pytest.mark.parametrize("server", ["hubbub", "none"])
async def test_nothing_of_a_hidden_room_is_delivered(make_stage, server):
    await nothing_is_delivered_on(await make_stage(server=server))


async def test_nothing_of_a_hidden_room_is_delivered_across_two_nodes(tmp_path, postgres_url):
    square = Square()
    async with stage_across(tmp_path, nodes=2, database=postgres_url, make_bus=lambda: MemoryBus(square)) as stage:
        await nothing_is_delivered_on(stage)


async def nothing_is_delivered_on(stage):
    """Have everything happen in a hidden room, and hold that the strangers, who are all connected, are told nothing."""
    kitchen = await Kitchen(stage).opens()
    ada, linus = kitchen.ada, kitchen.linus
    assert (await kitchen.strangers.pop("a deactivated user").is_shown_out()).code == 4403
    strangers = list(kitchen.strangers.values())
    phone, newcomer = await stage.enters("linus"), await stage.enters("newcomer")
    for stranger in strangers:
        await stranger.goes_offline()
        await stranger.comes_back(cursors={kitchen.id: 0, stage.id_of("lobby"): 10_000})
        await stranger.watches(kitchen.id)
    told_until_now = [len(stranger.line.frames) for stranger in strangers]

    await everything_happens(kitchen, newcomer)

    await everything_is_heard_by(ada, linus, phone, newcomer)
    for stranger, already in zip(strangers, told_until_now, strict=True):
        await stranger.sees_nothing()
        told = stranger.line.frames[already:]
        kitchen.assert_tells_nothing(json.dumps(told))
        assert {frame["type"] for frame in told} <= {"ok"}


async def test_nobody_is_told_of_a_hidden_room_by_push_or_by_letter(make_stage, tmp_path):
    async with push_service(tmp_path) as (service, trusting), mail_server() as mail:
        sends = {"outgoing_networks": ["127.0.0.0/8"], "smtp_url": mail.url, "public_url": "https://den.example"}
        stage = await make_stage(server="none", **sends)
        stage.chat.features.outgoing._given_ssl_context = trusting
        kitchen, telling = await Kitchen(stage).opens(), stage.chat.features.notifications.telling
        del kitchen.strangers["a deactivated user"]
        people = [kitchen.linus, *kitchen.strangers.values()]
        browsers = [await has_everything_told(actor, service.browser(actor.person.id), mail, kitchen.id) for actor in people]

        await kitchen.ada.posts(f"@linus @room swordfish {' '.join(f'@{name}' for name in STRANGERS)}", room=kitchen.id)
        for happens in (False, True):
            if happens:
                await everything_happens(kitchen, await stage.enters("newcomer"))
            for minutes in (1, 120):
                await telling.catch_up()
                stage.clock.passes(minutes=minutes)
            await telling.catch_up()

    assert browsers[0].pushes[0]["body"].startswith("@linus @room swordfish"), "The member is told, or this shows nothing"
    assert len(mail.to(f"{kitchen.linus.person.id}@example.org")) >= 2
    for actor, browser in zip(people[1:], browsers[1:], strict=True):
        assert browser.pushes == []
        assert len(mail.to(f"{actor.person.id}@example.org")) == 1, "Only the letter by which the address was shown to be theirs"


async def has_everything_told(actor, browser, mail, room):
    """Have somebody told of everything, by every way there is."""
    address = f"{actor.person.id}@example.org"
    wishes = {"rooms": {room: "all"}, "keywords": ["swordfish"], "words": True}
    await actor.person.asks("PATCH", "me", json={"preferences": {"notifications": wishes}})
    await actor.person.asks("PUT", "push", json=browser.subscription())
    await actor.person.asks("PUT", "me/email", json={"address": address})
    code = re.search(r"confirm/(\S+)", text_of(mail.to(address)[0]))[1]
    await actor.person.asks("POST", "email/confirm", json={"code": code})
    return browser


async def everything_is_heard_by(*members):
    """Wait until the members together were told of all that there is; what was not said to anybody shows nothing."""
    missing = EVERYTHING
    try:
        async with asyncio.timeout(HAPPENING_SECONDS):
            while missing := EVERYTHING - {frame["type"] for member in members for frame in member.line.frames}:
                for member in members:
                    await member.line.says("ping")
    except TimeoutError:
        raise AssertionError(f"Say in everything_happens how {sorted(missing)} come about, so that they are known not to leak.") from None


async def what_is_ones_own_happens(kitchen, seq):
    """What is told to one person, or to those who share a room with them and not with the strangers."""
    ada, linus, room, stage = kitchen.ada, kitchen.linus, kitchen.id, kitchen.stage
    await linus.marks_unread(seq, room=room)
    await linus.files_away(room, "swordfish")
    soon = datetime.fromtimestamp(stage.clock.now + 60, UTC).isoformat()
    await linus.person.asks("PUT", f"rooms/{room}/messages/{seq}/bookmark", json={"remind_at": soon})
    later = {"key": "swordfish", "text": "swordfish tomorrow", "at": "2027-06-01T00:00:00Z"}
    await linus.person.asks("POST", f"rooms/{room}/scheduled", json=later)
    await ada.adds(kitchen.waiter, to=room)
    await kitchen.waiter.person.asks("PATCH", "me", json={"name": "swordfish waiter"})
    direct = await ada.opens_direct(linus)
    await ada.posts("swordfish between us", room=direct)
    await ada.watches(room, direct, "lobby")
    await linus.sees("swordfish between us")
    await linus.reads(room=direct)
    await linus.leaves(direct)


async def everything_happens(kitchen, newcomer):
    """All events and signals that there are, in the hidden room or about it."""
    ada, linus, room = kitchen.ada, kitchen.linus, kitchen.id
    names = " ".join(f"@{name}" for name in STRANGERS)
    hello = await ada.posts(f"swordfish {names}", room=room)
    await ada.edits(hello, f"swordfish again {names}", room=room)
    await linus.reacts(hello, "\N{FISH}", room=room)
    await linus.takes_reaction_back(hello, "\N{FISH}", room=room)
    asked = await linus.posts("which?", room=room, poll={"options": ["swordfish", "cod"]})
    await ada.votes(asked, 0, room=room)
    await linus.closes_poll(asked, room=room)
    await linus.pins(hello, room=room)
    await kitchen.strangers["the owner of the chat"].person.asks("PATCH", "site", json={"previews": True})
    linked = await ada.posts("http://10.0.0.1/swordfish", room=room)
    await kitchen.stage.has_fetched("http://10.0.0.1/swordfish", "swordfish", by=ada, seq=linked, room=room)
    await linus.unpins(hello, room=room)
    reply = await linus.posts(f"swordfish in a thread {names}", room=room, thread=hello)
    await ada.reads_thread(hello, reply, room=room)
    await ada.watches(room, "lobby")
    await ada.hears("presence")
    await linus.types(room=room)
    await linus.reads(room=room)
    await what_is_ones_own_happens(kitchen, hello)
    kitchen.stage.clock.passes(minutes=2)
    await kitchen.stage.chat.features.bookmarks.remind_now()
    await ada.deletes(hello, room=room)
    await ada.adds(newcomer, to=room)
    await ada.promotes(newcomer, "admin", in_=room)
    await newcomer.hears("room.added")
    await ada.removes(newcomer, from_=room)
    await ada.changes(room, topic="swordfish, smoked")
    await ada.archives(room)


async def test_one_who_was_removed_does_not_come_back_by_an_invite_of_their_own(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    await ada.makes_room("kitchen", grace)
    invite = await grace.person.asks("POST", "invites", json={"room": stage.id_of("kitchen")})
    await ada.removes(grace, from_="kitchen")

    with refused("not_found"):
        await grace.person.asks("POST", f"invites/{invite['code']}/accept", json={})
    assert await grace.person.asks_for_all("invites") == []
