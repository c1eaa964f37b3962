"""What the reactions to a message are. Pure: each change gives new ones."""

from typing import Any

from hubbub.errors import Conflict
from hubbub.reactions.emoji import is_same_emoji

MOST_EMOJI = 20

Reactions = list[dict[str, Any]]
"""Each with `emoji`, `count` and `users` (ids, the first one first), in the order in which they were first chosen."""


def spelled(reactions: Reactions, emoji: str) -> str:
    """The emoji as it stands there already, where it may be written in two ways."""
    return next((reaction["emoji"] for reaction in reactions if is_same_emoji(reaction["emoji"], emoji)), emoji)


def has_reacted(reactions: Reactions, emoji: str, user_id: str) -> bool:
    """Whether the user has chosen this emoji."""
    return any(reaction["emoji"] == emoji and user_id in reaction["users"] for reaction in reactions)


def with_reaction(reactions: Reactions, emoji: str, user_id: str) -> Reactions:
    """One more who chose this emoji. Raises `Conflict` when it would be one emoji too many."""
    if any(reaction["emoji"] == emoji for reaction in reactions):
        return [_of(emoji, [*reaction["users"], user_id]) if reaction["emoji"] == emoji else reaction for reaction in reactions]
    if len(reactions) >= MOST_EMOJI:
        raise Conflict(f"A message takes {MOST_EMOJI} different emoji at most. Choose one that is there already.", field="emoji")
    return [*reactions, _of(emoji, [user_id])]


def without_reaction(reactions: Reactions, emoji: str, user_id: str) -> Reactions:
    """One less. What nobody chooses any more is gone."""
    left = [
        _of(emoji, [user for user in reaction["users"] if user != user_id]) if reaction["emoji"] == emoji else reaction
        for reaction in reactions
    ]
    return [reaction for reaction in left if reaction["count"]]


def _of(emoji: str, users: list[str]) -> dict[str, Any]:
    return {"emoji": emoji, "count": len(users), "users": users}
