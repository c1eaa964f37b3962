"""One conversation after another over real sockets: by any server's plain ASGI, and by ours with prepared bytes."""

import asyncio

import pytest
from gateway_stage import PLAIN, PREPARED, gateway_stage
from hub_stage import RecordingConnection, Somebody, recorded
from websockets.exceptions import ConnectionClosed

from hubbub.errors import Unavailable
from hubbub.protocol.codes import CloseCode
from hubbub.realtime import gateway
from hubbub.realtime.session import BAD_FRAMES_TOLERATED, Session

pytestmark = pytest.mark.anyio


@pytest.fixture(params=[PLAIN, PREPARED], ids=["plain", "prepared"])
def server(request):
    return request.param


# Who comes in


async def test_hello_is_answered_with_welcome(server):
    async with gateway_stage(server) as stage, stage.connects("ada") as ada:
        assert ada.websocket.subprotocol == "hubbub.v1"
        await ada.says("hello", id=5, client="web/1")

        welcome = await ada.hears()

        assert welcome == {
            "type": "welcome",
            "id": 5,
            "epoch": "first",
            "user": Somebody("ada").as_json(),
            "rooms": stage.rooms(),
            "limits": {"text": 8000, "frame": 4096, "replay": 20, "file": 100_000_000, "files": 10},
            "server": "hubbub/test",
        }


async def test_no_hello_in_time_closes_4408(server):
    async with gateway_stage(server, hello_seconds=0.05) as stage, stage.connects("ada") as ada:
        assert await ada.is_closed() == CloseCode.NO_HELLO
        await stage.comes_to(lambda: stage.hub.sessions() == [])


@pytest.mark.parametrize("hello", [{}, {"token": "wrong"}])
async def test_somebody_unknown_is_accepted_and_closed_4401(server, hello):
    async with gateway_stage(server) as stage, stage.connects() as stranger:
        await stranger.says("hello", **hello)

        assert await stranger.is_closed() == CloseCode.UNAUTHENTICATED


async def test_a_token_in_hello_is_as_good_as_a_cookie(server):
    async with gateway_stage(server) as stage, stage.connects() as ada:
        await ada.says("hello", token="right")

        assert (await ada.hears_type("welcome"))["user"]["id"] == "ada"


async def test_a_page_of_another_site_is_closed_4403(server):
    async with gateway_stage(server) as stage, stage.connects("ada", foreign=True) as page:
        assert await page.is_closed() == CloseCode.FORBIDDEN


async def test_another_subprotocol_is_closed_4400(server):
    async with gateway_stage(server) as stage, stage.connects("ada", subprotocols=["hubbub.v9"]) as client:
        assert await client.is_closed() == CloseCode.NOT_THE_PROTOCOL


async def test_no_subprotocol_gets_the_tutorials_conversation(server):
    async with gateway_stage(server) as stage, stage.connects(subprotocols=()) as anybody:
        for text in ("hello", "", "again"):
            await anybody.websocket.send(text)
            assert await anybody.websocket.recv() == f"Message text was: {text}"
        await anybody.websocket.send(b"\x00\xff")
        assert await anybody.websocket.recv() == b"\x00\xff"


async def test_when_the_rooms_cannot_be_read_now_another_hello_may_follow(server):
    async def unavailable(_user):
        raise Unavailable("Not now.", retry_after=2)

    async with gateway_stage(server) as stage, stage.connects() as ada:
        stage.load = unavailable
        await ada.says("hello", id=1, token="right")
        assert await ada.hears() == {"type": "error", "id": 1, "code": "unavailable", "message": "Not now.", "retry_after": 2}
        stage.load = None
        await ada.says("hello", id=2, token="right")
        assert (await ada.hears_type("welcome"))["id"] == 2


async def test_whoever_goes_before_the_welcome_leaves_nothing_behind(server):
    async def unavailable(_user):
        raise Unavailable("Not now.")

    async with gateway_stage(server) as stage:
        stage.load = unavailable
        async with stage.connects() as ada, stage.connects("grace"):
            await ada.says("hello", id=1, token="right")
            await ada.hears_type("error")
            await stage.comes_to(lambda: len(stage.hub.sessions()) == 2)
        await stage.comes_to(lambda: not stage.hub.sessions() and not stage.conversations)


