"""The runner: real ports, signals to a real process, exit codes, and an end that does not depend on the clients."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from running_server import raw_websocket
from websocket_wire import close_in, sends
from websockets.asyncio.client import connect

from hubbub.server.listening import CannotListen, open_sockets
from hubbub.server.run import Runner, serve

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Program:
    """The program under test, in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.port = 0

    async def says(self) -> str:
        assert self.process.stdout is not None
        return (await asyncio.wait_for(self.process.stdout.readline(), 20)).decode().strip()

    def is_told(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ends(self) -> int:
        return await asyncio.wait_for(self.process.wait(), 10)

    async def complains(self) -> str:
        assert self.process.stderr is not None
        return (await asyncio.wait_for(self.process.stderr.read(), 10)).decode()


@contextlib.asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[Program]:
    script = Path(__file__).parent / "stopping_program.py"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, str(script), *arguments, stdout=pipe, stderr=pipe)
    program = Program(process)
    try:
        if arguments[0] != "failing":
            assert await program.says() == "starting"
            host, port = (await program.says()).split()
            assert host == "127.0.0.1"
            program.port = int(port)
        yield program
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_drains_says_1012_puts_the_app_away_and_exits_0(number: signal.Signals) -> None:
    async with started("orderly") as program, connect(f"ws://127.0.0.1:{program.port}") as client:
        program.is_told(number)
        await asyncio.wait_for(client.wait_closed(), 10)
        assert client.close_code == 1012
        assert await program.says() == "draining"
        assert await program.says() == "put away"
        assert await program.ends() == 0
        assert await program.complains() == ""


async def test_clients_that_never_close_do_not_keep_it_from_exiting_0() -> None:
    async with started("orderly") as program, raw_websocket(program.port) as client:
        program.is_told(signal.SIGTERM)
        assert await program.ends() == 0
        assert close_in(await client.hears_all()) == (1012, "")


async def test_whoever_still_talks_when_it_says_goodbye_may_finish() -> None:
    async with started("polite", "60") as program, raw_websocket(program.port) as client:
        program.is_told(signal.SIGTERM)
        assert await client.hears(b"restart") == b"\x88\x09" + (1012).to_bytes(2, "big") + b"restart"
        for _ in range(1000):
            # Were it gone, it would answer this with a reset.
            client.says(sends("x" * 1000))
            await client.writer.drain()
        assert await client.answers_close() == []
        assert await program.ends() == 0


async def test_while_it_drains_nobody_new_gets_in() -> None:
    async with started("stuck", "60") as program:
        program.is_told(signal.SIGTERM)
        assert await program.says() == "draining"
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", program.port)
        assert program.process.returncode is None


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_the_waiting_and_still_puts_the_app_away(second: signal.Signals) -> None:
    async with started("stuck", "60") as program:
        program.is_told(signal.SIGTERM)
        assert await program.says() == "draining"
        program.is_told(second)
        assert await program.says() == "put away"
        assert await program.ends() == 0


@pytest.mark.parametrize(("kind", "complaint"), [("stuck", ""), ("broken", "on purpose")])
async def test_draining_that_hangs_or_fails_does_not_keep_it_from_ending(kind: str, complaint: str) -> None:
    async with started(kind, "0.2") as program:
        program.is_told(signal.SIGTERM)
        assert await program.says() == "draining"
        assert await program.says() == "put away"
        assert await program.ends() == 0
        assert complaint in await program.complains()


async def test_an_app_that_fails_to_start_is_not_exit_code_0() -> None:
    async with started("failing") as program:
        assert await program.ends() == 3
        assert "on purpose" in await program.complains()


async def quiet_app(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "websocket"
    await send({"type": "websocket.accept"})
    await receive()
    await receive()


async def test_a_runner_can_be_started_and_stopped_inside_a_test() -> None:
    began: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
    runner = Runner(
        quiet_app,
        port=0,
        on_started=lambda host, port: began.set_result((host, port)),
        lifespan="off",
        log_config=None,
        handle_signals=False,
    )
    handler = signal.getsignal(signal.SIGTERM)
    serving = asyncio.create_task(runner.serve(open_sockets("127.0.0.1", 0)))
    host, port = await asyncio.wait_for(began, 10)
    assert signal.getsignal(signal.SIGTERM) is handler
    async with connect(f"ws://{host}:{port}") as client:
        runner.should_exit = True
        await asyncio.wait_for(client.wait_closed(), 10)
        assert client.close_code == 1012
    await asyncio.wait_for(serving, 10)


async def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    (taken,) = open_sockets("127.0.0.1", 0)
    with taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"Cannot listen on 127.0.0.1 port {port}: another program listens there already"):
            serve(quiet_app, host="127.0.0.1", port=port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
async def test_an_address_that_is_not_ours_is_told_in_a_sentence(host: str) -> None:
    with pytest.raises(CannotListen, match=f"Cannot listen on {host} port 8000: that is no address of this machine"):
        open_sockets(host, 8000)


async def test_a_name_with_several_addresses_gets_one_port_on_all_of_them() -> None:
    opened = open_sockets("localhost", 0)
    try:
        assert len({bound.getsockname()[1] for bound in opened}) == 1
        assert {bound.family for bound in opened} <= {socket.AF_INET, socket.AF_INET6}
    finally:
        for bound in opened:
            bound.close()
