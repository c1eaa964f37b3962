"""What a poll is as it stands. Pure: each change gives a new one."""

from collections.abc import Mapping, Sequence
from typing import Any

from hubbub.errors import Invalid

Poll = Mapping[str, Any]
"""`options`; `multiple` and `closes_at` where they were asked for; `votes` (`count` and `users` of each option) once
there are some; `closed` (`at`, `by`) where somebody closed it."""


def checked_choices(poll: Poll, choices: Sequence[int]) -> list[int]:
    """The numbers of the options, each once and in order. Raises `Invalid` for what this poll does not have."""
    chosen = sorted(set(choices))
    last = len(poll["options"]) - 1
    if chosen and not 0 <= chosen[0] <= chosen[-1] <= last:
        raise Invalid(f"The options of this poll have the numbers 0 to {last}.", field="choices")
    if len(chosen) > 1 and not poll.get("multiple"):
        raise Invalid("Choose one option of this poll, not several.", field="choices")
    return chosen


def choices_of(poll: Poll, user_id: str) -> list[int]:
    """What a user has chosen; nothing when they did not vote."""
    return [number for number, votes in enumerate(poll.get("votes", ())) if user_id in votes["users"]]


def with_vote(poll: Poll, user_id: str, choices: Sequence[int]) -> dict[str, Any]:
    """The poll after a vote: where the user is among those who chose an option they keep their place, else they come last."""
    before = [votes["users"] for votes in poll.get("votes", ())] or [[] for _ in poll["options"]]
    after = [_with_user(users, user_id) if number in choices else _without_user(users, user_id) for number, users in enumerate(before)]
    without = {name: value for name, value in poll.items() if name != "votes"}
    if not any(after):
        return without
    return without | {"votes": [{"count": len(users), "users": users} for users in after]}


def with_end(poll: Poll, at: str, by: Mapping[str, Any]) -> dict[str, Any]:
    """The poll after somebody closed it."""
    return {**poll, "closed": {"at": at, "by": dict(by)}}


def is_closed(poll: Poll, now: str) -> bool:
    """Whether nobody votes any more, at a time as events spell it."""
    return "closed" in poll or ("closes_at" in poll and poll["closes_at"] <= now)


def _with_user(users: list[str], user_id: str) -> list[str]:
    return users if user_id in users else [*users, user_id]


def _without_user(users: list[str], user_id: str) -> list[str]:
    return [user for user in users if user != user_id]
