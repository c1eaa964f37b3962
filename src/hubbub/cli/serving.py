"""`hubbub serve`: a chat, a web server, a greeting, and an orderly end."""

import asyncio
import gc
import signal
import socket

import typer

from hubbub.app import Hubbub
from hubbub.cli.banner import print_banner, warnings
from hubbub.cli.endings import CANNOT_START
from hubbub.database.kind import kind_of
from hubbub.errors import StartupError
from hubbub.server.listening import CannotListen, open_sockets
from hubbub.server.run import Runner
from hubbub.server.workers import Worker, Workers
from hubbub.settings import Settings

STOPPING_SECONDS = 2.0
LIFE_SECONDS = 1.0


def run(settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit code. Raises `StartupError` when the address or the data cannot be had."""
    _check_workers(settings)
    try:
        # Before the data is opened: with the port in use, nothing is touched.
        sockets = open_sockets(settings.host, settings.port)
    except CannotListen as error:
        raise StartupError(error.strerror) from None
    try:
        if settings.workers == 1:
            return _serve(settings, sockets, None)
        return Workers(settings.workers, lambda worker: _work(settings, sockets, worker)).run()
    finally:
        for listening in sockets:
            listening.close()


def _check_workers(settings: Settings) -> None:
    """Raises `StartupError` where one process alone can have the data."""
    if settings.workers > 1 and not kind_of(settings.database_url).is_shared:
        raise StartupError(
            f"{settings.workers} workers need PostgreSQL (--database postgresql://…), because an SQLite file has one process that writes. "
            "One worker on SQLite serves thousands of people; `hubbub move` brings your data over when that is not enough."
        )


def _serve(settings: Settings, sockets: list[socket.socket], worker: Worker | None) -> int:
    serving = Serving(settings, worker)
    with asyncio.Runner(loop_factory=serving.server.config.get_loop_factory()) as loop:
        return loop.run(serving.serve(sockets))


def _work(settings: Settings, sockets: list[socket.socket], worker: Worker) -> int:
    try:
        return _serve(settings, sockets, worker)
    except StartupError as obstacle:
        typer.echo(f"hubbub: {obstacle}", err=True)
        return CANNOT_START


class Serving:
    """One chat, served by one process."""

    def __init__(self, settings: Settings, worker: Worker | None = None) -> None:
        """`worker` says which one of several processes this is."""
        self._settings = settings
        self._worker = worker
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
                if self._worker:
                    self._show_life(self._worker)
                    asyncio.get_running_loop().add_reader(self._worker.lifeline, self._is_abandoned, self._worker.lifeline)
                await self._chat.start()
                if self._is_first:
                    self._setup_token = await self._chat.accounts.setup_token()
                await self.server.serve(sockets)
            finally:
                code = await self._stop()
        return code

    def _show_life(self, worker: Worker) -> None:
        """Tell, again and again, that the event loop goes round."""
        worker.is_alive()
        asyncio.get_running_loop().call_later(LIFE_SECONDS, self._show_life, worker)

    def _is_abandoned(self, lifeline: int) -> None:
        """Nobody looks after this worker any more: it stops, as by a signal."""
        asyncio.get_running_loop().remove_reader(lifeline)
        self.server.handle_exit(signal.SIGTERM, None)

    async def _stop(self) -> int:
        try:
            async with asyncio.timeout(STOPPING_SECONDS):
                await self._chat.stop()
        except TimeoutError:
            typer.echo("hubbub: The database could not be closed in time. What was acknowledged is kept.", err=True)
            return 1
        return 0

    @property
    def _is_first(self) -> bool:
        """Whether this process is the one that greets: each link for the owner ends the one before."""
        return self._worker is None or self._worker.is_first

    def _greet(self, _host: str, port: int) -> None:
        _leave_what_is_here()
        if self._worker:
            self._worker.is_ready()
        if not self._is_first:
            return
        for warning in warnings(self._settings):
            typer.echo(f"Warning: {warning}", err=True)
        print_banner(self._settings, port, self._setup_token)


def _leave_what_is_here() -> None:
    """Never look for garbage among what was made at the start: it stays."""
    gc.collect()
    gc.freeze()
