"""What messages ask of whoever knows of files, and is handed to them, because they know of none themselves."""

from collections.abc import Sequence
from typing import Any, Protocol

from hubbub.accounts.model import User
from hubbub.database import Transaction


class Attachments(Protocol):
    """Who knows of files, as messages see them: both are asked in the transaction that keeps the message."""

    def claim(self, transaction: Transaction, user: User, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The files as everybody sees them. Raises `Invalid` or `Conflict` for what this message cannot have."""
        ...

    def attach(self, transaction: Transaction, ids: Sequence[str], room_id: str, seq: int) -> None:
        """They are in this message now. Raises `Conflict` when another one took them first."""
        ...
