"""Clients that do not read, vanish, die in the middle of a frame or all come back at once: nobody else pays for them."""

import asyncio
import contextlib
import json
import resource

import httpx2
import pytest
from checker import check
from clients import LOST, Message, Reader, Scene, Writer, at_work, connected, welcomed
from history import History
from raw_wire import CLOSE, PING, framed, welcomed_wire, wire
from server_process import ServerProcess
from stage import furnish, read_log

pytestmark = pytest.mark.anyio

MEGABYTE = 1024 * 1024
SLOW = 12
LONG_MESSAGES = 800
LONG = "x" * 7000
RETURNING = 200


@contextlib.asynccontextmanager
async def a_server(folder, *people, **settings):
    stage = await furnish(folder, people)
    async with ServerProcess(folder, **settings) as server:
        yield Scene(server, stage, History())


async def until_so(is_so, *, within=20):
    """Wait for what the server process does by itself, which nothing here can announce."""
    async with asyncio.timeout(within):
        while not is_so():
            await asyncio.sleep(0.02)


async def test_clients_that_never_read_cost_the_others_nothing_and_the_server_little(tmp_path):
    async with a_server(tmp_path, "ada", "grace", "hedy") as scene, contextlib.AsyncExitStack() as stack:
        lobby, token = scene.stage.rooms["lobby"], scene.stage.tokens["hedy"]
        slow = [await stack.enter_async_context(welcomed_wire(scene.server.port, token, receive_bytes=4096)) for _ in range(SLOW)]
        ada = Writer("ada", scene, (Message(lobby, str(number), LONG) for number in range(LONG_MESSAGES)))
        grace = Reader("grace", scene, [lobby])
        before = scene.server.resident_bytes()
        async with at_work(ada, grace):
            await scene.progress.until(lambda: ada.acknowledged == LONG_MESSAGES)
            log = await read_log(scene.server.url, scene.stage, {lobby: "ada"})
            await scene.progress.until(lambda: grace.has_all({lobby: len(log[lobby])}))
        # What they are owed is more than five megabytes for each.
        assert scene.server.resident_bytes() - before < SLOW * 3 * MEGABYTE
        assert check(scene.history, log) == []
        # One of them wakes up, and finds everything there in its order.
        missed = [event.seq for event in log[lobby]][-LONG_MESSAGES:]
        assert [(await slow[0].hears_text())["seq"] for _ in missed] == missed


async def test_a_client_that_asks_on_and_on_and_never_reads_fills_no_memory(tmp_path):
    async with a_server(tmp_path, "ada") as scene, welcomed_wire(scene.server.port, scene.stage.tokens["ada"], receive_bytes=4096) as ada:
        before = scene.server.resident_bytes()
        questions = framed(type="ping", id=2**53 - 1) * 1000
        # More than a hundred megabytes of answers, should nobody put a stop to it.
        with contextlib.suppress(ConnectionError):
            for _ in range(2500):
                ada.writer.write(questions)
                await ada.writer.drain()
        assert scene.server.resident_bytes() - before < 32 * MEGABYTE


async def test_a_client_that_answers_no_ping_is_dropped(tmp_path):
    async with a_server(tmp_path, "ada", ping_seconds=1, silence_seconds=3) as scene:
        before = scene.server.connections()
        async with welcomed_wire(scene.server.port, scene.stage.tokens["ada"]) as ada:
            frames = []
            with contextlib.suppress(asyncio.IncompleteReadError):
                while True:
                    frames.append(await ada.hears())
            assert [opcode for opcode, _ in frames] == [PING, CLOSE]
            assert int.from_bytes(frames[-1][1][:2], "big") == 1011
            await until_so(lambda: scene.server.connections() <= before)


