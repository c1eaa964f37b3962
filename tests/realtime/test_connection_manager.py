"""ConnectionManager over a real server, on its fast path and on plain ASGI: who gets what, and in which order."""

import asyncio
import gc
import logging
import threading
import weakref
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI, WebSocket, WebSocketDisconnect
from httpx2 import ASGITransport, AsyncClient
from manager_stage import Chat, hears, running, until
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from hubbub import ConnectionManager

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["hubbub.server:Protocol", "websockets-sansio"], ids=["prepared", "plain"])
def ws(request: pytest.FixtureRequest) -> Any:
    """The WebSocket protocol to serve with."""
    return request.param


async def test_a_broadcast_reaches_everybody_and_a_group_only_those_in_it(ws: Any) -> None:
    chat = Chat()
    async with (
        running(chat.app, ws) as here,
        connect(here.url("/ws/ada?group=kitchen")) as ada,
        connect(here.url("/ws/grace?group=lobby")) as grace,
        connect(here.url("/ws/linus")) as linus,
    ):
        await chat.manager.broadcast("soup", group="kitchen")
        await chat.manager.broadcast("nobody hears this", group="attic")
        await chat.manager.broadcast("all")
        assert await hears(ada, 2) == ["soup", "all"]
        assert await hears(grace) == ["all"]
        assert await hears(linus) == ["all"]


async def test_text_bytes_and_json_go_out_as_such(ws: Any) -> None:
    chat = Chat()
    async with running(chat.app, ws) as here, connect(here.url("/ws/ada")) as ada:
        for size in (0, 125, 126, 70_000):
            await chat.manager.broadcast(b"\xff" * size)
            assert await hears(ada) == [b"\xff" * size]
        await chat.manager.broadcast_bytes(bytearray(b"\x00"))
        await chat.manager.broadcast_json({"grüß": [1, None]})
        await chat.manager.broadcast("grüß")
        await chat.manager.send_personal_message(b"\x01", chat.here["ada"])
        assert await hears(ada, 4) == [b"\x00", '{"grüß":[1,null]}', "grüß", b"\x01"]


async def test_a_connection_may_be_in_several_groups_and_is_gone_with_the_last(ws: Any) -> None:
    chat = Chat()
    manager = chat.manager
    async with running(chat.app, ws) as here, connect(here.url("/ws/ada?group=kitchen")) as ada:
        websocket = chat.here["ada"]
        await manager.connect(websocket, group="lobby")
        await manager.connect(websocket, group="lobby")
        await manager.broadcast("both")
        manager.disconnect(websocket, group="kitchen")
        manager.disconnect(websocket, group="kitchen")
        await manager.broadcast("no longer", group="kitchen")
        await manager.broadcast("lobby", group="lobby")
        assert await hears(ada, 2) == ["both", "lobby"]
        manager.disconnect(websocket, group="lobby")
        assert manager.active_connections == []
        await manager.connect(websocket)
        await manager.broadcast("again")
        assert await hears(ada) == ["again"]


async def test_personal_messages_broadcasts_and_direct_sends_keep_the_order_of_the_calls(ws: Any) -> None:
    app, manager = FastAPI(), ConnectionManager()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await manager.connect(websocket)
        for round_ in range(50):
            manager.publish(f"{round_} published")
            await websocket.send_text(f"{round_} direct")
            await manager.broadcast(f"{round_} broadcast")
            manager.publish_json(round_)
            await manager.send_personal_message(f"{round_} personal", websocket)
        manager.publish("last")
        await websocket.close(4000)

    async with running(app, ws) as here, connect(here.url("/ws")) as client:
        expected: list[str | bytes] = []
        for number in range(50):
            expected += [f"{number} published", f"{number} direct", f"{number} broadcast", str(number), f"{number} personal"]
        assert await hears(client, 251) == [*expected, "last"]
        with pytest.raises(ConnectionClosed):
            await hears(client)
        assert client.close_code == 4000


async def test_a_message_is_out_before_the_endpoint_that_broadcast_it_can_end(ws: Any) -> None:
    app, manager = FastAPI(), ConnectionManager()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        async with manager.connected(websocket):
            await manager.broadcast("the end")

    async with running(app, ws) as here, connect(here.url("/ws")) as client:
        assert await hears(client) == ["the end"]
        with pytest.raises(ConnectionClosed):
            await hears(client)
    assert manager.active_connections == []


async def test_path_operations_background_tasks_and_threads_reach_everybody_in_their_order(ws: Any) -> None:
    chat = Chat()
    manager = chat.manager

    @chat.app.post("/async")
    async def broadcast_here(tasks: BackgroundTasks) -> None:
        await manager.broadcast("from a path operation")
        tasks.add_task(manager.broadcast, "from a background task")

    @chat.app.post("/sync")
    def publish_here(tasks: BackgroundTasks) -> None:
        manager.publish("from a def path operation")
        tasks.add_task(manager.publish, "from a plain background task")

    async with (
        running(chat.app, ws) as here,
        connect(here.url("/ws/ada")) as ada,
        AsyncClient(transport=ASGITransport(chat.app), base_url="http://test") as browser,
    ):
        await browser.post("/async")
        await browser.post("/sync")
        assert await hears(ada, 4) == [
            "from a path operation",
            "from a background task",
            "from a def path operation",
            "from a plain background task",
        ]
        thread = threading.Thread(target=lambda: [manager.publish(str(number)) for number in range(1000)])
        thread.start()
        assert await hears(ada, 1000) == [str(number) for number in range(1000)]
        thread.join()


