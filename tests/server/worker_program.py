"""Two workers that do nothing but say what they are, on standard output: what `Workers` looks after in the tests."""

import os
import select
import signal
import sys

from hubbub.server.workers import Workers


def serve(worker):
    """Say so, and stay until SIGTERM, or until nobody is there any more."""
    if sys.argv[1:] == ["unready"] and worker.number == 1:
        return 7
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking)
    signal.signal(signal.SIGTERM, lambda *_: None)
    say(f"begins {worker.number} {os.getpid()} {worker.is_first}")
    worker.is_ready()
    say(f"serves {worker.number} {os.getpid()}")
    select.select([woken, worker.lifeline], [], [])
    say(f"ends {worker.number} {os.getpid()}")
    return 0


def say(line):
    """One line, at once and in one piece."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    sys.exit(Workers(2, serve).run())
