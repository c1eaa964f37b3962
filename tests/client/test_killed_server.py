"""`hubbub serve`, killed without a word in the middle of everything, and started again."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest
from waiting import first

from hubbub.client import Client, Timing

pytestmark = pytest.mark.anyio

COUNT = 600
KILLS = 3


class ServedProcess:
    """`hubbub serve` on a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.is_up = asyncio.Event()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "HUBBUB_DATA": str(folder),
            "HUBBUB_PORT": str(self.port),
            "HUBBUB_RATE_LIMITS": "off",
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await self._run("serve", stdout=asyncio.subprocess.PIPE)
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            while f":{self.port}" not in (await self._process.stdout.readline()).decode():
                assert not self._process.stdout.at_eof(), "the server ended"
        self.is_up.set()

    async def kill(self) -> None:
        assert self._process is not None
        self.is_up.clear()
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def token(self, name: str) -> str:
        for words in (("user", "add", name), ("token", "create", name)):
            process = await self._run(*words, stdout=asyncio.subprocess.PIPE)
            output, _ = await process.communicate()
            assert process.returncode == 0
        return output.decode().strip()

    async def _run(self, *words: str, stdout: int = asyncio.subprocess.DEVNULL) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hubbub", *words, env=self._environment, stdout=stdout, stderr=asyncio.subprocess.DEVNULL
        )


async def test_nothing_is_lost_or_doubled_when_the_server_is_killed(tmp_path: Path) -> None:
    server = ServedProcess(tmp_path / "data")
    await server.start()
    try:
        tokens = [await server.token(name) for name in ("ada", "grace")]
        url, timing = f"http://127.0.0.1:{server.port}", Timing(sleep=lambda _: server.is_up.wait())
        async with Client(url, token=tokens[0], timing=timing) as ada, Client(url, token=tokens[1], timing=timing) as grace:
            room, feed = ada.room("lobby"), grace.room("lobby").messages()
            start = grace.room("lobby").last_seq
            sending = [asyncio.create_task(room.send(f"m{number}")) for number in range(COUNT)]
            found = []
            for _ in range(KILLS):
                found += await first(COUNT // (KILLS * 4), feed)
                await server.kill()
                await server.start()
            found += await first(COUNT - len(found), feed, 60)
            seqs = await asyncio.gather(*sending)
            last = await room.send("the last one")
            found += await first(1, feed)
        assert [message.seq for message in found] == list(range(start + 1, last + 1))
        assert sorted(seqs) == list(range(start + 1, last))
        assert {message.seq: message.text for message in found[:-1]} == {seq: f"m{number}" for number, seq in enumerate(seqs)}
    finally:
        await server.kill()
