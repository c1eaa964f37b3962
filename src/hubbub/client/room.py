"""A room, as a program uses it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from hubbub.client.chat import Chat
from hubbub.client.feed import Feed
from hubbub.client.known_room import KnownRoom
from hubbub.client.message import Message, Page, Reset, event_of, message_of
from hubbub.client.reading import Frame
from hubbub.client.transfers import download, name_of, upload
from hubbub.errors import NotFound
from hubbub.protocol.events import Event, File

TYPING_SECONDS = 3.0


class Room:
    """One of the user's rooms. `async for event in room` gives what happens in it from now on."""

    def __init__(self, chat: Chat, known: KnownRoom) -> None:
        self.id = known.id
        self._chat = chat
        self._last_known = known
        self._showed_typing = float("-inf")

    def __repr__(self) -> str:
        """The room's name, for people."""
        return f"<Room {self.name!r} {self.id}>"

    @property
    def name(self) -> str:
        """What it is called now."""
        return self._known.name

    @property
    def topic(self) -> str:
        """What it is about now."""
        return self._known.topic

    @property
    def kind(self) -> str:
        """`public`, `private` or `direct`."""
        return self._known.kind

    @property
    def role(self) -> str | None:
        """The user's own role in it; None once the user is no member."""
        return None if self._known.is_gone else self._known.role

    @property
    def last_seq(self) -> int:
        """The last event that the client knows of."""
        return self._known.last_seq

    @property
    def read_seq(self) -> int:
        """How far the user has read."""
        return self._known.read_seq

    @property
    def typing(self) -> tuple[str, ...]:
        """The names of those who are typing now."""
        return self._known.typing

    # Writing

    async def send(
        self,
        text: str,
        *,
        key: str | None = None,
        thread: int | None = None,
        also_to_room: bool = False,
        reply_to: int | None = None,
        poll: Mapping[str, Any] | None = None,
        files: Sequence[File] = (),
    ) -> int:
        """Post a message; its seq, once the server has it on the disk.

        `thread` is the first message of the thread to reply in, `reply_to` a message to quote. With `poll`, such as
        `{"options": ["tea", "coffee"]}`, the text is a question. `files` are those that `upload` gave; with one, the text may be empty.

        Waits through lost connections and never posts twice. A `key` of one's own makes that hold over a restart of
        the program too: the same key in the same room is the same message.
        """
        given = {"thread": thread, "also_to_room": also_to_room, "reply_to": reply_to, "poll": poll, "files": [file.id for file in files]}
        fields = {name: value for name, value in given.items() if value}
        answer = await self._chat.ask({"type": "send", "room": self.id, "key": key or str(uuid4()), "text": text, **fields})
        known = self._known
        known.read_seq = max(known.read_seq, answer["seq"])
        return int(answer["seq"])

    async def upload(self, source: str | Path | bytes, *, name: str | None = None, voice: bool = False) -> File:
        """Upload a file, by its path or its bytes, to be sent with `send(files=[…])` within a day. Needs `hubbub[client]`.

        Waits through lost connections and goes on where it was. Raises `Invalid` or `TooLarge` for what is not taken.
        """
        given = Path(source) if isinstance(source, str) else source
        return await upload(self._chat.rest, self._chat.timing, given, name=name_of(given, name), voice=voice)

    async def download(self, file: File, to: str | Path) -> Path:
        """Write a file's bytes to a path; the path. Needs `hubbub[client]`."""
        return await download(self._chat.rest, file, Path(to))

    async def edit(self, seq: int, text: str) -> Message:
        """Change what a message says; the message as it stands then. Needs `hubbub[client]`."""
        return message_of(self, await self._chat.rest.call("PATCH", f"rooms/{self.id}/messages/{seq}", json={"text": text}))

    async def delete(self, seq: int) -> None:
        """Take back the words of a message. Needs `hubbub[client]`."""
        await self._chat.rest.call("DELETE", f"rooms/{self.id}/messages/{seq}")

    async def react(self, seq: int, emoji: str) -> None:
        """Put an emoji on a message. Needs `hubbub[client]`."""
        await self._chat.rest.call("PUT", f"rooms/{self.id}/messages/{seq}/reactions/{quote(emoji, safe='')}")

    async def take_reaction_back(self, seq: int, emoji: str) -> None:
        """Take an emoji off a message again. Needs `hubbub[client]`."""
        await self._chat.rest.call("DELETE", f"rooms/{self.id}/messages/{seq}/reactions/{quote(emoji, safe='')}")

    async def vote(self, seq: int, *choices: int) -> None:
        """Choose options of a poll by their numbers, the first one 0; none to take the vote back. Needs `hubbub[client]`."""
        await self._chat.rest.call("PUT", f"rooms/{self.id}/messages/{seq}/vote", json={"choices": list(choices)})

    async def close_poll(self, seq: int) -> None:
        """Let nobody vote in a poll any more. Needs `hubbub[client]`."""
        await self._chat.rest.call("PUT", f"rooms/{self.id}/messages/{seq}/poll/close")

    async def pin(self, seq: int) -> None:
        """Pin a message for everybody in the room. Needs `hubbub[client]`."""
        await self._chat.rest.call("PUT", f"rooms/{self.id}/messages/{seq}/pin")

    async def unpin(self, seq: int) -> None:
        """Pin a message no more. Needs `hubbub[client]`."""
        await self._chat.rest.call("DELETE", f"rooms/{self.id}/messages/{seq}/pin")

    async def read(self, seq: int | None = None) -> None:
        """Mark everything up to `seq` as read; without it, everything that came."""
        upto = self.last_seq if seq is None else seq
        await self._chat.ask({"type": "read", "room": self.id, "seq": upto})
        known = self._known
        known.read_seq = max(known.read_seq, upto)

    def show_typing(self) -> None:
        """Let the others see that the user is typing, for a few seconds. Call it as often as you like."""
        now = self._chat.timing.now()
        if now - self._showed_typing >= TYPING_SECONDS and self._chat.tell({"type": "typing", "room": self.id}):
            self._showed_typing = now

    # Reading

    def __aiter__(self) -> Feed[Event | Reset]:
        """Every event from now on, once and in order."""
        return self.events()

    def events(self, after: int | None = None) -> Feed[Event | Reset]:
        """Every event after `after`, once and in order; without it from the bookmark where one is kept, or from now on.

        It ends when the user is no member of the room any more.
        """
        return self._chat.open_feed([self._joined()], after, event_of, is_wide=False)

    def messages(self, after: int | None = None) -> Feed[Message]:
        """Every message of others, once and in order; begins as `events` does."""
        return self._chat.open_feed([self._joined()], after, self.message_of_others, is_wide=False)

    async def page(
        self, *, before: int | None = None, after: int | None = None, around: int | None = None, limit: int | None = None
    ) -> Page:
        """Messages as they stand now; without a cursor the newest. Needs `hubbub[client]`."""
        path = f"rooms/{self.id}/messages"
        found = await self._chat.rest.call("GET", path, before=before, after=after, around=around, limit=limit)
        return Page([message_of(self, item) for item in found["items"]], found["before"], found["after"])

    def message_of_others(self, event: Frame) -> Message | None:
        """The message in an event, unless it is none, has lost its words, or is the user's own."""
        if event["type"] != "message.created" or event.get("redacted") or event["by"]["id"] == self._chat.conversation.me["id"]:
            return None
        return message_of(self, event)

    def reply_key(self, seq: int, number: int) -> str | None:
        """The key of the nth answer to a message, where the client may come to answer it twice."""
        return self._chat.reply_key(seq, number)

    @property
    def _known(self) -> KnownRoom:
        # Who leaves a room and joins it again gets to know it anew.
        self._last_known = self._chat.conversation.rooms.get(self.id, self._last_known)
        return self._last_known

    def _joined(self) -> KnownRoom:
        if self._known.is_gone:
            raise NotFound(f"You are not in {self.name!r} any more.")
        return self._known
