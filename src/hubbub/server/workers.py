"""Several processes that serve the same sockets, and the one that looks after them: it starts, replaces and ends them."""

import gc
import logging
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

_logger = logging.getLogger("uvicorn.error")

QUICK_DEATH_SECONDS = 5.0
"""Whoever dies sooner is not started again at once."""
LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True)
class Worker:
    """One of the processes, as it sees itself."""

    number: int
    is_first: bool
    """Whether it is the first one of all: the one that greets."""
    lifeline: int
    """A file descriptor that can be read, and is at its end, as soon as the process that looks after this one is gone."""
    _ready: int

    def is_ready(self) -> None:
        """Tell that this one serves."""
        with suppress(BrokenPipeError):  # nobody is there any more to hear it
            os.write(self._ready, b".")
        os.close(self._ready)


@dataclass
class _Running:
    number: int
    since: float


class Workers:
    """Keeps so many processes running until SIGTERM or Ctrl-C. SIGHUP replaces them, one after the other.

    They are forks of this process, which must have no threads. One that dies is replaced; one that is never ready at the
    start ends it all. They stop by themselves when this process is gone, however it went.
    """

    def __init__(self, count: int, serve: Callable[[Worker], int]) -> None:
        """`serve` is what each of them does; its result is the exit code."""
        self._count = count
        self._serve = serve
        self._running: dict[int, _Running] = {}
        self._has_started = self._is_stopping = self._is_replacing = False
        self._quick_deaths = 0
        self._lifeline, self._hand = os.pipe()

    def run(self) -> int:
        """Run until the end; the exit code: 0, or that of the worker that could not start."""
        gc.collect()
        gc.freeze()  # so that the workers go on sharing this memory
        with self._signals():
            for number in range(self._count):
                pid, is_ready = self._start(number)
                if not is_ready:
                    code = self._ended(pid)
                    self._stop()
                    self._wait_for_all()
                    return 0 if self._is_stopping else max(code, 1)
            while self._running:
                self._wait_for_one()
                if self._is_replacing and not self._is_stopping:
                    self._replace_all()
        return 0

    def _start(self, number: int) -> tuple[int, bool]:
        """Start one, and wait until it serves or has failed to."""
        heard, ready = os.pipe()
        # No signal comes between a fork and the note of it, or that one would never hear of the end.
        with _held_back():
            pid = 0 if self._is_stopping else os.fork()
            if pid == 0 and not self._is_stopping:
                self._be(Worker(number, not self._has_started, self._lifeline, ready), heard)
            if pid:
                self._running[pid] = _Running(number, time.monotonic())
        os.close(ready)
        is_ready = bool(os.read(heard, 1))
        os.close(heard)
        self._has_started = self._has_started or is_ready
        return pid, is_ready

    def _be(self, worker: Worker, heard: int) -> None:
        """The life of a worker. It does not return."""
        code = 1
        try:
            # A group of its own: a Ctrl-C is for whoever looks after it, who passes it on.
            os.setpgid(0, 0)
            os.close(self._hand)
            os.close(heard)
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
            code = self._serve(worker)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _wait_for_one(self) -> None:
        """Wait until one ends or a signal comes, and replace it where it should not have ended."""
        self._sleep(None)
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            gone = self._running.pop(pid)
            if not self._is_stopping:
                self._revive(gone, pid, os.waitstatus_to_exitcode(status))

    def _revive(self, gone: _Running, pid: int, code: int) -> None:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        _logger.error("Worker %d (process %d) %s; another one takes its place.", gone.number + 1, pid, how)
        is_quick = time.monotonic() - gone.since < QUICK_DEATH_SECONDS
        self._quick_deaths = self._quick_deaths + 1 if is_quick else 0
        if self._quick_deaths:
            self._sleep(min(0.1 * 2 ** min(self._quick_deaths, 10), LONGEST_PAUSE_SECONDS))
        self._start(gone.number)

    def _replace_all(self) -> None:
        """First the new one, then the end of the old one, so that there are never too few."""
        self._is_replacing = False
        for old, running in list(self._running.items()):
            pid, is_ready = self._start(running.number)
            if not is_ready:
                _logger.error("The new worker %d did not start, so the old ones stay.", running.number + 1)
                self._ended(pid)
                return
            os.kill(old, signal.SIGTERM)
            self._ended(old)

    def _ended(self, pid: int) -> int:
        """Wait for the end of one; its exit code."""
        if self._running.pop(pid, None) is None:
            return 0
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def _wait_for_all(self) -> None:
        for pid in list(self._running):
            self._ended(pid)

    def _stop(self) -> None:
        for pid in list(self._running):
            os.kill(pid, signal.SIGTERM)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._is_replacing = True
        elif number != signal.SIGCHLD:
            # The second time hastens them.
            self._is_stopping = True
            self._stop()

    def _sleep(self, seconds: float | None) -> None:
        """Wait for a signal; for a while, or for as long as it takes."""
        if select.select([self._woken], [], [], seconds)[0]:
            os.read(self._woken, 4096)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        self._woken, waking = os.pipe()
        for end in (self._woken, waking):
            os.set_blocking(end, False)
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        signal.set_wakeup_fd(waking)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            for end in (self._woken, waking, self._lifeline, self._hand):
                os.close(end)


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


@contextmanager
def _held_back() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
