"""The command line: `hubbub serve`, and what the operator says to a chat."""

from hubbub.cli.main import app

__all__ = ["app"]
