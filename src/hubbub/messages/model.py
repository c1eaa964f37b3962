"""What a message is, and the rules that need no database."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from hubbub.accounts.model import NAME_LENGTH, User, name_key
from hubbub.errors import Invalid, TooLarge

KEY_LENGTH = 64
NAMES_LOOKED_UP = 400

# What JSON can spell and neither UTF-8 nor every database can keep.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_AT = re.compile(r"(?<![^\W_])@(?=\w)")
_WORD_END = re.compile(r"(?<=\w)(?!\w)")


class MessageDraft(NamedTuple):
    """A message before it is in the journal."""

    user: User
    room_id: str
    key: str
    text: str


class Posted(NamedTuple):
    """A message in the journal. A repeated key gives the first one's, as a duplicate."""

    room_id: str
    seq: int
    at: str
    is_duplicate: bool
    body: bytes
    """The message as it stands, as JSON."""

    def as_json(self) -> bytes:
        """The message as `POST` answers it."""
        return self.body[:-1] + b',"duplicate":true}' if self.is_duplicate else self.body


@dataclass(frozen=True, slots=True)
class Edit:
    """What a message says since it was edited."""

    text: str
    mentions: list[str]
    edited_at: str


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in their order, as JSON, and where to go on."""

    items: list[bytes]
    before: int | None
    after: int | None

    def as_json(self) -> bytes:
        """The page as REST gives it: the messages' own bytes, joined."""
        ends = b',"before":%s,"after":%s}' % (_number(self.before), _number(self.after))
        return b'{"items":[' + b",".join(self.items) + b"]" + ends


def checked_text(text: str, limit: int) -> str:
    """The text of a message. Raises `Invalid` when it is blank, `TooLarge` when it is too long."""
    if len(text) > limit:
        raise TooLarge(f"A message has {limit} characters at most; this one has {len(text)}. Send it in parts.", field="text")
    if not text.strip():
        raise Invalid("A message says something; this one is blank.", field="text")
    if _UNSTORABLE.search(text):
        raise Invalid("A message has no NUL characters and no halves of surrogate pairs.", field="text")
    return text


def checked_key(key: str) -> str:
    """The client's own key of a message. Raises `Invalid`."""
    if not 1 <= len(key) <= KEY_LENGTH or _UNSTORABLE.search(key):
        raise Invalid(f"`key` has 1 to {KEY_LENGTH} characters of your own choice, such as a UUID.", field="key")
    return key


def names_that_may_be_meant(text: str) -> list[str]:
    """The keys of all names that the text may mention: what follows each @, up to each end of a word.

    Names have spaces in them, so `@Ada Lovelace wrote` may mean Ada, Ada Lovelace, or somebody of three words.
    """
    found: dict[str, None] = {}
    for at in _AT.finditer(text):
        rest = text[at.end() : at.end() + NAME_LENGTH]
        for end in _WORD_END.finditer(rest):
            found[name_key(rest[: end.start()])] = None
            if len(found) >= NAMES_LOOKED_UP:
                return list(found)
    return list(found)


def who_is_meant(text: str, ids_by_key: dict[str, str]) -> list[str]:
    """The ids of those mentioned, in the order of the text: after each @ the longest name that somebody has."""
    meant: dict[str, None] = {}
    for at in _AT.finditer(text):
        rest = text[at.end() : at.end() + NAME_LENGTH]
        keys = [name_key(rest[: end.start()]) for end in _WORD_END.finditer(rest)]
        longest = next((ids_by_key[key] for key in reversed(keys) if key in ids_by_key), None)
        if longest is not None:
            meant[longest] = None
    return list(meant)


def as_it_stands(body: bytes, edit: Edit | None) -> bytes:
    """A message as JSON from its event: the event's own bytes, unless it was edited or deleted."""
    if edit is None and b'"redacted":true' not in body:
        return body
    message: dict[str, Any] = from_json(body)
    if message.get("redacted"):
        message["deleted"] = True
    elif edit is not None:
        message["text"] = edit.text
        message["edited_at"] = edit.edited_at
        message.pop("mentions", None)
        if edit.mentions:
            message["mentions"] = edit.mentions
    return to_json(message)


def _number(number: int | None) -> bytes:
    return b"null" if number is None else b"%d" % number