async def test_a_fault_of_ours_closes_1011_and_leaves_nothing_behind(server):
    async def broken(_user):
        raise RuntimeError("planted")

    async with gateway_stage(server) as stage, stage.connects("ada") as ada:
        stage.load = broken
        await ada.says("hello")
        assert await ada.is_closed() == CloseCode.INTERNAL_ERROR
        await stage.comes_to(lambda: not stage.hub.sessions())


async def test_a_slow_database_is_not_the_clients_fault(server):
    async with gateway_stage(server, hello_seconds=0.1) as stage, stage.connects("ada") as ada:
        is_open = asyncio.Event()

        async def slow(_user):
            await is_open.wait()
            return stage.rooms()

        stage.load = slow
        await ada.says("hello")
        stage.loop.call_later(0.2, is_open.set)

        await ada.hears_type("welcome")


# What is said


async def test_bad_frames_are_answered_until_it_is_too_many(server):
    async with gateway_stage(server) as stage, stage.greets("ada") as ada:
        for number in range(BAD_FRAMES_TOLERATED):
            await ada.says_raw(b"binary" if number % 2 else "nonsense")
            assert (await ada.hears_type("error"))["code"] == "bad_frame"
        await ada.hears_nothing_more()

        await ada.says_raw("one too many")

        assert await ada.is_closed() == CloseCode.NOT_THE_PROTOCOL
        await stage.comes_to(lambda: not stage.hub.sessions() and not stage.conversations)


async def test_nothing_is_done_before_hello(server):
    async with gateway_stage(server) as stage, stage.connects("ada") as ada:
        error = await ada.asks("ping")
        assert (error["code"], error["message"]) == ("bad_frame", "Say hello first.")
        await ada.says("hello", cursors={"lobby": -1})
        assert (await ada.hears_type("error"))["code"] == "invalid"
        await ada.says("hello")
        await ada.hears_type("welcome")
        assert (await ada.asks("hello"))["code"] == "conflict"


@pytest.mark.parametrize("is_welcome", [False, True])
@pytest.mark.parametrize("frame", ["é" * 2049, b"x" * 4097], ids=["text", "binary"])
async def test_a_frame_over_the_limit_closes_1009(server, is_welcome, frame):
    async with gateway_stage(server) as stage, (stage.greets if is_welcome else stage.connects)("ada") as ada:
        await ada.says_raw(frame)

        assert await ada.is_closed() == CloseCode.TOO_BIG
        await stage.comes_to(lambda: not stage.hub.sessions())


async def test_each_command_with_an_id_is_answered_once(server):
    async with gateway_stage(server) as stage, stage.greets("ada") as ada:
        assert await ada.asks("ping") == {"type": "ok", "id": 1}
        assert (await ada.asks("watch", rooms=["attic"]))["type"] == "ok"
        assert (await ada.asks("typing", room="lobby"))["type"] == "ok"
        assert (await ada.asks("typing", room="attic"))["code"] == "not_found"
        assert (await ada.asks("sync", room="attic", after=0))["code"] == "not_found"
        assert (await ada.asks("sync", room="lobby", after=1))["code"] == "invalid"
        assert (await ada.asks("dance"))["code"] == "unknown_type"
        for command in ({"type": "ping"}, {"type": "typing", "room": "lobby"}, {"type": "watch", "rooms": []}):
            await ada.says(**command)
        await ada.hears_nothing_more()


async def test_typing_reaches_the_others(server):
    async with gateway_stage(server) as stage, stage.greets("ada") as ada, stage.greets("grace") as grace:
        await ada.says("typing", room="lobby")

        assert await grace.hears() == {"type": "typing", "room": "lobby", "users": ["ada"]}
        await ada.hears_nothing_more()


# What is delivered


async def test_events_come_as_they_are_announced(server):
    async with gateway_stage(server) as stage, stage.greets("ada") as ada, stage.greets("grace") as grace:
        stage.posts(count=3)

        for client in (ada, grace):
            assert [await client.websocket.recv(decode=False) for _ in range(3)] == [event.body for event in stage.logs["lobby"]]


async def test_whoever_comes_back_gets_what_is_missing_and_goes_on(server):
    async with gateway_stage(server) as stage:
        stage.posts(count=10)
        async with stage.greets("ada", cursors={"lobby": 4, "attic": 7}) as ada:
            assert await ada.hears_seqs(6) == list(range(5, 11))
            stage.posts()
            assert await ada.hears_seqs(1) == [11]
        async with stage.greets("ada", cursors={"lobby": 99}) as ada:
            stage.posts()
            assert await ada.hears_seqs(1) == [12]


