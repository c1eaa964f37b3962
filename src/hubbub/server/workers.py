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
LOOK_SECONDS = 5.0
SILENT_LOOKS = 6
"""Whoever has said nothing at so many looks in a row hangs. Looks are counted, not seconds: this process may have slept too."""

_READY, _ALIVE = b"r", b"a"


@dataclass(frozen=True)
class Worker:
    """One of the processes, as it sees itself."""

    number: int
    is_first: bool
    """Whether it is the first one of all: the one that greets."""
    lifeline: int
    """A file descriptor that can be read, and is at its end, as soon as the process that looks after this one is gone."""
    _mouth: int

    def is_ready(self) -> None:
        """Tell that this one serves."""
        self._tell(_READY)

    def is_alive(self) -> None:
        """Tell that this one does not hang. It is to be told every few seconds from the start to the end."""
        self._tell(_ALIVE)

    def _tell(self, word: bytes) -> None:
        with suppress(BrokenPipeError, BlockingIOError):  # nobody is there any more to hear it, or nobody listens just now
            os.write(self._mouth, word)


@dataclass
class _Running:
    pid: int
    number: int
    since: float
    ear: int
    is_kept: bool
    """Whether another one takes its place when it ends."""
    is_ready: bool = False
    code: int = 0
    """The exit code, once it has ended."""
    _has_spoken: bool = False
    _silent_looks: int = 0

    def listen(self) -> None:
        """Hear what it has told."""
        with suppress(BlockingIOError):
            told = os.read(self.ear, 65536)
            self.is_ready = self.is_ready or _READY in told
            self._has_spoken = self._has_spoken or _ALIVE in told

    def is_found_hanging(self) -> bool:
        """Look at it once more; whether it has now been silent for too long."""
        self.listen()
        self._silent_looks = 0 if self._has_spoken else self._silent_looks + 1
        self._has_spoken = False
        return self._silent_looks == SILENT_LOOKS

    @property
    def name(self) -> str:
        """As the log calls it."""
        return f"Worker {self.number + 1} (process {self.pid})"


