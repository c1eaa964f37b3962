"""Units of work under way, and which of them run together."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hubbub.database.transaction import Transaction

Unit = Callable[[Transaction], Any]
UnitOfMany = Callable[[Transaction, list[Any]], list[Any]]
Done = Callable[[Any, BaseException | None], None]


@dataclass(slots=True)
class Work:
    """A unit of work under way, and whom to tell. With `many`, neighbours of the same unit run as one."""

    unit: Any
    draft: Any
    is_many: bool
    done: Done
    rooms: Collection[str] | None = None
    result: Any = None
    error: BaseException | None = None


def parts(batch: list[Work]) -> Iterator[list[Work]]:
    """What may share a transaction where others write too: those that name their rooms. Whoever names none is alone."""
    together: list[Work] = []
    for work in batch:
        if work.rooms is not None:
            together.append(work)
            continue
        if together:
            yield together
            together = []
        yield [work]
    if together or not batch:
        yield together


def rooms_of(batch: list[Work]) -> set[str] | None:
    """The rooms of a whole batch; None when one of its units did not say."""
    if any(work.rooms is None for work in batch):
        return None
    return {room for work in batch for room in work.rooms or ()}


def neighbours(batch: list[Work]) -> Iterator[list[Work]]:
    """The batch in its order, with neighbours that run as one joined into groups."""
    for unit, group in groupby(batch, key=lambda work: work.unit if work.is_many else None):
        if unit is None:
            yield from ([work] for work in group)
        else:
            yield list(group)


def results_of(transaction: Transaction, group: list[Work]) -> list[Any]:
    """Run a group: one unit, or many drafts of the same unit as one."""
    first = group[0]
    if first.is_many:
        return list(first.unit(transaction, [work.draft for work in group]))
    return [first.unit(transaction)]


def keep(results: list[Any], group: list[Work]) -> None:
    """Keep the results of a group until its commit."""
    for work, result in zip(group, results, strict=True):
        work.result = result
