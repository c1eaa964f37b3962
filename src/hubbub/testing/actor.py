"""What people do in a chat, as verbs."""

from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hubbub.testing.client import Client, Connect
from hubbub.testing.errors import Json
from hubbub.testing.person import Person

if TYPE_CHECKING:
    from hubbub.testing.stage import Stage

# Presence comes when a second is over, whatever happens meanwhile.
_NEVER_NEWS = frozenset({"ok", "error", "welcome", "presence", "user.changed"})


class Actor(Client):
    """A client of somebody in the cast.

    After every action the stage holds that, for everybody on it, the old snapshot and the events since are the new
    snapshot. Rooms are named as they were made on this stage, or by id; messages by their seq. What the chat refuses
    is raised as `Refused`.
    """

    def __init__(self, stage: "Stage", person: Person, connect: Connect) -> None:
        super().__init__(person, connect)
        self._stage = stage
        self._looked = 0
        self._keys = count(1)

    # Coming and going

    async def comes_back(self, *, cursors: dict[str, int] | None = None, epoch: str | None = None) -> None:
        """Connect, and go on from where this client was, or from the cursors given (by room id)."""
        self._looked = 0
        await self.connects(cursors, epoch=epoch)
        await self.loads()
        await self._stage.holds()

    async def goes_offline(self, *, without_a_word: bool = False) -> None:
        """Close the connection; `without_a_word` as a lost network does."""
        await self.disconnects(without_a_word=without_a_word)

    def stops_reading(self) -> None:
        """Take nothing more off the wire, as on a network that is stuck."""
        self.is_reading = False
        self.line.stops_reading()

    def reads_on(self) -> None:
        """Take what waits on the wire, and whatever comes."""
        self.is_reading = True
        self.line.reads_on()

    async def syncs(self, *, room: str = "lobby", after: int | None = None) -> None:
        """Move this client's cursor of a room, by itself to where it is; at the room's end it loads the newest page."""
        view = self.rooms[self._stage.id_of(room)]
        start = view.cursor if after is None else after

        def go_on(_: Json) -> None:
            view.is_held, view.cursor = False, start

        await self.line.says("sync", room=view.id, after=start, on_ok=go_on)
        if after is not None:
            self._unloaded.add(view.id)
            await self.loads()
        await self._stage.holds()

    # Talking

    async def posts(self, text: str, *, room: str = "lobby", key: str | None = None, by_rest: bool = False, **fields: Any) -> int:
        """Post a message, with `thread`, `also_to_room` or `reply_to` where it is a reply, or a `poll`; its seq, once it is committed."""
        key = key or f"{self.person.name}-{id(self)}-{next(self._keys)}"
        if by_rest or not self.is_online:
            answer = await self._asks("POST", room, "messages", key=key, text=text, **fields)
        else:
            answer = await self.line.says("send", room=self._stage.id_of(room), key=key, text=text, **fields)
        await self._stage.holds()
        return int(answer["seq"])

    async def posts_all(self, texts: Iterable[str], *, room: str = "lobby") -> list[int]:
        """Post many messages without waiting in between; their seqs."""
        answers = []
        for text in texts:
            key = f"{self.person.name}-{id(self)}-{next(self._keys)}"
            answers.append(await self.line.begins_to_say("send", room=self._stage.id_of(room), key=key, text=text))
        seqs = [int((await self.line.answer(answer))["seq"]) for answer in answers]
        await self._stage.holds()
        return seqs

    async def uploads(self, name: str, data: bytes, *, voice: bool = False) -> Json:
        """Upload a file that is in no message yet; the file."""
        return await self.person.asks("POST", "files", files={"file": (name, data)}, data={"voice": "true"} if voice else {})

    async def edits(self, seq: int, text: str, *, room: str = "lobby") -> Json:
        """Change what a message says; the message as it stands."""
        return await self._does("PATCH", room, f"messages/{seq}", text=text)

    async def deletes(self, seq: int, *, room: str = "lobby") -> None:
        """Delete a message."""
        await self._does("DELETE", room, f"messages/{seq}")

    async def reacts(self, seq: int, emoji: str, *, room: str = "lobby") -> Json:
        """Put an emoji on a message; the message as it stands."""
        return await self._does("PUT", room, f"messages/{seq}/reactions/{quote(emoji, safe='')}")

    async def takes_reaction_back(self, seq: int, emoji: str, *, room: str = "lobby") -> None:
        """Take one's emoji off a message."""
        await self._does("DELETE", room, f"messages/{seq}/reactions/{quote(emoji, safe='')}")

    async def votes(self, seq: int, *choices: int, room: str = "lobby") -> Json:
        """Choose options of a poll by their numbers, or none of them; the message as it stands."""
        return await self._does("PUT", room, f"messages/{seq}/vote", choices=list(choices))

    async def closes_poll(self, seq: int, *, room: str = "lobby") -> Json:
        """Let nobody vote any more; the message as it stands."""
        return await self._does("PUT", room, f"messages/{seq}/poll/close")

    async def dismisses(self, seq: int, n: int = 0, *, room: str = "lobby") -> None:
        """Take a preview off a message, for all."""
        await self._does("DELETE", room, f"messages/{seq}/previews/{n}")

    async def pins(self, seq: int, *, room: str = "lobby") -> Json:
        """Pin a message; the message as it stands."""
        return await self._does("PUT", room, f"messages/{seq}/pin")

    async def unpins(self, seq: int, *, room: str = "lobby") -> None:
        """Pin a message no more."""
        await self._does("DELETE", room, f"messages/{seq}/pin")

    async def reads(self, seq: int | None = None, *, room: str = "lobby", by_rest: bool = False) -> Json:
        """Mark everything up to `seq` as read, by itself everything that this client knows; the mark as it stands."""
        view = self.rooms[self._stage.id_of(room)]
        seq = view.cursor if seq is None else seq
        if by_rest:
            answer = await self._asks("PUT", room, "read", seq=seq)
        else:
            answer = await self.line.says("read", room=view.id, seq=seq)
        view.read_up_to(answer["seq"])
        await self._stage.holds()
        return answer

    async def reads_thread(self, thread: int, seq: int, *, room: str = "lobby") -> None:
        """Mark everything up to `seq` as read in a thread."""
        await self._does("PUT", room, f"threads/{thread}/read", seq=seq)

    async def marks_unread(self, seq: int, *, room: str = "lobby") -> Json:
        """Mark everything from `seq` on as unread again; the mark as it stands."""
        return await self._does("PUT", room, "unread", seq=seq)

    async def files_away(self, room: str, folder: str) -> None:
        """Put a room into a folder of one's own."""
        await self._does("PUT", room, "folder", folder=folder)

    async def types(self, *, room: str = "lobby") -> None:
        """Be typing."""
        await self.line.says("typing", room=self._stage.id_of(room))

    async def sees_who_saw(self, seq: int, *, room: str = "lobby") -> list[str]:
        """The names of those who have seen a message."""
        return [person["name"] for person in (await self._asks("GET", room, f"messages/{seq}/seen"))["items"]]

    async def watches(self, *rooms: str, away: bool = False) -> None:
        """See typing and presence in these rooms only, from now on; `away` while nobody is looking."""
        await self.line.says("watch", rooms=[self._stage.id_of(room) for room in rooms], away=away)

    # Rooms

    async def makes_room(self, name: str, *others: "Actor", kind: str = "private", topic: str = "", **rules: str) -> str:
        """Make a room with these others in it; its id. On this stage it goes by its name from now on."""
        members = [other.person.id for other in others]
        room = await self.person.asks("POST", "rooms", json={"kind": kind, "name": name, "topic": topic, "members": members, **rules})
        self._stage.names_room(name, room["id"])
        await self._stage.holds()
        return str(room["id"])

    async def opens_direct(self, *others: "Actor") -> str:
        """Open the direct room with these others; its id."""
        users = [other.person.id for other in others]
        room = await self.person.asks("POST", "direct", json={"users": users})
        await self._stage.holds()
        return str(room["id"])

    async def changes(self, room: str, **changes: Any) -> Json:
        """Change a room's name, topic, description or rules."""
        return await self._does("PATCH", room, "", **changes)

    async def archives(self, room: str) -> None:
        """Close a room."""
        await self._does("DELETE", room, "")

    async def restores(self, room: str) -> None:
        """Bring an archived room back."""
        await self._does("PATCH", room, "", archived=False)

    async def joins(self, room: str) -> None:
        """Become a member of a public room."""
        await self._does("PUT", room, "members/me")

    async def leaves(self, room: str) -> None:
        """Leave a room."""
        await self._does("DELETE", room, "members/me")

    async def adds(self, other: "Actor", *, to: str, role: str = "member") -> None:
        """Bring somebody into a room."""
        await self._does("PUT", to, f"members/{other.person.id}", role=role)

    async def removes(self, other: "Actor", *, from_: str) -> None:
        """Take somebody out of a room."""
        await self._does("DELETE", from_, f"members/{other.person.id}")

    async def promotes(self, other: "Actor", role: str, *, in_: str) -> None:
        """Give a member of a room another role."""
        await self._does("PATCH", in_, f"members/{other.person.id}", role=role)

    # Looking

    async def sees(self, text: str, *, room: str | None = None, by: "Actor | None" = None) -> Json:
        """Wait until a message with this text comes, new or edited, after what this client has looked at; its event."""
        wanted: dict[str, Any] = {"text": text}
        if room is not None:
            wanted["room"] = self._stage.id_of(room)
        frame = await self._finds(wanted)
        if by is not None:
            assert frame["by"]["id"] == by.person.id, f"{text!r} is by {frame['by']}"
        return frame

    async def hears(self, kind: str, **fields: Any) -> Json:
        """Wait until a frame of this type with these fields comes, after what this client has looked at; the frame."""
        if isinstance(fields.get("room"), str):
            fields["room"] = self._stage.id_of(fields["room"])
        return await self._finds({"type": kind, **fields})

    async def sees_nothing(self) -> None:
        """Hold that nothing came since this client last looked, but what it did itself and people's first arrivals.

        It does not sleep: once everybody else has everything, a round trip shows that nothing was under way.
        """
        await self._stage.settles()
        await self.line.says("ping")
        news = [frame for frame in self._not_looked_at() if not self._is_no_news(frame)]
        self._looked = len(self.line.frames)
        assert not news, f"{self.person.name} was to see nothing, and saw {news}"

    def looks_away(self) -> None:
        """Take no interest in what came so far."""
        self._looked = len(self.line.frames)

    async def _finds(self, wanted: dict[str, Any]) -> Json:
        found: list[int] = []

        def is_there() -> bool:
            frames = self.line.frames
            found.extend(at for at in range(self._looked, len(frames)) if _is_like(frames[at], wanted))
            return bool(found)

        await self.line.until(is_there, lambda: f"{self.person.name} waits for {wanted}.")
        self._looked = found[0] + 1
        return self.line.frames[found[0]]

    def _not_looked_at(self) -> list[Json]:
        return self.line.frames[self._looked :]

    def _is_no_news(self, frame: Json) -> bool:
        is_mine = frame.get("by", {}).get("id") == self.person.id
        return frame["type"] in _NEVER_NEWS or is_mine or self._stage.is_arrival(frame)

    async def _does(self, method: str, room: str, path: str, **body: Any) -> Json:
        answer = await self._asks(method, room, path, **body)
        await self._stage.holds()
        return answer

    async def _asks(self, method: str, room: str, path: str, **body: Any) -> Json:
        address = f"rooms/{self._stage.id_of(room)}/{path}".rstrip("/")
        return await self.person.asks(method, address, **({"json": body} if body else {}))


def _is_like(frame: Json, wanted: dict[str, Any]) -> bool:
    return all(field in frame and frame[field] == value for field, value in wanted.items())
