"""`hubbub serve`: a chat, a web server, a greeting, and an orderly end."""

import asyncio
import gc
import socket

import typer

from hubbub.app import Hubbub
from hubbub.cli.banner import print_banner, warnings
from hubbub.errors import StartupError
from hubbub.server.listening import CannotListen, open_sockets
from hubbub.server.run import Runner
from hubbub.settings import Settings

STOPPING_SECONDS = 2.0
COLLECTING = (20_000, 20, 100)


def run(settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit code. Raises `StartupError` when the address or the data cannot be had."""
    try:
        # Before the data is opened: with the port in use, nothing is touched.
        sockets = open_sockets(settings.host, settings.port)
    except CannotListen as error:
        raise StartupError(error.strerror) from None
    try:
        serving = Serving(settings)
        with asyncio.Runner(loop_factory=serving.server.config.get_loop_factory()) as loop:
            return loop.run(serving.serve(sockets))
    finally:
        for listening in sockets:
            listening.close()


class Serving:
    """One chat, served by one process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._chat = Hubbub(settings)
        self._setup_token: str | None = None
        self.server = Runner(
            self._chat.served,
            host=settings.host,
            port=settings.port,
            on_started=self._greet,
            drain=self._chat.drain,
            drain_seconds=settings.drain_seconds,
            max_message_bytes=settings.frame_limit,
            ping_interval=settings.ping_seconds,
            ping_timeout=max(1.0, settings.silence_seconds - settings.ping_seconds),
            trusted_proxies=settings.trusted_proxies,
            log_level="warning",
            # Started and stopped here, so that what keeps the chat from starting is told in one sentence.
            lifespan="off",
        )

    async def serve(self, sockets: list[socket.socket]) -> int:
        """Serve on these sockets until a signal comes; the exit code."""
        with self.server.capture_signals():
            try:
                await self._chat.start()
                self._setup_token = await self._chat.accounts.setup_token()
                await self.server.serve(sockets)
            finally:
                code = await self._stop()
        return code

    async def _stop(self) -> int:
        try:
            async with asyncio.timeout(STOPPING_SECONDS):
                await self._chat.stop()
        except TimeoutError:
            typer.echo("hubbub: The database could not be closed in time. What was acknowledged is kept.", err=True)
            return 1
        return 0

    def _greet(self, _host: str, port: int) -> None:
        _collect_less()
        for warning in warnings(self._settings):
            typer.echo(f"Warning: {warning}", err=True)
        print_banner(self._settings, port, self._setup_token)


def _collect_less() -> None:
    """Look for garbage in cycles less often, and never among what was made at the start: a sixth of the work of a message."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTING)
