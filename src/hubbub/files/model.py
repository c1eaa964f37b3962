"""What a file is, and the rules that need neither a database nor a disk."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hubbub.errors import Invalid, TooLarge

FILES_PER_MESSAGE = 10
UPLOADS_AT_ONCE = 100
"""So many uploads one person may have in no message."""
UNSENT_HOURS = 24
KEY_LENGTH = 64
NAME_CHARACTERS = 200
NAME_BYTES = 240
"""A name fits into a file system's, with room for a few letters more."""
LONGEST_SECONDS = 7 * 24 * 60 * 60
WIDEST = 65_535

_CATEGORIES_DROPPED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
# They turn the direction of what follows, so that `photo[RLO]gpj.exe` reads as a photo.
_TURNS_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_PLAIN = re.compile(r"[^A-Za-z0-9 !#$&+\-.^_~()]")


@dataclass(frozen=True, slots=True)
class Claims:
    """What an uploader says of a file. Its name is shown, the rest is only believed where nobody can look."""

    name: str
    size: int
    is_voice: bool = False
    width: int | None = None
    height: int | None = None
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file, or an upload on its way."""

    id: str
    user_id: str
    key: str | None
    name: str
    type: str
    kind: str
    size: int
    width: int | None
    height: int | None
    duration: float | None
    is_voice: bool
    digest: str | None
    content: str | None
    thumbnail: str | None
    created_at: int
    finished_at: int | None
    room_id: str | None
    seq: int | None

    @property
    def is_whole(self) -> bool:
        """Whether its bytes are kept."""
        return self.finished_at is not None

    def as_json(self) -> dict[str, Any]:
        """The file as everybody sees it: what is not known of it is left out."""
        facts: dict[str, Any] = {"id": self.id, "name": self.name, "type": self.type, "size": self.size, "kind": self.kind}
        for name, value in (("width", self.width), ("height", self.height), ("duration", self.duration)):
            if value is not None:
                facts[name] = value
        return facts | ({"voice": True} if self.is_voice else {})


def checked_claims(claims: Claims, *, limit: int) -> Claims:
    """The claims with a name that can be shown and kept anywhere. Raises `Invalid` or `TooLarge`."""
    if claims.size > limit:
        raise TooLarge(f"A file has {limit:,} bytes at most; this one has {claims.size:,}.", field="size")
    if claims.size < 1:
        raise Invalid("This file is empty. Send one with something in it.", field="size")
    seconds = claims.duration
    if seconds is not None and not 0 <= seconds <= LONGEST_SECONDS:
        raise Invalid(f"`duration` is a number of seconds from 0 to {LONGEST_SECONDS:,}.", field="duration")
    for side in (claims.width, claims.height):
        if side is not None and not 1 <= side <= WIDEST:
            raise Invalid(f"`width` and `height` are from 1 to {WIDEST:,}.", field="width")
    duration = None if seconds is None else round(seconds, 2)
    return Claims(cleaned_name(claims.name), claims.size, claims.is_voice, claims.width, claims.height, duration)


def checked_key(key: str | None) -> str | None:
    """The uploader's own key. Raises `Invalid`."""
    if key is not None and (not 1 <= len(key) <= KEY_LENGTH or re.search("[\x00\ud800-\udfff]", key)):
        raise Invalid(f"`key` has 1 to {KEY_LENGTH} characters of your own choice, such as a UUID.", field="key")
    return key


def cleaned_name(name: str) -> str:
    """A name without folders and without what cannot be seen, which every file system takes. It is only ever shown."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(letter for letter in last if unicodedata.category(letter) not in _CATEGORIES_DROPPED)
    visible = _TURNS_DIRECTION.sub("", unicodedata.normalize("NFC", visible))
    tidy = " ".join(visible.split()).rstrip(". ")
    if not tidy.strip(". "):
        return "file"
    return _shortened(f"_{tidy}" if _RESERVED.match(tidy) else tidy)


def disposition(name: str, *, is_inline: bool) -> str:
    """The header `Content-Disposition` (RFC 6266, 5987): plain letters for old programs, the true name for all others."""
    plain = _PLAIN.sub("_", name)
    return f"{'inline' if is_inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _shortened(name: str) -> str:
    """The name cut to its length, with its ending kept."""
    if len(name) <= NAME_CHARACTERS and len(name.encode()) <= NAME_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = f"{dot}{ending}" if stem and len(ending.encode()) <= 16 else ""
    stem = name[: len(name) - len(tail)][: NAME_CHARACTERS - len(tail)]
    return stem.encode()[: NAME_BYTES - len(tail.encode())].decode(errors="ignore").rstrip(". ") + tail
