"""Whom a message means: members by their names, everybody in the room, or those who are online when it is posted."""

from collections.abc import Callable, Iterable, Sequence

from hubbub.database import Connection
from hubbub.messages import store
from hubbub.messages.model import HERE, names_that_may_be_meant, who_is_meant

WhoIsOnline = Callable[[str], Iterable[str]]
"""Who is online in a room now, by their ids."""


def online_now(text: str, room_id: str, who_is_online: WhoIsOnline) -> tuple[str, ...]:
    """Those whom `@here` in a text would mean now. Asked where presence is known, before the text is kept."""
    return tuple(who_is_online(room_id)) if HERE in text else ()


def mentioned(connection: Connection, room_id: str, text: str, online: Sequence[str], author_id: str) -> list[str]:
    """What stands in `mentions`: ids, `@room`, and after `@here` the ids of those who were online, but for the author."""
    keys = names_that_may_be_meant(text) if "@" in text else []
    meant = who_is_meant(text, store.members_named(connection, room_id, keys)) if keys else []
    if HERE not in meant:
        return meant
    there = store.members_among(connection, room_id, [id for id in online if id != author_id])
    return [*(id for id in meant if id != HERE and id not in there), HERE, *there]


def once_online(mentions: Sequence[str]) -> Sequence[str] | None:
    """Those whom a message meant by `@here`, so that they stay meant when it is edited; None when it did not say so."""
    return mentions[mentions.index(HERE) + 1 :] if HERE in mentions else None
