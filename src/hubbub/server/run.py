"""Runs an app under uvicorn with our protocol class, and ends it in good order."""

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from types import FrameType
from typing import Any, Literal, TypedDict, Unpack

import uvicorn
from uvicorn.config import LOGGING_CONFIG
from uvicorn.server import HANDLED_SIGNALS

from hubbub.server.front import Front
from hubbub.server.listening import CannotListen, open_sockets
from hubbub.server.protocol import Protocol

__all__ = ["CannotListen", "Options", "Runner", "serve"]

_logger = logging.getLogger("uvicorn.error")

_CLOSING_SECONDS = 3
"""How long connections and tasks may take to end once the app has drained."""
_LIFESPAN_SECONDS = 2.0
"""How long the app's own shutdown may take after that."""
_PATIENCE = 0.2
"""For which part of the time for draining nobody need answer our goodbye before it is taken that nobody will."""
_LOOK_SECONDS = 0.02

OnStarted = Callable[[str, int], None]
Drain = Callable[[], Awaitable[None]]


class Options(TypedDict, total=False):
    """What can be set beside the address."""

    on_started: OnStarted | None
    """Called once it listens, with the host and the real port."""
    drain: Drain | None
    """Awaited when it is to stop, before connections are closed."""
    drain_seconds: float
    """How long that may take, and the clients' answers to our goodbye with it; 5 seconds."""
    max_message_bytes: int
    """The largest WebSocket message; 64 KiB."""
    ping_interval: float | None
    """How long a WebSocket may be quiet before it is pinged; 20 seconds, None for never."""
    ping_timeout: float | None
    """How much longer it may be quiet before it is given up; 20 seconds, None for ever."""
    trusted_proxies: str
    """Whose X-Forwarded headers are believed: addresses with commas between them, or *; 127.0.0.1."""
    access_log: bool
    """Whether each request is logged; no."""
    log_config: dict[str, Any] | str | None
    """A logging configuration or a file with one; uvicorn's own. None leaves logging alone."""
    log_level: str | int | None
    """From which level on uvicorn logs; as the configuration has it."""
    lifespan: Literal["auto", "on", "off"]
    """Whether the app has a lifespan; on."""
    handle_signals: bool
    """Whether SIGTERM and Ctrl-C stop it; yes."""


def serve(app: Any, *, host: str = "127.0.0.1", port: int = 8000, **options: Unpack[Options]) -> int:
    """Serve until SIGTERM or Ctrl-C; answers the exit code, which is 0 for an orderly end.

    The address is claimed before the app starts, and who connects meanwhile waits. Raises CannotListen, with a
    sentence, when it is not to be had. An app that fails to start is exit code 3.
    """
    runner = Runner(app, host=host, port=port, **options)
    sockets = open_sockets(host, port)
    try:
        runner.run(sockets)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 1
    finally:
        for listening in sockets:
            listening.close()
    return 0


class Runner(uvicorn.Server):
    """uvicorn's server with our protocol class, and an end in three steps.

    When it is to stop it accepts no more connections, awaits `drain` and the answers of those whom that told goodbye, for
    at most `drain_seconds`, and then lets uvicorn close what is left: WebSockets with 1012, tasks by cancelling, the
    lifespan last. A second signal skips the waiting. `on_started(host, port)` is called once it listens, with the real port.
    """

    def __init__(self, app: Any, *, host: str = "127.0.0.1", port: int = 8000, **options: Unpack[Options]) -> None:
        super().__init__(_configuration(app, host, port, options))
        self._on_started = options.get("on_started")
        self._drain = options.get("drain")
        self._drain_seconds = options.get("drain_seconds", 5.0)
        self._handle_signals = options.get("handle_signals", True)
        self._hurry = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, then accept connections, then say so."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if self._on_started is not None and self.started:
            listening = self.servers[0].sockets[0]
            self._on_started(self.config.host, int(listening.getsockname()[1]))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing new, let the app drain, and close what is left; bounded in every step."""
        for server in self.servers:
            server.close()
        deadline = asyncio.get_running_loop().time() + self._drain_seconds
        await self._drain_within_bounds()
        await self._hear_goodbyes(deadline)
        try:
            async with asyncio.timeout(_CLOSING_SECONDS + _LIFESPAN_SECONDS):
                await super().shutdown(sockets)
                if self.force_exit:
                    # uvicorn leaves the lifespan out when it is in a hurry; the app still has things to put away.
                    await self.lifespan.shutdown()
        except TimeoutError:
            _logger.error("The app did not shut down in %s seconds and is left behind.", _LIFESPAN_SECONDS)

    async def _drain_within_bounds(self) -> None:
        if self._drain is None:
            return
        draining = asyncio.ensure_future(self._drain())
        hurrying = asyncio.ensure_future(self._hurry.wait())
        await asyncio.wait((draining, hurrying), timeout=self._drain_seconds, return_when=asyncio.FIRST_COMPLETED)
        hurrying.cancel()
        if not draining.done():
            draining.cancel()
            _logger.warning("Stopped waiting for work under way.")
        elif not draining.cancelled() and draining.exception() is not None:
            _logger.error("Draining failed.", exc_info=draining.exception())

    async def _hear_goodbyes(self, deadline: float) -> None:
        """Let those answer who were told goodbye: to hang up on a peer that still talks would take the goodbye back.

        Until all have, or nobody has any more for a while, because some never will.
        """
        clock, left, patient_until = asyncio.get_running_loop().time, len(self.server_state.connections) + 1, deadline
        while (closing := sum(map(_is_closing, self.server_state.connections))) and not self._hurry.is_set():
            if closing < left:
                left, patient_until = closing, min(deadline, clock() + self._drain_seconds * _PATIENCE)
            elif clock() >= patient_until:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGTERM and Ctrl-C. Unlike uvicorn's, this does not raise them again: an orderly end is exit code 0."""
        if not self._handle_signals or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal stops the server, the second one hastens it."""
        if self.should_exit:
            self.force_exit = True
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._hurry.set)
        self.should_exit = True


def _is_closing(connection: object) -> bool:
    return isinstance(connection, Protocol) and connection.close_timer is not None


def _configuration(app: Any, host: str, port: int, options: Options) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="auto",
        http=Front,
        ws="hubbub.server:Protocol",
        ws_max_size=options.get("max_message_bytes", 65536),
        ws_ping_interval=options.get("ping_interval", 20.0),
        ws_ping_timeout=options.get("ping_timeout", 20.0),
        ws_per_message_deflate=False,
        forwarded_allow_ips=options.get("trusted_proxies", "127.0.0.1"),
        access_log=options.get("access_log", False),
        log_config=options.get("log_config", LOGGING_CONFIG),
        log_level=options.get("log_level"),
        lifespan=options.get("lifespan", "on"),
        server_header=False,
        backlog=4096,
        timeout_graceful_shutdown=_CLOSING_SECONDS,
    )
