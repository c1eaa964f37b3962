"""What a node asks of the database so as to be sure, because news of it may have been lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hubbub.realtime.session import Pass, Speaker


@dataclass(frozen=True, slots=True)
class Question:
    """How do these rooms, users and passes stand?"""

    rooms: Sequence[str] = ()
    users: Mapping[str, Speaker] = field(default_factory=dict)
    """Users by their ids, as they were known when it was asked."""
    passes: Mapping[str, Pass] = field(default_factory=dict)
    """What sessions were opened with, by their ids."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How they stand in one snapshot."""

    last_seqs: Mapping[str, int]
    """Where each of the rooms ends."""
    users: Mapping[str, Speaker]
    """Those of the users who are active."""
    rooms_of: Mapping[str, Sequence[str]]
    """The rooms of each, but for archived ones."""
    ended: Sequence[str]
    """Ids of those passes that let nobody in any more."""


AnswerDone = Callable[[Answer | None], Any]
Ask = Callable[[Question, AnswerDone], None]
"""Hands the answer on when it is there, or None when the database cannot be read now."""
