"""The command line: `hubbub serve`, and what the operator says to a chat."""

import gc

# Garbage in cycles is looked for less often: a sixth of the work of a message, and of the time that a command takes to start.
gc.set_threshold(20_000, 20, 100)

from hubbub.cli.main import app  # noqa: E402 - what it imports is most of what there is to look through

__all__ = ["app"]
