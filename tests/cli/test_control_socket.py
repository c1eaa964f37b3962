"""The control socket: who may open it, what it takes, and how it ends."""

import asyncio
import json
import logging
import socket
import stat
from contextlib import asynccontextmanager

import pytest

from hubbub import Hubbub, Settings
from hubbub.control.asking import NobodyListens, ask
from hubbub.control.control_socket import ControlSocket
from hubbub.control.line import LINE_LIMIT, short, socket_beside
from hubbub.errors import BadFrame, Conflict, DataInUse, Invalid, NotFound, TooLarge, Unavailable, UnknownType

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def listening(folder, carry_out):
    folder.mkdir(parents=True, exist_ok=True)
    control = ControlSocket(folder / "hubbub.db", carry_out)
    await control.open()
    try:
        yield control
    finally:
        await control.close()


async def echo(command, arguments):
    return [command, arguments]


async def asks(folder, command="user.list", **arguments):
    return await asyncio.to_thread(ask, folder / "hubbub.db", command, arguments)


async def answer_to(folder, line):
    """What comes back for raw bytes."""
    with short(socket_beside(folder / "hubbub.db")) as path:
        reader, writer = await asyncio.open_unix_connection(path)
    writer.write(line)
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return json.loads(answer)


async def test_one_line_is_answered_by_one_line(tmp_path):
    async with listening(tmp_path, echo):
        assert await asks(tmp_path, "user.add", name="Ådä\nLovelace") == ["user.add", {"name": "Ådä\nLovelace"}]


async def test_nobody_else_may_open_it(tmp_path):
    async with Hubbub(Settings(data=tmp_path / "data")).lifespan():
        assert stat.S_IMODE((tmp_path / "data" / "hubbub.sock").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert not (tmp_path / "data" / "hubbub.sock").exists()


async def test_a_folder_with_a_long_path_has_one_too(tmp_path):
    folder = tmp_path / ("long" * 40)
    async with listening(folder, echo):
        assert await asks(folder) == ["user.list", {}]
    assert list(folder.iterdir()) == []


async def test_a_socket_left_by_a_dead_process_is_replaced(tmp_path):
    with socket.socket(socket.AF_UNIX) as dead, short(tmp_path / "hubbub.sock") as path:
        dead.bind(path)
    with pytest.raises(NobodyListens):
        await asks(tmp_path)
    async with listening(tmp_path, echo):
        assert await asks(tmp_path) == ["user.list", {}]


async def test_a_chat_serves_without_it_where_there_can_be_none(tmp_path, caplog):
    (tmp_path / "hubbub.sock").mkdir()
    with caplog.at_level(logging.WARNING):
        async with listening(tmp_path, echo):
            assert "Commands cannot reach this chat" in caplog.text


@pytest.mark.parametrize("line", [b"\n", b"hello\n", b"[]\n", b'{"command": 1, "arguments": {}, "database": ""}\n', b"[" * 100_000 + b"\n"])
async def test_what_is_no_request_is_a_bad_frame(tmp_path, line):
    async with listening(tmp_path, echo):
        assert (await answer_to(tmp_path, line))["error"]["code"] == BadFrame.code


async def test_a_request_is_bounded(tmp_path):
    async with listening(tmp_path, echo):
        assert (await answer_to(tmp_path, b"x" * (LINE_LIMIT + 1) + b"\n"))["error"]["code"] == TooLarge.code


async def test_a_chat_with_another_database_refuses(tmp_path):
    async with listening(tmp_path, echo):
        with pytest.raises(Conflict, match="not in"):
            await asyncio.to_thread(ask, tmp_path / "other.db", "user.list", {})


async def test_a_fault_of_ours_is_logged_and_not_shown(tmp_path, caplog):
    async def fail(command, arguments):
        raise ZeroDivisionError("secret")

    async with listening(tmp_path, fail):
        with pytest.raises(Unavailable) as refused:
            await asks(tmp_path)
    assert "secret" not in refused.value.message
    assert "ZeroDivisionError" in caplog.text


async def test_a_refusal_arrives_as_what_it_was(tmp_path):
    async def refuse(command, arguments):
        raise Unavailable("Not now.", retry_after=2)

    async with listening(tmp_path, refuse):
        with pytest.raises(Unavailable, match="Not now") as refused:
            await asks(tmp_path)
    assert refused.value.retry_after == 2


async def test_a_command_under_way_is_answered_before_it_closes(tmp_path):
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def take_time(command, arguments):
        begun.set()
        await may_end.wait()
        return "done"

    async with listening(tmp_path, take_time) as control:
        asking = asyncio.create_task(asks(tmp_path))
        await begun.wait()
        closing = asyncio.create_task(control.close())
        may_end.set()
        assert await asking == "done"
        await closing


async def test_a_client_that_says_nothing_does_not_keep_it_from_closing(tmp_path):
    async with asyncio.timeout(10), listening(tmp_path, echo) as control:
        with short(tmp_path / "hubbub.sock") as path:
            reader, writer = await asyncio.open_unix_connection(path)
        await control.close()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_a_server_that_dies_before_it_answers_leaves_the_outcome_open(tmp_path):
    async def hang_up(reader, writer):
        await reader.readline()
        writer.close()
        await writer.wait_closed()

    with short(tmp_path / "hubbub.sock") as path:
        server = await asyncio.start_unix_server(hang_up, path)
    with pytest.raises(Unavailable, match="Look whether") as refused:
        await asks(tmp_path)
    # Without a time to come back in: to try again by itself could do it twice.
    assert refused.value.retry_after is None
    server.close()


async def test_the_operator_refuses_what_makes_no_sense(tmp_path):
    chat = Hubbub(Settings(data=tmp_path / "data"))
    async with chat.lifespan():
        with pytest.raises(UnknownType, match=r"user\.praise"):
            await chat.operator.carry_out("user.praise", {})
        for arguments in ({}, {"name": 7}, {"name": "ada", "role": "emperor"}, {"name": "ada", "password": ["hunter2"]}):
            with pytest.raises(Invalid) as refused:
                await chat.operator.carry_out("user.add", arguments)
            assert "hunter2" not in refused.value.message
        with pytest.raises(NotFound):
            await chat.operator.carry_out("token.create", {"user": "ada", "name": "x"})


async def test_the_operator_makes_a_room_with_any_number_of_members(tmp_path):
    chat = Hubbub(Settings(data=tmp_path / "data"))
    async with chat.lifespan():
        names = [f"user{number}" for number in range(150)]
        await asyncio.gather(*(chat.operator.carry_out("user.add", {"name": name}) for name in names))
        room = await chat.operator.carry_out("room.add", {"name": "hall", "kind": "private", "members": names})
        assert room["last_seq"] == len(names)


async def test_a_folder_that_is_in_use_can_be_told_from_one_that_is_broken(tmp_path):
    async with Hubbub(Settings(data=tmp_path / "data")).lifespan():
        with pytest.raises(DataInUse):
            await Hubbub(Settings(data=tmp_path / "data")).start()


async def test_health_says_so_while_it_drains(tmp_path):
    import httpx2

    chat = Hubbub(Settings(data=tmp_path / "data"))
    async with chat.lifespan(), httpx2.AsyncClient(transport=httpx2.ASGITransport(chat.app), base_url="http://chat.test") as client:
        assert (await client.get("/health")).status_code == 200
        await chat.drain()
        assert (await client.get("/health")).status_code == 503
