"""What a message is, and the rules that need no database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from hubbub.accounts.model import NAME_LENGTH, User, name_key
from hubbub.errors import Invalid, TooLarge
from hubbub.protocol.events import timestamp
from hubbub.protocol.frames import FILES_PER_MESSAGE
from hubbub.protocol.ids import is_id
from hubbub.protocol.polls import NewPoll

KEY_LENGTH = 64
NAMES_LOOKED_UP = 400

EVERYBODY = "@room"
"""Stands in `mentions` for all members of the room."""
HERE = "@here"
"""Stands in `mentions` before the ids of those who were online when the message was posted."""

# What JSON can spell and neither UTF-8 nor every database can keep.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_AT = re.compile(r"(?<![^\W_])@(?=\w)")
_ROOM_OR_HERE = re.compile(r"(?:room|here)(?!\w)")
_WORD_END = re.compile(r"(?<=\w)(?!\w)")


class MessageDraft(NamedTuple):
    """A message before it is in the journal."""

    user: User
    room_id: str
    key: str
    text: str
    thread: int | None = None
    """The first message of the thread that it is a reply in."""
    also_to_room: bool = False
    """Whether a reply in a thread stands in the room too."""
    reply_to: int | None = None
    """The message that it quotes."""
    poll: NewPoll | None = None
    """What its readers may choose from."""
    files: tuple[str, ...] = ()
    """The ids of the uploads that it brings along."""
    is_scheduled: bool = False
    """Whether its author wrote it earlier, and is not there now."""
    online: tuple[str, ...] = ()
    """Whom it means by `@here`, where it says so."""

    def fields(self, mentioned: list[str], attached: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """What its event says beside the usual."""
        fields: dict[str, Any] = {"text": self.text, "key": self.key}
        if mentioned:
            fields["mentions"] = mentioned
        if self.thread is not None:
            fields["thread"] = self.thread
        if self.also_to_room:
            fields["also_to_room"] = True
        if self.reply_to is not None:
            fields["reply_to"] = self.reply_to
        if attached:
            fields["files"] = attached
        if self.poll is not None:
            fields["poll"] = self.poll.as_json()
        if self.is_scheduled:
            fields["scheduled"] = True
        return fields

    @property
    def target(self) -> int | None:
        """How the journal finds it: a reply by its thread, below zero when it stands in the room too."""
        return -self.thread if self.thread and self.also_to_room else self.thread


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
class Changes:
    """What became of a message since it was posted."""

    text: str | None
    mentions: list[str]
    edited_at: str | None
    notes: dict[str, Any]
    """Fields that later events gave it, such as `reactions`."""


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


def checked_files(ids: Sequence[str]) -> tuple[str, ...]:
    """The ids of the uploads that a message brings along. Raises `Invalid`."""
    if len(ids) > FILES_PER_MESSAGE or len(set(ids)) < len(ids) or not all(map(is_id, ids)):
        raise Invalid(f"`files` are the ids of at most {FILES_PER_MESSAGE} different uploads.", field="files")
    return tuple(ids)


def checked_text(text: str, limit: int, *, has_files: bool = False) -> str:
    """The text of a message. Raises `Invalid` when it is blank and there are no files, `TooLarge` when it is too long."""
    if len(text) > limit:
        raise TooLarge(f"A message has {limit} characters at most; this one has {len(text)}. Send it in parts.", field="text")
    if not text.strip() and not has_files:
        raise Invalid("A message says something; this one is blank.", field="text")
    if _UNSTORABLE.search(text):
        raise Invalid("A message has no NUL characters and no halves of surrogate pairs.", field="text")
    return text


def check_poll(poll: NewPoll, now: int) -> None:
    """Raises `Invalid` for a poll that would be over before it begins."""
    if poll.closes_at is not None and poll.closes_at <= timestamp(now):
        raise Invalid(f"The poll would close at {poll.closes_at}, which is past. Choose a time that is still to come.", field="poll")


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
    """The ids of those mentioned, in the order of the text: after each @ the longest name that somebody has.

    `@room` means everybody and `@here` those who are online, unless somebody is called so.
    """
    meant: dict[str, None] = {}
    for at in _AT.finditer(text):
        rest = text[at.end() : at.end() + NAME_LENGTH]
        keys = [name_key(rest[: end.start()]) for end in _WORD_END.finditer(rest)]
        longest = next((ids_by_key[key] for key in reversed(keys) if key in ids_by_key), None)
        if longest is None and (found := _ROOM_OR_HERE.match(rest)):
            longest = f"@{found[0]}"
        if longest is not None:
            meant[longest] = None
    return list(meant)


def as_it_stands(body: bytes, changes: Changes | None) -> bytes:
    """A message as JSON from its event: the event's own bytes, unless something became of it since."""
    if changes is None and b'"redacted":true' not in body:
        return body
    message: dict[str, Any] = from_json(body)
    if message.get("redacted"):
        message["deleted"] = True
    elif changes is not None and changes.edited_at is not None:
        message["text"] = changes.text
        message["edited_at"] = changes.edited_at
        message.pop("mentions", None)
        if changes.mentions:
            message["mentions"] = changes.mentions
    return to_json(message | (changes.notes if changes else {}))


def _number(number: int | None) -> bytes:
    return b"null" if number is None else b"%d" % number
