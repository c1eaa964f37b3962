"""What a user, a login, a token and an invite are, and the rules among accounts that need no database."""

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from hubbub.errors import Invalid, TooLarge

Kind = Literal["human", "bot", "guest"]
Role = Literal["owner", "admin", "member", "guest"]
CredentialKind = Literal["login", "token", "host"]

NAME_LENGTH = 64
PASSWORD_LENGTHS = (8, 256)
LABEL_LENGTH = 100
EXTERNAL_ID_LENGTH = 255
PREFERENCES_BYTES = 8192
PREFERENCES_DEPTH = 16
AVATAR_LENGTH = 1024

# Letters and marks that draw nothing: with them two names would look the same, or like none at all.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


@dataclass(frozen=True, slots=True)
class User:
    """A person or bot known here, as last read."""

    id: str
    kind: Kind
    role: Role
    name: str
    avatar: str | None = None
    is_active: bool = True

    def person(self) -> dict[str, str]:
        """What everybody may see of this user: `by` in events, members, search results."""
        return {"id": self.id, "name": self.name, "kind": self.kind}

    def as_json(self) -> dict[str, Any]:
        """What the user sees of themselves, in `welcome` and, with their preferences, in `GET me`."""
        return {**self.person(), "role": self.role, "avatar": self.avatar}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is in a host app: what its `current_user` dependency returns.

    `id` is the host's own and never changes; name, avatar and role may, and follow the host.
    """

    id: str
    name: str
    avatar: str | None = None
    role: Role = "member"
    kind: Kind = "human"

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not 1 <= len(self.id) <= EXTERNAL_ID_LENGTH:
            raise ValueError(f"Identity.id is the host's own id as text of 1 to {EXTERNAL_ID_LENGTH} characters, got {self.id!r}")
        if not isinstance(self.name, str):
            raise ValueError(f"Identity.name is text, got {self.name!r}")


@dataclass(frozen=True, slots=True)
class Credential:
    """What a connection was authenticated by; it ends when this ends."""

    kind: CredentialKind
    id: str


@dataclass(frozen=True, slots=True)
class Login:
    """A browser's signed-in cookie."""

    id: str
    user_id: str
    client: str
    created_at: int
    last_seen_at: int


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token for programs. The secret itself is shown once and kept nowhere."""

    id: str
    user_id: str
    name: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that lets somebody in, until it expires or is used up."""

    id: str
    inviter_id: str
    inviter_name: str
    room_id: str | None
    room_name: str | None
    created_at: int
    expires_at: int
    uses_left: int | None


