"""What a person wants to be told of, and when to be left in peace, as their clients keep it here. The page reads the same."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeGuard
from zoneinfo import ZoneInfo

from pydantic_core import from_json

Level = Literal["all", "mentions", "nothing"]

KEYWORDS = 50
KEYWORD_LENGTH = 50
EMAIL_MINUTES = (5, 24 * 60)
EMAIL_MINUTES_AT_FIRST = 30
DAY_MINUTES = 24 * 60

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z")


class Quiet(NamedTuple):
    """The hours of every day in which somebody wants peace, in minutes of the day on their own clock."""

    start: int
    end: int
    zone: tzinfo

    def holds(self, now: int) -> bool:
        """Whether these hours are now, in milliseconds since 1970."""
        there = datetime.fromtimestamp(now / 1000, self.zone)
        minute = there.hour * 60 + there.minute
        return self.start <= minute < self.end if self.start <= self.end else minute >= self.start or minute < self.end


class Wishes(NamedTuple):
    """What one person chose."""

    levels: Mapping[str, Level] = {}
    """By room, where it is not the usual one."""
    quiet: Quiet | None = None
    paused_until: int = 0
    keywords: re.Pattern[str] | None = None
    """What finds the person's own words in a text."""
    shows_words: bool = False
    """Whether a push brings along who wrote what."""
    email_after: int | None = EMAIL_MINUTES_AT_FIRST
    """After how many minutes unread a letter tells of a message, where there is an address; None for no letters."""

    def level_of(self, room_id: str, kind: str) -> Level:
        """What the person is told of in a room."""
        return self.levels.get(room_id, "all" if kind == "direct" else "mentions")

    def want_peace(self, now: int) -> bool:
        """Whether the person is to be left alone now, in milliseconds since 1970."""
        return self.paused_until > now or (self.quiet is not None and self.quiet.holds(now))


NOTHING_CHOSEN = Wishes()


@lru_cache(4096)
def wishes_from(preferences: str) -> Wishes:
    """The wishes in somebody's preferences, which are JSON. What is missing or makes no sense counts as never chosen."""
    kept = from_json(preferences).get("notifications")
    if not isinstance(kept, dict):
        return NOTHING_CHOSEN
    paused, rooms = kept.get("paused"), kept.get("rooms")
    return Wishes(
        levels={room: level for room, level in rooms.items() if level in ("all", "mentions", "nothing")} if isinstance(rooms, dict) else {},
        quiet=_quiet(kept.get("quiet"), kept.get("zone")),
        paused_until=int(paused) if _is_number(paused) else 0,
        keywords=finder_of(kept.get("keywords")),
        shows_words=kept.get("words") is True,
        email_after=_email_after(kept),
    )


def finder_of(keywords: Any) -> re.Pattern[str] | None:
    """What finds these words in a text: whole, and whether they are written large or small. None for no words."""
    if not isinstance(keywords, list):
        return None
    words = [" ".join(word.split()) for word in keywords if isinstance(word, str)][:KEYWORDS]
    ways = "|".join(re.escape(_composed(word)) for word in words if 0 < len(word) <= KEYWORD_LENGTH)
    return re.compile(rf"(?<!\w)(?:{ways})(?!\w)", re.IGNORECASE) if ways else None


def is_found(finder: re.Pattern[str] | None, text: str) -> bool:
    """Whether one of the words is in the text."""
    return finder is not None and finder.search(_composed(text)) is not None


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _quiet(quiet: Any, zone: Any) -> Quiet | None:
    if not isinstance(quiet, dict):
        return None
    start, end = _minute(quiet.get("from")), _minute(quiet.get("to"))
    return Quiet(start, end, zone_named(zone)) if start is not None and end is not None else None


def _minute(time: Any) -> int | None:
    found = _TIME.match(time) if isinstance(time, str) else None
    return int(found[1]) * 60 + int(found[2]) if found else None


def zone_named(name: Any) -> tzinfo:
    """The time zone of this name; UTC for what is none, or not known on this machine."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and len(name) <= 64 else UTC
    except (ValueError, OSError, KeyError):
        return UTC


def _email_after(kept: Mapping[str, Any]) -> int | None:
    if kept.get("email") is False:
        return None
    least, most = EMAIL_MINUTES
    minutes = kept.get("email_minutes")
    return max(least, min(int(minutes), most)) if _is_number(minutes) else EMAIL_MINUTES_AT_FIRST


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53