async def test_whoever_missed_too_much_is_told_and_held_until_it_says_where_to_go_on(server):
    async with gateway_stage(server) as stage:
        stage.posts(count=300)
        async with stage.greets("ada", cursors={"lobby": 279}) as ada, stage.greets("grace", cursors={"lobby": 280}) as grace:
            assert await ada.hears() == {"type": "behind", "room": "lobby", "last_seq": 300}
            stage.posts()
            assert await grace.hears_seqs(21) == list(range(281, 302))
            await ada.hears_nothing_more()

            assert (await ada.asks("sync", room="lobby", after=279))["type"] == "ok"
            assert await ada.hears_seqs(22) == list(range(280, 302))
        async with stage.greets("ada", cursors={"lobby": 0}) as ada:
            await ada.hears_type("behind")
            assert (await ada.asks("sync", room="lobby", after=301))["type"] == "ok"
            stage.posts()
            assert await ada.hears_seqs(1) == [302]


async def test_sync_is_answered_first_and_then_gives_everything_however_much(server):
    async with gateway_stage(server) as stage, stage.greets("ada") as ada:
        stage.posts(count=1000)
        assert await ada.hears_seqs(1000) == list(range(1, 1001))

        stage.posts()
        await ada.says("sync", id=8, room="lobby", after=1)

        if (first := await ada.hears()) != {"type": "ok", "id": 8}:
            assert first["seq"] == 1001
            assert await ada.hears() == {"type": "ok", "id": 8}
        assert await ada.hears_seqs(1000) == list(range(2, 1002))
        await ada.hears_nothing_more()


async def test_after_a_restored_backup_the_cursors_are_ignored(server):
    async with gateway_stage(server) as stage:
        stage.posts(count=5)
        async with stage.connects("ada") as ada:
            await ada.says("hello", epoch="another", cursors={"lobby": 2})
            assert (await ada.hears_type("welcome"))["reset"] is True
            stage.posts()
            assert await ada.hears_seqs(1) == [6]
        async with stage.connects("ada") as ada:
            await ada.says("hello", epoch="first", cursors={"lobby": 5})
            assert "reset" not in await ada.hears_type("welcome")
            assert await ada.hears_seqs(1) == [6]


async def test_a_slow_client_costs_the_others_nothing_and_gets_everything_in_the_end(server):
    options = {"max_queue": 1}
    async with gateway_stage(server) as stage, stage.greets("slow", **options) as slow, stage.greets("quick") as quick:
        audience = stage.hub._audiences["lobby"]
        posted = 0
        while not audience.behind:
            stage.posts(count=20, size=20_000)
            posted += 20
            await quick.hears_seqs(20)
            assert posted < 2000
        stage.posts(count=500, size=20_000)
        await quick.hears_seqs(500)
        assert len(audience.behind) == 1

        assert await slow.hears_seqs(posted + 500) == list(range(1, posted + 501))
        await stage.comes_to(lambda: not audience.behind)
        stage.posts()
        assert (await slow.hears_seqs(1), await quick.hears_seqs(1)) == ([posted + 501], [posted + 501])


# How it ends


async def test_whoever_goes_is_forgotten(server):
    async with gateway_stage(server) as stage:
        async with stage.greets("ada") as ada:
            await ada.hears_nothing_more()
            assert len(stage.hub.sessions()) == 1
        await stage.comes_to(lambda: not stage.hub.sessions() and not stage.conversations)
        assert stage.hub._audiences == {}


async def test_signing_out_ends_the_session_with_the_reason(server):
    async with gateway_stage(server) as stage, stage.greets("ada") as ada, stage.connects("ada") as not_yet_greeted:
        await stage.comes_to(lambda: len(stage.hub.sessions()) == 2)
        stage.hub.end_sessions("ada", "cookie", CloseCode.SIGNED_OUT, "signed out")
        stage.posts()

        assert [await client.is_closed() for client in (ada, not_yet_greeted)] == [CloseCode.SIGNED_OUT] * 2
        with pytest.raises(ConnectionClosed):
            await ada.hears()
        await stage.comes_to(lambda: not stage.conversations)