@dataclass(frozen=True, slots=True)
class NewLogin:
    """A login just opened; `secret` goes into the cookie and is kept nowhere."""

    user: User
    login: Login
    secret: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `secret` is shown this once."""

    token: Token
    secret: str


@dataclass(frozen=True, slots=True)
class NewInvite:
    """An invite just made; `code` is shown this once."""

    invite: Invite
    code: str


def checked_name(text: str) -> str:
    """The name as it will be shown: NFKC, without spaces around it. Raises `Invalid` and says what is wrong."""
    # Normalising can make text eighteen times as long, so what is far too long is refused before it.
    name = "" if len(text) > 4 * NAME_LENGTH else unicodedata.normalize("NFKC", text).strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise Invalid(f"A name has 1 to {NAME_LENGTH} characters; this one has {len(text.strip())}.", field="name")
    for character in name:
        _check_character(character)
    if "  " in name:
        raise Invalid("A name has single spaces only. Take out the double one.", field="name")
    if unicodedata.category(name[0]).startswith("M"):
        raise Invalid("A name begins with a letter, a digit or a symbol, not with an accent that stands alone.", field="name")
    return name


def _check_character(character: str) -> None:
    if character in "@/":
        raise Invalid(f"A name has no {character} in it: that is for mentions and addresses.", field="name")
    category = unicodedata.category(character)
    is_odd_space = category.startswith("Z") and character != " "
    if category.startswith("C") or is_odd_space or character in _INVISIBLE or _is_variation_selector(character):
        raise Invalid(f"A name has no invisible characters. Take out U+{ord(character):04X}.", field="name")


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def name_key(name: str) -> str:
    """The name as names are compared: two names with one key are the same name."""
    # Half characters and NUL are in no name, and a database may choke on them.
    searchable = name.encode(errors="replace").decode().replace("\x00", "\ufffd")
    key = unicodedata.normalize("NFKC", searchable).strip()
    # Folding can undo the normal form and the normal form the folding; after two rounds both hold.
    for _ in range(2):
        key = unicodedata.normalize("NFKC", key.casefold())
    return key.strip()


def checked_password(password: str, *, field: str = "password") -> str:
    """The password, when its length is right. Raises `Invalid` otherwise; nothing too long is ever hashed."""
    shortest, longest = PASSWORD_LENGTHS
    if not shortest <= len(password) <= longest:
        raise Invalid(f"A password has {shortest} to {longest} characters; this one has {len(password)}.", field=field)
    return password


def checked_label(text: str) -> str:
    """A token's name: printable and not too long. Raises `Invalid` otherwise."""
    label = text.strip()
    if not 1 <= len(label) <= LABEL_LENGTH:
        raise Invalid(f"A token's name has 1 to {LABEL_LENGTH} characters; this one has {len(label)}.", field="name")
    if not label.isprintable():
        raise Invalid("A token's name has no control characters. Say in a few words what the token is for.", field="name")
    return label


def client_name(text: str) -> str:
    """What a client calls itself, fit for a list: printable and cut to 200 characters."""
    return "".join(character for character in text[:200] if character.isprintable()).strip()


def checked_avatar(address: str) -> str | None:
    """Where somebody's picture is; nothing for nothing. Raises `Invalid` for what no page should load."""
    address = address.strip()
    if not address:
        return None
    is_an_address = re.match(r"https?://[^/]|/(?!/)", address) is not None
    if not is_an_address or not address.isprintable() or " " in address or len(address) > AVATAR_LENGTH:
        message = f"An avatar is the address of a picture: https://… or /… on this site, at most {AVATAR_LENGTH} characters."
        raise Invalid(message, field="avatar")
    return address


def merged_preferences(old: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The preferences after a change: what is given is set, what is null is taken out.

    Raises `TooLarge` over the limit, `Invalid` for what JSON cannot carry.
    """
    merged = {key: value for key, value in {**old, **changes}.items() if value is not None}
    if _is_deep(merged, PREFERENCES_DEPTH):
        raise Invalid(f"Preferences are nested {PREFERENCES_DEPTH} deep at most.", field="preferences")
    try:
        size = len(json.dumps(merged, ensure_ascii=False, allow_nan=False).encode())
    except ValueError:
        message = "Preferences are plain JSON: no NaN or Infinity, no half characters."
        raise Invalid(message, field="preferences") from None
    if size > PREFERENCES_BYTES:
        raise TooLarge(f"Preferences have {PREFERENCES_BYTES} bytes of JSON at most; these have {size}.", field="preferences")
    return merged


def _is_deep(value: Any, depth: int) -> bool:
    """Whether lists and objects go deeper than this: what reads it later would not follow."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth < 0 or any(_is_deep(each, depth - 1) for each in inner)


def may_invite(user: User) -> bool:
    """Whether this user may make invites at all."""
    return user.role != "guest"


def may_see_users(user: User) -> bool:
    """Whether this user may search all the people here."""
    return user.role != "guest"


def may_manage(user: User) -> bool:
    """Whether this user looks after the whole chat: everybody's invites, everybody's accounts."""
    return user.role in ("owner", "admin")


def may_deactivate(actor: User, target: User) -> bool:
    """Whether `actor` may close the account of `target`. An admin never closes an owner's."""
    return actor.role == "owner" or (actor.role == "admin" and target.role != "owner")
