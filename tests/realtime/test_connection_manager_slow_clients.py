"""A client that does not keep up with a ConnectionManager: it delays nobody, holds little memory, and is closed with 1013."""

import asyncio
import gc
import itertools
from collections import deque
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from manager_stage import SECONDS, Chat, hears, running, sleeper, until
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hubbub import ConnectionManager
from hubbub.realtime.parcel import Parcel

pytestmark = pytest.mark.anyio

LINE = 65_536
BOUND = 4 * LINE


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture(params=["hubbub.server:Protocol", "websockets-sansio"], ids=["prepared", "plain"])
def ws(request: pytest.FixtureRequest) -> Any:
    """The WebSocket protocol to serve with."""
    return request.param


async def wakes_up(client: ClientConnection) -> list[str | bytes]:
    """What a sleeper hears once it reads on, up to its end."""
    heard: list[str | bytes] = []
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                heard.append(await client.recv())
            except ConnectionClosed:
                return heard


def parcels_kept() -> int:
    """How many messages are in memory anywhere."""
    gc.collect()
    return sum(type(thing) is Parcel for thing in gc.get_objects())


def numbered(number: int) -> str:
    return f"{number} ".ljust(LINE, ".")


async def writes_to(manager: ConnectionManager, websocket: WebSocket, begun: list[int]) -> None:
    """Personal messages without end; `begun` tells which of them were begun."""
    for number in itertools.count():
        begun.append(number)
        await manager.send_personal_message(numbered(number), websocket)


async def until_stuck(begun: list[int]) -> None:
    """Until the loop has turned many times and no further message was begun."""
    seen: deque[int] = deque(maxlen=1000)
    await until(lambda: seen.append(len(begun)) or (len(seen) == seen.maxlen and seen[0] == seen[-1]))  # type: ignore[func-returns-value]


async def test_a_client_that_never_reads_is_closed_with_1013_and_the_others_get_everything(ws: Any) -> None:
    chat = Chat(ConnectionManager(max_waiting_bytes=BOUND))
    async with running(chat.app, ws) as here, connect(here.url("/ws/grace")) as grace, sleeper(here.url("/ws/slow"), here.port) as slow:
        sent = most_kept = 0
        kept_before = parcels_kept()
        while len(chat.manager.active_connections) == 2:
            await chat.manager.broadcast(numbered(sent))
            assert await hears(grace) == [numbered(sent)]
            if sent % 16 == 0:  # a look through all of the memory takes its time
                most_kept = max(most_kept, parcels_kept() - kept_before)
            sent += 1
        assert most_kept <= BOUND // LINE + 3
        await chat.manager.broadcast("slow is gone")
        assert await hears(grace) == ["slow is gone"]
        heard = await wakes_up(slow)
        assert heard == [numbered(number) for number in range(len(heard))]
        assert len(heard) < sent
        assert (slow.close_code, slow.close_reason) == (1013, "too slow: more was waiting for this connection than is kept; connect again")
        assert await asyncio.wait_for(chat.left["slow"], SECONDS) == 1013
        assert not chat.left["grace"].done()


async def test_it_may_come_back(ws: Any) -> None:
    chat = Chat(ConnectionManager(max_waiting_bytes=BOUND))
    async with running(chat.app, ws) as here:
        async with sleeper(here.url("/ws/slow"), here.port) as slow:
            while chat.manager.active_connections:
                await chat.manager.broadcast(numbered(0))
            await wakes_up(slow)
        async with connect(here.url("/ws/slow")) as awake:
            await chat.manager.broadcast("welcome back")
            assert await hears(awake) == ["welcome back"]


async def test_what_waits_in_the_transport_or_the_queue_is_bounded_by_bytes() -> None:
    chat = Chat(ConnectionManager(max_waiting_bytes=BOUND))
    async with running(chat.app, "hubbub.server:Protocol") as here, sleeper(here.url("/ws/slow"), here.port):
        wire = chat.here["slow"].scope["extensions"]["hubbub.prepared"]
        most = 0
        while chat.manager.active_connections:
            await chat.manager.broadcast(numbered(0))
            most = max(most, wire.buffered_bytes)
        assert BOUND // 2 < most <= BOUND + LINE + 100


async def test_many_small_messages_are_bounded_by_their_number() -> None:
    chat = Chat(ConnectionManager(max_waiting_messages=10))
    async with running(chat.app, "websockets-sansio") as here, sleeper(here.url("/ws/slow"), here.port) as slow:
        manager, websocket = chat.manager, chat.here["slow"]
        begun: list[int] = []
        writing = asyncio.create_task(writes_to(manager, websocket, begun))
        await until_stuck(begun)
        for number in range(10):
            await manager.broadcast(str(number))
        assert manager.active_connections == [websocket]
        await manager.broadcast("one more")
        assert manager.active_connections == []
        await wakes_up(slow)
        with pytest.raises(WebSocketDisconnect):
            await writing
        assert slow.close_code == 1013


async def test_a_burst_within_one_turn_is_no_sign_of_a_slow_client(ws: Any) -> None:
    chat = Chat(ConnectionManager(max_waiting_messages=10, max_waiting_bytes=1000))
    async with running(chat.app, ws) as here, connect(here.url("/ws/ada")) as ada:
        for number in range(5000):
            chat.manager.publish(str(number))
        assert await hears(ada, 5000) == [str(number) for number in range(5000)]


async def test_a_personal_message_waits_for_a_slow_client_and_broadcasts_keep_their_place_behind_it(ws: Any) -> None:
    chat = Chat()
    async with running(chat.app, ws) as here, connect(here.url("/ws/grace")) as grace, sleeper(here.url("/ws/slow"), here.port) as slow:
        manager, websocket = chat.manager, chat.here["slow"]
        begun: list[int] = []
        writing = asyncio.create_task(writes_to(manager, websocket, begun))
        await until_stuck(begun)
        waiting_one = begun[-1]
        await manager.broadcast("meanwhile")
        assert await hears(grace) == ["meanwhile"]
        heard: list[str | bytes] = []
        while "meanwhile" not in heard:
            heard += await hears(slow)
        writing.cancel()
        assert heard == [*(numbered(number) for number in range(waiting_one + 1)), "meanwhile"]


async def test_what_the_endpoint_of_a_slow_client_still_sends_raises_a_disconnect(ws: Any) -> None:
    chat = Chat(ConnectionManager(max_waiting_bytes=BOUND))
    async with running(chat.app, ws) as here, sleeper(here.url("/ws/slow"), here.port) as slow:
        while chat.manager.active_connections:
            await chat.manager.broadcast(numbered(0))
        reading = asyncio.create_task(wakes_up(slow))
        with pytest.raises(WebSocketDisconnect):
            await chat.manager.send_personal_message("too late", chat.here["slow"])
        assert "too late" not in await reading


async def test_an_endpoint_that_listens_only_later_hears_of_it_by_a_disconnect_too(ws: Any) -> None:
    app, manager = FastAPI(), ConnectionManager(max_waiting_bytes=BOUND)
    is_done = asyncio.Event()
    heard_of_it: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await manager.connect(websocket)
        await is_done.wait()
        with pytest.raises(WebSocketDisconnect) as gone:
            await websocket.receive_text()
        heard_of_it.set_result(gone.value.code)

    async with running(app, ws) as here, sleeper(here.url("/ws"), here.port) as slow:
        while manager.active_connections:
            await manager.broadcast(numbered(0))
        await wakes_up(slow)
        is_done.set()
        assert await asyncio.wait_for(heard_of_it, SECONDS) == 1013
