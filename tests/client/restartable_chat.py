"""A real chat on a port that it keeps over restarts, and clients whose pauses end when it is up."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from hubbub import Hubbub, Settings
from hubbub.accounts.model import User
from hubbub.client import Client, Timing
from hubbub.server.run import Runner

MakeChat = Callable[..., Awaitable["RestartableChat"]]


class RestartableChat:
    """A chat that is served in this event loop, and can be stopped and started again on its data."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.paused: list[float] = []
        """How long clients were about to pause before they came back."""
        self._settings = Settings(data=folder, rate_limits="off", **settings)
        self._is_up = asyncio.Event()
        self.may_come_back = asyncio.Event()
        """Cleared to keep those away who lost their connection."""
        self.may_come_back.set()
        self._port = 0
        self._users: dict[str, User] = {}
        self.hubbub = Hubbub(self._settings)

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self.hubbub = Hubbub(self._settings)
        self._socket = _listening(self._port)
        self._port = self._socket.getsockname()[1]
        drain = self.hubbub.drain
        self._runner = Runner(self.hubbub.app, drain=drain, handle_signals=False, log_config=None, ping_interval=None, ping_timeout=None)
        self._runner.config.load()
        self._runner.lifespan = self._runner.config.lifespan_class(self._runner.config)
        await self._runner.startup([self._socket])
        assert self._runner.started
        self._is_up.set()

    async def stop(self) -> None:
        if self._is_up.is_set():
            self._is_up.clear()
            await self._runner.shutdown([self._socket])

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def user(self, name: str) -> User:
        if name not in self._users:
            self._users[name] = await self.hubbub.accounts.add_user(name)
        return self._users[name]

    async def token(self, name: str) -> str:
        created = await self.hubbub.accounts.create_token(await self.user(name), "test")
        return created.secret

    async def client(self, name: str, *, url: str | None = None, **options: Any) -> Client:
        """A client that has not connected yet; its pauses end as soon as the chat is up."""
        timing = Timing(sleep=self._pause, chance=lambda: 0.5)
        return Client(url or self.url, token=await self.token(name), **{"timing": timing, **options})

    async def log(self, room: str) -> list[dict[str, Any]]:
        """The whole log of a public room, read past every client."""
        rows = await self.hubbub.messages.events(await self.user("ada"), room, after=0, limit=100_000)
        return [json.loads(body) for _, body in rows]

    async def texts(self, room: str) -> list[str]:
        """What was said in a public room."""
        return [event["text"] for event in await self.log(room) if event["type"] == "message.created"]

    async def post(self, name: str, room: str, *texts: str) -> int:
        """Post messages past every client; the last one's seq."""
        seq = 0
        for text in texts:
            posted = await self.hubbub.messages.post_message(await self.user(name), room, key=str(uuid4()), text=text)
            seq = posted.seq
        return seq

    async def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        await self._is_up.wait()
        await self.may_come_back.wait()


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening
