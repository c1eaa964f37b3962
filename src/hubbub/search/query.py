"""What somebody searches for, read from what they wrote. Pure. Nothing that can be written is an error."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from hubbub.search.words import words_of

TERMS = 20

# An operator with its value, a phrase in quotes, or a word; a quote that is not closed goes to the end.
_PART = re.compile(r'(?:(?P<operator>from|in|before|after|has):)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side in a message; of an open term the last word may only begin there."""

    words: tuple[str, ...]
    is_open: bool


@dataclass(slots=True)
class Query:
    """What a message must be to be found: all of it at once; of several names, any one."""

    terms: list[Term] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    has: set[str] = field(default_factory=set)
    before: int | None = None
    """Milliseconds since 1970."""
    after: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said of what to look for."""
        return not (self.terms or self.authors or self.rooms or self.has or self.before is not None or self.after is not None)


def read_query(text: str) -> Query:
    """The query that a text means: words, "quoted phrases", `from:`, `in:`, `before:`, `after:`, `has:`.

    Days are those of UTC. An operator with a value that it cannot take is looked for as words.
    """
    query = Query()
    for part in _PART.finditer(text):
        operator, value = (part["operator"] or "").lower(), part["phrase"] if part["phrase"] is not None else part["word"]
        if operator and _OPERATORS[operator](query, value):
            continue
        words = words_of(f"{operator} {value}" if operator else value)
        if words and len(query.terms) < TERMS:
            # Half of all words begin with any one letter: nobody means them all.
            is_open = part["phrase"] is None and not (words[-1].isascii() and len(words[-1]) == 1)
            query.terms.append(Term(tuple(words), is_open))
    return query


def _from(query: Query, name: str) -> bool:
    return _named(query.authors, name.removeprefix("@"))


def _in(query: Query, name: str) -> bool:
    return _named(query.rooms, name.removeprefix("#"))


def _named(names: list[str], name: str) -> bool:
    if name.strip() and len(names) < TERMS:
        names.append(name)
    return bool(name.strip())


def _has(query: Query, what: str) -> bool:
    thing = what.casefold().removesuffix("s")
    if thing not in ("link", "file"):
        return False
    query.has.add(thing)
    return True


def _before(query: Query, text: str) -> bool:
    day = _day(text)
    if day is not None:
        query.before = day if query.before is None else min(day, query.before)
    return day is not None


def _after(query: Query, text: str) -> bool:
    day = _day(text)
    if day is not None:
        first = day + int(timedelta(days=1).total_seconds() * 1000)
        query.after = first if query.after is None else max(first, query.after)
    return day is not None


def _day(text: str) -> int | None:
    try:
        return int(datetime.combine(date.fromisoformat(text), time(), UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


_OPERATORS: dict[str, Callable[[Query, str], bool]] = {"from": _from, "in": _in, "before": _before, "after": _after, "has": _has}
