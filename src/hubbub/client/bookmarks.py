"""Where a program that stops takes up again: how far it got in each room, kept outside of it."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hubbub.errors import Invalid


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """How far a program got: the last event of each room that it is done with."""

    epoch: str | None = None
    """Which life of the server the numbers belong to; another one after a backup was restored."""
    seqs: dict[str, int] = field(default_factory=dict)


class BookmarkStore(Protocol):
    """Keeps bookmarks. Both calls are short: they are made between two events."""

    def load(self) -> Bookmarks | None:
        """What was saved last; None before the first time."""

    def save(self, bookmarks: Bookmarks) -> None:
        """Keep these instead. When it returns, they are found by the next `load`."""


class BookmarkFile:
    """Bookmarks in a small JSON file, replaced as a whole."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def load(self) -> Bookmarks | None:
        """What the file says; None when there is none. Raises `Invalid` when it is no file of bookmarks."""
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            return Bookmarks(kept["epoch"], {str(room): int(seq) for room, seq in kept["seqs"].items()})
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Invalid(f"{self._path} holds no bookmarks ({error}). Move it away to begin with what comes from now on.") from None

    def save(self, bookmarks: Bookmarks) -> None:
        """Replace the file: whoever reads it finds the old bookmarks or these, never a half."""
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        fresh.write_text(json.dumps({"epoch": bookmarks.epoch, "seqs": bookmarks.seqs}), "utf-8")
        fresh.replace(self._path)
