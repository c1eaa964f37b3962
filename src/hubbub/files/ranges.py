"""The one range of bytes that a request may ask for. Pure."""

import re
from typing import NamedTuple

_ONE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*\Z", re.ASCII)


class Part(NamedTuple):
    """Which bytes to send."""

    start: int
    length: int


def part_of(header: str | None, size: int) -> Part | None:
    """The part that a `Range` header asks for; the whole where it asks for none, for several, or for what is no range.

    None when there is nothing there: it begins behind the end.
    """
    asked = _ONE.match(header) if header else None
    if asked is None or not (asked[1] or asked[2]):
        return Part(0, size)
    if not asked[1]:
        length = min(int(asked[2]), size)
        return Part(size - length, length) if length else None
    start = int(asked[1])
    last = min(int(asked[2]), size - 1) if asked[2] else size - 1
    if start >= size:
        return None
    return Part(start, last - start + 1) if last >= start else Part(0, size)