async def test_active_connections_is_a_list_of_ones_own(ws: Any) -> None:
    chat = Chat()
    manager = chat.manager
    async with running(chat.app, ws) as here, connect(here.url("/ws/ada")) as ada, connect(here.url("/ws/grace")):
        snapshot = manager.active_connections
        assert snapshot == [chat.here["ada"], chat.here["grace"]]
        for websocket in manager.active_connections:
            manager.disconnect(websocket)
        assert (len(snapshot), len(manager.active_connections)) == (2, 0)
        await snapshot[0].send_text("disconnect does not close")
        assert await hears(ada) == ["disconnect does not close"]


async def test_disconnect_may_come_twice_or_for_a_stranger(ws: Any) -> None:
    chat = Chat()
    async with running(chat.app, ws) as here:
        async with connect(here.url("/ws/ada")):
            websocket = chat.here["ada"]
            for _ in range(2):
                chat.manager.disconnect(websocket)
            ConnectionManager().disconnect(websocket)
            assert websocket not in chat.manager.active_connections
        assert await chat.left["ada"] == 1000


async def test_whoever_leaves_leaves_no_task_behind(ws: Any) -> None:
    chat = Chat()
    async with running(chat.app, ws) as here, connect(here.url("/ws/grace")) as grace:
        before = asyncio.all_tasks()
        async with connect(here.url("/ws/ada")):
            await chat.manager.broadcast("hi")
        await until(lambda: asyncio.all_tasks() <= before)
        assert await hears(grace) == ["hi"]


async def test_who_stays_gets_everything_in_order_while_others_come_and_go(ws: Any) -> None:
    chat = Chat()

    async def visit(name: str, url: str) -> None:
        for _ in range(10):
            async with connect(f"{url}/{name}"):
                await asyncio.sleep(0)

    async with running(chat.app, ws) as here, connect(here.url("/ws/ada")) as ada:
        async with asyncio.TaskGroup() as visitors:
            tasks = [visitors.create_task(visit(f"visitor-{number}", here.url("/ws"))) for number in range(20)]
            sent = 0
            while not all(task.done() for task in tasks):
                await chat.manager.broadcast(str(sent))
                sent += 1
                assert await hears(ada) == [str(sent - 1)]
        await until(lambda: len(chat.manager.active_connections) == 1)
    assert sent > 10


async def test_an_endpoint_that_fails_without_disconnecting_leaves_nothing_behind(ws: Any, caplog: pytest.LogCaptureFixture) -> None:
    # The log would keep the traceback, and with it the WebSocket whose end this test waits for.
    caplog.set_level(logging.CRITICAL, logger="uvicorn.error")
    app, manager = FastAPI(), ConnectionManager()
    seen: list[weakref.ref[WebSocket]] = []

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        seen.append(weakref.ref(websocket))
        await manager.connect(websocket)
        await websocket.receive_json()

    async with running(app, ws) as here:
        async with connect(here.url("/ws")) as client:
            await client.send("no JSON")
            with pytest.raises(ConnectionClosed):
                await hears(client)
        await manager.broadcast("is anybody there?")
        await manager.broadcast("nobody")
        assert manager.active_connections == []
        gc.collect()
        assert [websocket() for websocket in seen] == [None]


async def test_to_a_dead_client_a_personal_message_raises_and_a_broadcast_does_not(ws: Any) -> None:
    chat = Chat()
    async with running(chat.app, ws) as here, connect(here.url("/ws/grace")) as grace:
        async with connect(here.url("/ws/ada")):
            ada = chat.here["ada"]
        assert await chat.left["ada"] == 1000
        await chat.manager.connect(ada)
        await chat.manager.broadcast("hi")
        assert await hears(grace) == ["hi"]
        with pytest.raises(WebSocketDisconnect):
            await chat.manager.send_personal_message("hi", ada)
        assert chat.manager.active_connections == [chat.here["grace"]]


async def test_two_managers_may_share_a_connection(ws: Any) -> None:
    app, news, talk = FastAPI(), ConnectionManager(), ConnectionManager()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        async with news.connected(websocket), talk.connected(websocket):
            async for text in websocket.iter_text():
                await news.broadcast(f"news: {text}")
                await talk.broadcast(f"talk: {text}")
                await websocket.send_text(f"direct: {text}")

    async with running(app, ws) as here, connect(here.url("/ws")) as client:
        for number in range(20):
            await client.send(str(number))
        assert await hears(client, 60) == [f"{kind}: {number}" for number in range(20) for kind in ("news", "talk", "direct")]


async def test_a_websocket_that_is_accepted_already_keeps_its_subprotocol(ws: Any) -> None:
    app, manager = FastAPI(), ConnectionManager()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept(subprotocol="chat")
        async with manager.connected(websocket):
            await websocket.receive()

    async with running(app, ws) as here, connect(here.url("/ws"), subprotocols=["chat"]) as client:  # type: ignore[list-item]
        assert client.subprotocol == "chat"
        await until(lambda: manager.active_connections)
        await manager.broadcast("hi")
        assert await hears(client) == ["hi"]
