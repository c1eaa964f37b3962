"""The door: who may see, read, post in, moderate a room. Everything that delivers or changes anything asks here.

What one may not see answers as what does not exist.
"""

from collections.abc import Callable

from hubbub.accounts.model import User
from hubbub.database import Connection
from hubbub.errors import Forbidden, NotFound
from hubbub.protocol.ids import is_id
from hubbub.rooms import store
from hubbub.rooms.model import Place

Right = Callable[[User, Place], bool]


def may_read(user: User, place: Place) -> bool:
    """Members read; everybody but guests reads public rooms."""
    if place.membership is not None:
        return True
    return place.room.kind == "public" and not place.room.is_archived and user.role != "guest"


def is_member(_user: User, place: Place) -> bool:
    """What members know of each other is not for those who only look in."""
    return place.membership is not None


def may_take_part(_user: User, place: Place) -> bool:
    """Members do what changes a room without a word said in it (such as reacting), until the room is archived."""
    return place.membership is not None and not place.room.is_archived


def may_post(user: User, place: Place) -> bool:
    """Members post, until the room is archived; where only some may post, those who moderate it.

    `messages.store.mark_posted` asks the same in the statement that every message needs anyway.
    """
    return may_take_part(user, place) and (place.room.posting == "everyone" or may_moderate(user, place))


def may_join(user: User, place: Place) -> bool:
    """Everybody but guests joins public rooms."""
    return place.room.kind == "public" and not place.room.is_archived and user.role != "guest"


def may_add_members(_user: User, place: Place) -> bool:
    """Members bring in others."""
    return place.membership is not None and place.room.kind != "direct" and not place.room.is_archived


def may_moderate(user: User, place: Place) -> bool:
    """Owners and admins of the room, and owners and admins of the whole chat where they are members themselves.

    Nobody is in charge of a direct room.
    """
    if place.membership is None or place.room.kind == "direct":
        return False
    return place.membership.role in ("owner", "admin") or user.role in ("owner", "admin")


def enter(connection: Connection, user: User, room_id: str, right: Right = may_read) -> Place:
    """The room as this user stands to it, in the caller's own snapshot.

    Raises `NotFound` when it is not for these eyes, `Forbidden` when it may be seen and `right` is not theirs.
    """
    place = store.place(connection, user.id, room_id) if is_id(room_id) else None
    if place is None or not may_read(user, place):
        raise NotFound("There is no such room.")
    if not right(user, place):
        raise Forbidden(_REFUSALS.get(right, "You may not do this here."))
    return place


_REFUSALS: dict[Right, str] = {
    is_member: "Only members of this room may know this. Join it first.",
    may_take_part: "You may look at this room, and change nothing in it. Join it first; an archived room stays as it is.",
    may_post: (
        "You may read here, and not post. Join the room first; an archived room takes no more messages, "
        "and some rooms only those of their owners and admins."
    ),
    may_join: "This room cannot be joined. Ask one of its members to add you.",
    may_add_members: "Only members of a room add others to it. Join it first.",
    may_moderate: "Only the room's owners and admins may do this.",
}
