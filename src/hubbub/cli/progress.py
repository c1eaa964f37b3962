"""A bar that shows how far something long has come, on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Told = Callable[[int, int], None]


@contextmanager
def progress_bar(what: str) -> Iterator[Told]:
    """Give a function that takes how much is done and of how much, and shows it on standard error."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    # Loaded only for a terminal, because a pipe needs no bar.
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
