"""Two workers that do nothing but say what they are, on standard output: what `Workers` looks after in the tests."""

import os
import select
import signal
import sys
from pathlib import Path

from hubbub.server.workers import Workers


def serve(worker):
    """Say so, and stay until SIGTERM, or until nobody is there any more. Show life at once, and then whenever told to by SIGUSR1."""
    if sys.argv[1:] == ["unready"] and worker.number == 1:
        return 7
    woken, waking = os.pipe()
    for end in (woken, waking):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waking)
    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, lambda *_: None)
    say(f"begins {worker.number} {os.getpid()} {worker.is_first}")
    worker.is_alive()
    worker.is_ready()
    if sys.argv[1:2] == ["dies once"] and worker.number == 1 and not os.path.exists(sys.argv[2]):
        Path(sys.argv[2]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    say(f"serves {worker.number} {os.getpid()}")
    while woken in select.select([woken, worker.lifeline], [], [])[0] and os.read(woken, 1)[0] == signal.SIGUSR1:
        worker.is_alive()
        say(f"lives {worker.number} {os.getpid()}")
    say(f"ends {worker.number} {os.getpid()}")
    return 0


def say(line):
    """One line, at once and in one piece."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    kind, *files = sys.argv[1:] or [""]
    clock = Path(files[0]) if files and kind != "dies once" else None
    if kind == "beside a stranger" and os.fork() == 0:
        os._exit(0)
    # Time stands still, or is what the file says; whoever changes that wakes the program by SIGCHLD.
    sys.exit(Workers(2, serve, clock=lambda: float(clock.read_text()) if clock else 0.0).run())