class Workers:
    """Keeps so many processes running until SIGTERM or Ctrl-C. SIGHUP replaces them, one after the other, by the same code.

    They are forks of this process, which must have no threads. One that dies is replaced, and one that hangs is killed; one
    that is never ready at the start ends it all. They stop by themselves when this process is gone, however it went.
    """

    def __init__(self, count: int, serve: Callable[[Worker], int], *, clock: Callable[[], float] = time.monotonic) -> None:
        """`serve` is what each of them does; its result is the exit code."""
        self._count = count
        self._serve = serve
        self._clock = clock
        self._running: dict[int, _Running] = {}
        self._has_started = self._is_stopping = self._is_replacing = False
        self._quick_deaths = 0
        self._next_look = clock() + LOOK_SECONDS
        self._lifeline, self._hand = os.pipe()

    def run(self) -> int:
        """Run until the end; the exit code: 0, or that of the worker that could not start."""
        gc.collect()
        gc.freeze()  # so that the workers go on sharing this memory
        with self._signals():
            code = self._start_all()
            while self._running:
                self._attend()
                if self._is_replacing and not self._is_stopping:
                    self._replace_all()
        return code

    def _start_all(self) -> int:
        """Start them one after the other. When one cannot, all are told to end; its exit code, which is never 0."""
        for number in range(self._count):
            started = self._start(number, is_kept=False)
            if self._comes_to_serve(started) or self._is_stopping:
                continue
            if not started or not started.is_ready:
                self._stop()
                return max(started.code, 1) if started else 1
            # It served, and had died before that was heard.
            self._has_started = True
            self._revive(started)
        return 0

    def _start(self, number: int, *, is_kept: bool) -> _Running | None:
        """Start one; None when it is too late for that."""
        ear, mouth = os.pipe()
        for end in (ear, mouth):
            os.set_blocking(end, False)
        # No signal comes between a fork and the note of it, or that one would never hear of the end.
        with _held_back():
            pid = -1 if self._is_stopping else os.fork()
            if pid == 0:
                self._be(Worker(number, not self._has_started, self._lifeline, mouth), ear)
            os.close(mouth)
            if pid < 0:
                os.close(ear)
                return None
            started = self._running[pid] = _Running(pid, number, self._clock(), ear, is_kept)
        return started

    def _be(self, worker: Worker, ear: int) -> None:
        """The life of a worker. It does not return."""
        code = 1
        try:
            # A group of its own: a Ctrl-C is for whoever looks after it, who passes it on.
            os.setpgid(0, 0)
            for not_its_own in (self._hand, ear, *(running.ear for running in self._running.values())):
                os.close(not_its_own)
            signal.set_wakeup_fd(-1)
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            code = self._serve(worker)
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(OSError):  # nobody reads what it says
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _comes_to_serve(self, started: _Running | None) -> bool:
        """Wait until it serves, and keep it from then on; whether it does, and did not end or is to end before."""
        while started and started.pid in self._running and not started.is_ready and not self._is_stopping:
            self._attend(started.ear)
            if started.pid in self._running:
                started.listen()
        if not started or not started.is_ready or started.pid not in self._running:
            return False
        started.is_kept = self._has_started = True
        return True

    def _attend(self, *ears: int) -> None:
        """Wait for a signal, for an end, for a word into one of these ears or for the time to look, and see to it."""
        self._sleep(max(0.0, self._next_look - self._clock()), *ears)
        while gone := self._next_end():
            gone.listen()
            os.close(gone.ear)
            if gone.is_kept and not self._is_stopping:
                self._revive(gone)
        if self._clock() >= self._next_look:
            self._look_after_them()

    def _next_end(self) -> _Running | None:
        """One that has ended."""
        while True:
            # No signal comes between an end and the note of it, or it would be passed on to a process that is no more.
            with _held_back():
                pid, status = os.waitpid(-1, os.WNOHANG) if self._running else (0, 0)
                gone = self._running.pop(pid, None)
            if gone is not None:
                gone.code = os.waitstatus_to_exitcode(status)
            if gone is not None or pid == 0:
                return gone

    def _revive(self, gone: _Running) -> None:
        how = f"was ended by signal {-gone.code}" if gone.code < 0 else f"ended with exit code {gone.code}"
        _logger.error("%s %s; another one takes its place.", gone.name, how)
        is_quick = self._clock() - gone.since < QUICK_DEATH_SECONDS
        self._quick_deaths = self._quick_deaths + 1 if is_quick else 0
        if self._quick_deaths:
            self._sleep(min(0.1 * 2 ** min(self._quick_deaths, 10), LONGEST_PAUSE_SECONDS))
        self._start(gone.number, is_kept=True)

    def _look_after_them(self) -> None:
        """Kill whoever hangs; its end is then like any other."""
        self._next_look = self._clock() + LOOK_SECONDS
        for running in list(self._running.values()):
            if running.is_found_hanging():
                _logger.error("%s has not answered for %d seconds and is killed.", running.name, LOOK_SECONDS * SILENT_LOOKS)
                os.kill(running.pid, signal.SIGKILL)

    def _replace_all(self) -> None:
        """First the new one, then the end of the old one, so that there are never too few."""
        self._is_replacing = False
        for old in list(self._running.values()):
            if not self._comes_to_serve(self._start(old.number, is_kept=False)):
                if not self._is_stopping:
                    _logger.error("The new worker %d did not start, so the old ones stay.", old.number + 1)
                return
            old.is_kept = False
            with _held_back():
                if old.pid in self._running:
                    os.kill(old.pid, signal.SIGTERM)
            while old.pid in self._running:
                self._attend()

    def _stop(self) -> None:
        self._is_stopping = True
        for pid in list(self._running):
            os.kill(pid, signal.SIGTERM)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._is_replacing = True
        elif number != signal.SIGCHLD:
            # The second time hastens them.
            self._stop()

    def _sleep(self, seconds: float, *ears: int) -> None:
        """Wait for a signal, or for a word into one of these ears; at most so long."""
        if self._woken in select.select([self._woken, *ears], [], [], seconds)[0]:
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