async def test_a_pass_that_ends_while_its_session_loads_gets_no_welcome(server):
    async with gateway_stage(server) as stage, stage.connects("ada") as ada:
        loading, go_on = asyncio.Event(), asyncio.Event()

        async def slow(_user):
            loading.set()
            await go_on.wait()
            return stage.rooms()

        stage.load = slow
        await ada.says("hello")
        await asyncio.wait_for(loading.wait(), 5)
        stage.hub.end_sessions("ada", None, CloseCode.SIGNED_OUT, "signed out")
        go_on.set()

        with pytest.raises(ConnectionClosed):
            await ada.hears()
        assert ada.websocket.close_code == CloseCode.SIGNED_OUT


async def test_whoever_is_sent_away_and_does_not_read_is_not_listened_to_any_more(monkeypatch):
    monkeypatch.setattr(gateway, "COME_BACK_SECONDS", 0.05)
    async with gateway_stage(PLAIN) as stage, stage.greets("stuck", max_queue=1, close_timeout=0.1) as stuck:
        audience = stage.hub._audiences["lobby"]
        while not audience.behind:
            stage.posts(count=50, size=20_000)
            await asyncio.sleep(0)
        stage.hub.end_sessions("stuck", None, CloseCode.SIGNED_OUT, "signed out")
        await stuck.says("typing", room="lobby")

        await stage.comes_to(lambda: not stage.conversations)

        assert not stage.hub._typing


async def test_draining_says_bye_and_closes_1012(server):
    async with gateway_stage(server) as stage, stage.greets("ada") as ada, stage.connects() as silent:
        await stage.gateway.drain()

        assert await ada.hears() == {"type": "bye", "reason": "restart", "retry_after": 2.0}
        assert await ada.is_closed() == CloseCode.RESTART
        await silent.says("hello", token="right")
        assert await silent.is_closed() == CloseCode.RESTART
        async with stage.connects("grace") as late:
            assert await late.is_closed() == CloseCode.RESTART


async def test_those_who_are_sent_away_are_asked_to_come_back_one_after_the_other(monkeypatch):
    monkeypatch.setattr(gateway, "RETURNS_A_SECOND", 2)
    async with gateway_stage(PLAIN) as stage, stage.greets("ada") as ada, stage.greets("grace") as grace, stage.greets("hedy") as hedy:
        await stage.gateway.drain()
        byes = [await somebody.hears() for somebody in (ada, grace, hedy)]
        assert sorted(bye["retry_after"] for bye in byes) == [2.0, 2.5, 3.0]


async def test_whoever_asks_and_asks_and_reads_no_answer_is_closed_1013():
    async with gateway_stage(PLAIN) as stage:
        session = Session(Somebody("ada"), Somebody("cookie"), RecordingConnection())
        session.has_greeted = True
        stage.hub.open(session)
        stage.gateway._hear(session, '{"type":"ping","id":1}')
        session.connection.is_overfull = True

        stage.gateway._hear(session, '{"type":"ping","id":2}')

        assert (session.connection.heard, session.connection.closed[0]) == ([{"type": "ok", "id": 1}], CloseCode.TRY_AGAIN_LATER)
        assert stage.hub.sessions() == []


# What another node knows


async def test_a_sync_to_what_only_another_node_has_announced_yet_goes_on_from_there(server):
    async with gateway_stage(server) as stage, stage.greets("ada") as ada:
        events = [recorded("lobby", seq) for seq in (1, 2, 3)]
        stage.logs["lobby"] += events[:2]
        assert (await ada.asks("sync", room="lobby", after=2))["type"] == "ok"
        stage.logs["lobby"] += events[2:]
        stage.hub.announce(events[2:])
        assert (await ada.hears())["seq"] == 3


async def test_rooms_that_are_older_than_what_began_here_are_read_again(server):
    async def from_before(_user):
        asked.append(1)
        rooms = stage.rooms()
        return [rooms[0] | {"last_seq": 0}] if len(asked) == 1 else rooms

    asked = []
    async with gateway_stage(server) as stage:
        stage.logs["lobby"] += [recorded("lobby", seq) for seq in (1, 2)]
        async with stage.greets("grace"):
            stage.load = from_before
            async with stage.connects("ada") as ada:
                await ada.says("hello", id=0)
                assert (await ada.hears_type("welcome"))["rooms"][0]["last_seq"] == 2
                assert len(asked) == 2
