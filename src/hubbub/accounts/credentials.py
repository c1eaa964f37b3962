"""Secrets that let somebody in, and what is remembered of them so that a request costs no query."""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from hubbub.accounts.model import Credential, CredentialKind, User

TOKEN_PREFIX = "hub_"  # noqa: S105 - a mark by which leaked tokens are found, no secret
SECRET_LENGTH = 100

Key = tuple[CredentialKind, bytes]


def new_secret() -> str:
    """A secret of 256 bits that fits into a cookie or an address."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """What is kept of a secret. It is too long to guess, so a fast hash will do."""
    return hashlib.sha256(secret.encode()).digest()


def could_be_secret(text: str) -> bool:
    """Whether this could be a secret of ours at all, so that nonsense is never hashed nor looked up."""
    return len(text) <= SECRET_LENGTH and text.isascii()


@dataclass(slots=True)
class Known:
    """A credential that was looked up, and when; `last_seen_at` counts for logins only."""

    user: User
    credential: Credential
    last_seen_at: int
    read_at: int


class KnownCredentials:
    """Credentials looked up lately, in bounded memory.

    What was forgotten stays forgotten: a lookup that began before the forgetting is not remembered after it.
    So whoever looks something up takes the `generation` first and hands it back with what was found.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._known: OrderedDict[Key, Known] = OrderedDict()
        self.generation = 0

    def get(self, key: Key) -> Known | None:
        """What is remembered, if anything."""
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
        return known

    def remember(self, key: Key, known: Known, generation: int) -> bool:
        """Remember a lookup begun at `generation`; False when something was forgotten meanwhile: look again."""
        if generation != self.generation:
            return False
        self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > self._limit:
            self._known.popitem(last=False)
        return True

    def forget(self, user_id: str, credential_id: str | None = None) -> None:
        """Forget one credential of a user, or all of them."""
        self.generation += 1
        for key, known in list(self._known.items()):
            if known.user.id == user_id and credential_id in (None, known.credential.id):
                del self._known[key]

    def __len__(self) -> int:
        return len(self._known)