async def test_two_hundred_who_are_cut_off_at_once_are_back_and_miss_nothing(tmp_path):
    async with a_server(tmp_path, "ada", "grace") as scene:
        lobby = scene.stage.rooms["lobby"]
        crowd = [Reader(f"grace/{number}", scene, [lobby]) for number in range(RETURNING)]
        async with at_work(*crowd):
            await scene.progress.until(lambda: all(reader.is_connected for reader in crowd))
            await posts(scene, lobby, "before", 5)
            scene.server.is_up.clear()
            for reader in crowd:
                reader.is_cut_off()
            await scene.progress.until(lambda: not any(reader.is_connected for reader in crowd))
            await posts(scene, lobby, "meanwhile", 30)
            scene.server.is_up.set()
            log = await read_log(scene.server.url, scene.stage, {lobby: "ada"})
            await scene.progress.until(lambda: all(reader.has_all({lobby: len(log[lobby])}) for reader in crowd))
        assert check(scene.history, log) == []


async def posts(scene, room, name, count):
    writer = Writer("ada", scene, [Message(room, f"{name}-{number}", name) for number in range(count)])
    async with connected(scene.server, scene.stage, "ada") as websocket:
        await writer.converse(websocket)
    assert writer.acknowledged == count


async def test_clients_that_die_in_the_middle_of_a_frame_leave_nothing_behind(tmp_path):
    async with a_server(tmp_path, "ada", "grace") as scene:
        lobby, token = scene.stage.rooms["lobby"], scene.stage.tokens["ada"]
        await posts(scene, lobby, "before", 1)
        before = scene.server.connections()
        send = framed(type="send", id=1, room=lobby, key="half", text="half a message")
        for end in (1, 2, 4, 7, len(send) // 2, len(send) - 1):
            async with welcomed_wire(scene.server.port, token) as dying:
                dying.writer.write(send[:end])
                dying.vanishes()
        async with wire(scene.server.port, token) as silent:
            silent.vanishes()
        await until_so(lambda: scene.server.connections() <= before)
        await posts(scene, lobby, "after", 1)
        log = await read_log(scene.server.url, scene.stage, {lobby: "grace"})
        assert [event.key for event in log[lobby] if event.key] == ["before-0", "after-0"]


async def test_without_file_descriptors_it_serves_the_old_refuses_the_new_and_recovers(tmp_path):
    async with a_server(tmp_path, "ada", "grace") as scene, contextlib.AsyncExitStack() as stack:
        lobby = scene.stage.rooms["lobby"]
        ada = await stack.enter_async_context(connected(scene.server, scene.stage, "ada"))
        await welcomed(ada)
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=scene.server.url, headers=scene.stage.bearer("grace")))
        assert (await http.get("/health")).status_code == 200
        scene.server.limit(resource.RLIMIT_NOFILE, scene.server.open_files() + 3)
        welcomes = await asyncio.gather(*(is_let_in(scene, stack) for _ in range(20)))
        assert sum(welcomes) <= 3
        await ada.send(json.dumps({"type": "send", "id": 1, "room": lobby, "key": "still", "text": "here"}))
        answers = [json.loads(await asyncio.wait_for(ada.recv(), 10)) for _ in range(2)]
        assert {answer["type"] for answer in answers} == {"ok", "message.created"}
        reads = [(await http.get(f"/api/rooms/{lobby}/messages")).status_code for _ in range(8)]
        assert set(reads) <= {200, 503}
        scene.server.limit(resource.RLIMIT_NOFILE, 1024)
        async with connected(scene.server, scene.stage, "grace") as websocket:
            assert (await welcomed(websocket))["user"]["name"] == "grace"
        assert (await http.get(f"/api/rooms/{lobby}/messages")).status_code == 200


async def is_let_in(scene, stack):
    """Whether somebody new is welcomed within two seconds. They stay."""
    with contextlib.suppress(*LOST):
        async with asyncio.timeout(2):
            websocket = await stack.enter_async_context(connected(scene.server, scene.stage, "grace"))
            await websocket.send(json.dumps({"type": "hello"}))
            return json.loads(await websocket.recv())["type"] == "welcome"
    return False
