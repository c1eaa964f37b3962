"""Stops `Workers` by SIGTERM at each of its lines in turn, in one of three moments, and says what came of it."""

import os
import select
import signal
import sys
from contextlib import suppress
from itertools import count

from hubbub.server import workers


class Attempt:
    """Two workers, and a SIGTERM at the line of this number, counted from when the moment begins."""

    def __init__(self, moment, number):
        """`moment` is `begins`, `replaces one` that was killed, or `replaces all`."""
        self.is_cut_short = False
        self._moment = moment
        self._left = number
        self._is_counting = False
        self._me = os.getpid()
        self._family = workers.Workers(2, serve, clock=lambda: 0.0)
        self._end_of_moment = {"begins": "_start_all", "replaces one": "_revive", "replaces all": "_replace_all"}[moment]

    def plays(self):
        """How it ended: an exit code, or an exception."""
        sys.settrace(self._trace)
        try:
            return self._family.run()
        except Exception as error:
            return error
        finally:
            sys.settrace(None)

    def _trace(self, frame, event, _argument):
        if os.getpid() != self._me or frame.f_code.co_filename != workers.__file__ or frame.f_locals.get("self") is not self._family:
            return None
        name = frame.f_code.co_name
        if event == "call" and name == "_start_all" and self._moment == "begins":
            self._is_counting = True
        if event == "line" and name not in ("run", "_signals") and self._is_counting:
            self._left -= 1
            if self._left == 0:
                self.is_cut_short = True
                os.kill(self._me, signal.SIGTERM)
        elif event == "return" and name == self._end_of_moment and not self.is_cut_short:
            os.kill(self._me, signal.SIGTERM)
        elif event == "return" and name == "_start_all" and not self.is_cut_short:
            self._is_counting = True
            if self._moment == "replaces one":
                os.kill(next(iter(self._family._running)), signal.SIGKILL)
            else:
                os.kill(self._me, signal.SIGHUP)
        return self._trace


def serve(worker):
    """Be there until SIGTERM."""
    sys.settrace(None)
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking)
    signal.signal(signal.SIGTERM, lambda *_: None)
    worker.is_ready()
    select.select([woken, worker.lifeline], [], [])
    return 0


def somebody_is_left():
    """Whether a worker outlived it, or was never asked how it ended."""
    with suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
        return True
    return False


if __name__ == "__main__":
    workers.LONGEST_PAUSE_SECONDS = 0.0
    for number in count(1):
        attempt = Attempt(sys.argv[1], number)
        outcome = attempt.plays()
        if outcome != 0 or somebody_is_left():
            sys.exit(f"stopped at line {number}: {outcome!r}")
        if not attempt.is_cut_short:
            print(number)
            break
