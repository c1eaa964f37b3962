"""Opaque ids: 80 bits, time first, so that new rows stand beside new rows."""

import re
import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16
_ID = re.compile(rf"[{_ALPHABET}]{{{_LENGTH}}}\Z")


def new_id() -> str:
    """A new id of 16 characters: 42 bits of milliseconds, then 38 bits of chance (Crockford's base 32)."""
    number = (time.time_ns() // 1_000_000 & (1 << 42) - 1) << 38 | secrets.randbits(38)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def is_id(text: str) -> bool:
    """Whether this could be an id at all, so that nonsense never reaches the database."""
    return _ID.match(text) is not None
