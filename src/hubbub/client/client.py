"""The client: a chat over one connection that mends itself."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from hubbub.client.backoff import Timing
from hubbub.client.bookmarks import BookmarkStore
from hubbub.client.chat import Chat
from hubbub.client.feed import Feed
from hubbub.client.known_room import KnownRoom
from hubbub.client.message import Message, Reset, event_of
from hubbub.client.reading import Frame
from hubbub.client.room import Room
from hubbub.errors import Conflict, NotFound
from hubbub.protocol.events import Event, Person


class Client:
    """A chat, seen through one user's eyes. Use it as `async with Client(url, token=…) as client`.

    Promises: a message whose `send` returned is on the server's disk, once. A feed gives every event once and in
    order. Neither a lost connection nor a server that restarts changes that: the client comes back by itself and goes
    on where it was. When the server does not want it back (a revoked token, a ban), everything that waits raises.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        name: str = "hubbub-python",
        bookmarks: BookmarkStore | None = None,
        buffer: int = 1000,
        connect_seconds: float | None = 30.0,
        timing: Timing | None = None,
    ) -> None:
        """Nothing happens before `async with`.

        `headers` are for a chat in a host app with a sign-in of its own. `name` tells programs of one user apart.
        `bookmarks` make a program that restarts miss nothing. `buffer` is how many events wait for one consumer before
        the client stops reading. `connect_seconds` is how long the first connection may take; None waits for ever.
        """
        credentials = {"Authorization": f"Bearer {token}"} if token else {}
        self._chat = Chat(
            url,
            {**(headers or {}), **credentials},
            name=name,
            store=bookmarks,
            buffer=buffer,
            connect_seconds=connect_seconds,
            timing=timing or Timing(),
        )
        self._rooms: dict[str, Room] = {}

    async def __aenter__(self) -> Self:
        """Connect, and return once the server has said welcome. Raises `Unavailable` when it does not in time."""
        await self._chat.open()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connection. Whoever still waits for something gets `Unavailable`."""
        await self.close()

    async def close(self) -> None:
        """Close the connection and end every feed. Safe to call twice."""
        await self._chat.close()

    @property
    def is_connected(self) -> bool:
        """Whether it is talking to the server at this moment. Nothing depends on it; it is for showing."""
        return self._chat.conversation.is_welcome

    @property
    def me(self) -> Person:
        """Who the client is."""
        return Person.model_validate(self._chat.conversation.me, extra="ignore")

    # Rooms

    @property
    def rooms(self) -> list[Room]:
        """The rooms that the user is a member of, as they are now."""
        return [self._room(known) for known in self._chat.conversation.rooms.values()]

    def room(self, name_or_id: str) -> Room:
        """One of the user's rooms. Raises `NotFound`, and `Conflict` when two have that name."""
        rooms = self._chat.conversation.rooms
        if name_or_id in rooms:
            return self._room(rooms[name_or_id])
        named = [known for known in rooms.values() if known.name.casefold() == name_or_id.casefold()]
        if len(named) == 1:
            return self._room(named[0])
        if named:
            raise Conflict(f"{len(named)} of your rooms are called {name_or_id!r}. Take the id: {', '.join(k.id for k in named)}.")
        names = ", ".join(sorted(known.name for known in rooms.values() if known.name)) or "none"
        raise NotFound(f"You are in no room {name_or_id!r}. Your rooms: {names}.")

    def _room(self, known: KnownRoom) -> Room:
        room = self._rooms.get(known.id)
        if room is None:
            room = self._rooms[known.id] = Room(self._chat, known)
        return room

    # Reading

    def events(self) -> Feed[Event | Reset]:
        """Every event of every room of the user, each room's in order, new rooms too; from the bookmarks or from now on."""
        return self._chat.open_feed(self._all_rooms(), None, event_of, is_wide=True)

    def messages(self) -> Feed[Message]:
        """Every message of others in every room of the user."""
        return self._chat.open_feed(self._all_rooms(), None, self._message_of_others, is_wide=True)

    def mentions(self) -> Feed[Message]:
        """Every message of others that names the user, and all that others write in a direct room."""
        return self._chat.open_feed(self._all_rooms(), None, self._message_to_me, is_wide=True)

    def _all_rooms(self) -> list[KnownRoom]:
        return list(self._chat.conversation.rooms.values())

    def _message_of_others(self, event: Frame) -> Message | None:
        known = self._chat.conversation.rooms.get(event["room"])
        room = self._rooms.get(event["room"]) if known is None else self._room(known)
        return room.message_of_others(event) if room is not None else None

    def _message_to_me(self, event: Frame) -> Message | None:
        message = self._message_of_others(event)
        is_to_me = message is not None and (message.room.kind == "direct" or self.me.id in message.mentions)
        return message if is_to_me else None
