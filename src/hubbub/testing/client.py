"""A client with a memory: what it was told, folded into views of its rooms, and held against what the chat says."""

from collections.abc import Awaitable, Callable, Mapping

from hubbub.testing.errors import BrokenPromise, HungUp, Json
from hubbub.testing.line import Line
from hubbub.testing.person import Person
from hubbub.testing.snapshot import Snapshot, load
from hubbub.testing.view import RoomView
from hubbub.testing.wires import Wire

Connect = Callable[[Person], Awaitable[Wire]]


class Client:
    """One of a person's clients. It keeps what it knows while it is offline, and goes on from there."""

    def __init__(self, person: Person, connect: Connect) -> None:
        self.person = person
        self.rooms: dict[str, RoomView] = {}
        """What this client knows of its rooms, by id."""
        self.welcome: Json = {}
        """The last `welcome`."""
        self._connect = connect
        self._line: Line | None = None
        self._unloaded: set[str] = set()
        self.is_reading = True

    @property
    def line(self) -> Line:
        """The connection, for what has no verb."""
        assert self._line is not None, f"{self.person.name} is offline"
        return self._line

    @property
    def is_online(self) -> bool:
        """Whether this client is connected, and was welcomed."""
        return self._line is not None and self._line.end is None

    async def connects(self, cursors: Mapping[str, int] | None = None, *, epoch: str | None = None) -> Json:
        """Connect and say hello, with the cursors of what it knows or those given; the `welcome`. Raises `HungUp`."""
        known = {id: view.cursor for id, view in self.rooms.items()} if cursors is None else dict(cursors)
        fields = {"epoch": epoch or self.welcome["epoch"]} if epoch or self.welcome else {}
        self._line = Line(await self._connect(self.person), self._take)
        self.is_reading = True
        try:
            return await self._line.says("hello", cursors=known, on_ok=lambda welcome: self._begin(welcome, known), **fields)
        except HungUp:
            await self.disconnects()
            raise

    async def disconnects(self, *, without_a_word: bool = False) -> None:
        """Close the connection, if there is one."""
        line, self._line = self._line, None
        if line is not None:
            await line.close(without_a_word=without_a_word)
            line.check()

    async def is_shown_out(self) -> HungUp:
        """Wait until the chat hangs up, and say how it did."""
        end = await self.line.until_closed()
        await self.disconnects()
        return end

    async def loads(self) -> None:
        """Load what was not loaded yet, as a client does for a room that it sees for the first time."""
        while self._unloaded:
            id = self._unloaded.pop()
            view = self.rooms.get(id)
            if view is not None and not view.has_left:
                await load(self.person, view)

    async def catches_up(self, now: Snapshot) -> None:
        """Wait until everything that the chat knew at that moment has come."""
        await self.line.until(
            lambda: (
                self._rooms_not_held().keys() == now.keys() - self._held()
                and all(view.cursor >= now[id].room["last_seq"] for id, view in self._rooms_not_held().items())
            ),
            lambda: f"{self.person.name} waits for {_cursors(now)} and knows { ({id: view.cursor for id, view in self.rooms.items()}) }.",
        )
        await self.line.says("ping")
        await self.loads()

    def differences(self, now: Snapshot) -> list[str]:
        """In what this client's rooms differ from the chat's."""
        return [f"{self.person.name}: {words}" for id, view in self._rooms_not_held().items() for words in now[id].differences(view)]

    def _rooms_not_held(self) -> dict[str, RoomView]:
        return {id: view for id, view in self.rooms.items() if not view.is_held}

    def _held(self) -> set[str]:
        return {id for id, view in self.rooms.items() if view.is_held}

    # What the chat says

    def _begin(self, welcome: Json, cursors: Mapping[str, int]) -> None:
        self.welcome = welcome
        known, self.rooms = ({} if welcome.get("reset") else self.rooms), {}
        for room in welcome["rooms"]:
            view = known.get(room["id"])
            if view is None or view.has_left or room.get("first_seq", 1) > view.room["first_seq"]:
                self._add(room)
                view = self.rooms[room["id"]]
            else:
                view.take_over(room)
                self.rooms[room["id"]] = view
            if not welcome.get("reset"):
                cursor = min(cursors.get(room["id"], room["last_seq"]), room["last_seq"])
                view.cursor = max(cursor, room.get("first_seq", 1) - 1)

    def _add(self, room: Json) -> None:
        if room["id"] in self.rooms:
            raise BrokenPromise(f"room.added for a room that was there already: {room}")
        self.rooms[room["id"]] = RoomView(room, self.person.id)
        self.rooms[room["id"]].expect_snapshot()
        self._unloaded.add(room["id"])

    def _take(self, frame: Json) -> None:
        kind = frame["type"]
        if kind == "room.added":
            self._add(frame["room"])
        elif kind in ("ok", "error", "welcome", "bye", "scheduled", "reminder"):
            return
        elif kind == "user.changed":
            for view in self.rooms.values():
                view.somebody_is(frame["user"])
        elif kind in ("hidden", "folder", "thread.read") and frame["room"] not in self.rooms:
            return  # the room is being described, and `room.added` will say how it stands
        elif frame["room"] not in self.rooms:
            raise BrokenPromise(f"{self.person.name} is not in the room of {frame}")
        elif kind == "room.removed":
            del self.rooms[frame["room"]]
        else:
            self._take_in_room(self.rooms[frame["room"]], frame)

    def _take_in_room(self, view: RoomView, frame: Json) -> None:
        if frame["type"] in ("seen", "thread.read"):
            return
        if frame["type"] == "behind":
            view.is_held = True
        elif frame["type"] == "read":
            view.read_up_to(frame["seq"])
        elif frame["type"] == "hidden":
            view.hides_until_after(frame["seq"])
        elif frame["type"] == "unread":
            view.unread_after(frame["seq"], frame["unread"], frame["mentions"])
        elif frame["type"] == "folder":
            view.stands_in(frame["folder"])
        elif "seq" in frame:
            view.apply(frame)
        elif view.has_left:
            raise BrokenPromise(f"{self.person.name} had left the room of {frame}")


def _cursors(now: Snapshot) -> dict[str, int]:
    return {id: truth.room["last_seq"] for id, truth in now.items()}
