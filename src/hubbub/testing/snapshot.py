"""What the chat says by REST, to hold a client's views against."""

from dataclasses import dataclass

from hubbub.testing.errors import Json, Refused
from hubbub.testing.person import Person
from hubbub.testing.view import UNLESS_SAID, RoomView

_LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class RoomNow:
    """One of a person's rooms, as REST gives it."""

    room: Json
    page: Json
    members: list[Json]

    def differences(self, view: RoomView) -> list[str]:
        """In what the view differs, in words; nothing when the old snapshot plus the events is the new snapshot."""
        room = UNLESS_SAID | self.room
        found = [f"{field} is {room[field]!r}, folded {value!r}" for field, value in view.room.items() if room[field] != value]
        items: list[Json] = self.page["items"]
        first = items[0]["seq"] if items and self.page["before"] is not None else 0
        folded = [view.messages[seq] for seq in sorted(view.messages) if seq >= first]
        if folded != items:
            found.append(f"messages are {items}, folded {folded}")
        members = {member["user"]["id"]: member["role"] for member in self.members}
        if members != view.members:
            found.append(f"members are {members}, folded {view.members}")
        return [f"room {self.room['name']!r}: {words}" for words in found]


Snapshot = dict[str, RoomNow]


async def snapshot(person: Person) -> Snapshot:
    """All rooms of a person, as they stand now."""
    rooms = [room for room in await person.asks_for_all("rooms") if room["role"] is not None]
    return {room["id"]: await _room_now(person, room, limit=50) for room in rooms}


async def load(person: Person, view: RoomView) -> None:
    """Fill a view that has no messages yet. A room that one was taken out of meanwhile stays empty."""
    view.expect_snapshot()
    try:
        room = await person.asks("GET", f"rooms/{view.id}")
        now = await _room_now(person, room, limit=_LARGEST_PAGE)
    except Refused as no:
        if no.code != "not_found":
            raise
    else:
        view.load(now.room, now.page, now.members)


async def _room_now(person: Person, room: Json, *, limit: int) -> RoomNow:
    page = await person.asks("GET", f"rooms/{room['id']}/messages", params={"limit": limit})
    members = await person.asks_for_all(f"rooms/{room['id']}/members", limit=500)
    return RoomNow(room, page, members)
