"""Who of a `ConnectionManager` lives on one event loop, in which groups they are, and how a message reaches them all."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket

from hubbub.realtime.connections import PREPARED
from hubbub.realtime.parcel import Parcel
from hubbub.realtime.recipients import Bounds, PlainRecipient, PreparedRecipient, Recipient

SLICE = 1024  # recipients written to before other work gets its turn


class Groups:
    """The recipients of one event loop.

    Touched on that loop only, by functions that do not wait: nobody joins or leaves while a message is handed out.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        bounds: Bounds,
        on_gone: Callable[[Recipient], None],
        on_group: Callable[[str, bool], None],
    ) -> None:
        """`on_group` is told that a group has somebody here, or nobody any more."""
        self._loop = loop
        self._bounds = bounds
        self._on_gone = on_gone
        self._on_group = on_group
        self._everyone: dict[Recipient, set[str | None]] = {}
        self._groups: dict[str, dict[Recipient, None]] = {}
        self._unflushed: list[PreparedRecipient] = []

    @property
    def is_empty(self) -> bool:
        """Whether nobody is left."""
        return not self._everyone

    @property
    def names(self) -> list[str]:
        """The groups that somebody here is in."""
        return list(self._groups)

    @property
    def is_here(self) -> bool:
        """Whether the caller runs on this loop."""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def run(self, function: Callable[..., object], *args: Any) -> bool:
        """Call the function on this loop: now when the caller is on it, soon otherwise. False when the loop is no more."""
        if self.is_here:
            function(*args)
            return True
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            return False
        return True

    def welcome(self, websocket: WebSocket) -> Recipient:
        """A recipient for this connection, in no group yet: the fast kind where the server offers it."""
        wire = (websocket.scope.get("extensions") or {}).get(PREPARED)
        recipient: Recipient
        if wire is not None:
            recipient = PreparedRecipient(websocket, wire, self._bounds, self._flush_soon)
        else:
            recipient = PlainRecipient(websocket, self._bounds)
        self._everyone[recipient] = set()
        return recipient

    def join(self, recipient: Recipient, group: str | None) -> None:
        """Put the recipient into the group; without one it hears only what is for everybody."""
        memberships = self._everyone.get(recipient)
        if memberships is None:
            return
        memberships.add(group)
        if group is None:
            return
        if group not in self._groups:
            self._groups[group] = {}
            self._on_group(group, True)
        self._groups[group][recipient] = None

    def leave(self, recipient: Recipient, group: str | None) -> None:
        """Take the recipient out of the group; without a group, or out of its last one, altogether."""
        memberships = self._everyone.get(recipient)
        if memberships is None:
            return
        left = set(memberships) if group is None else memberships & {group}
        memberships -= left
        for name in left:
            if name is not None:
                self._remove(recipient, name)
        if not memberships:
            del self._everyone[recipient]
            recipient.leave()
            self._on_gone(recipient)

    def _remove(self, recipient: Recipient, group: str) -> None:
        members = self._groups[group]
        del members[recipient]
        if not members:
            del self._groups[group]
            self._on_group(group, False)

    def deliver(self, parcel: Parcel, group: str | None) -> None:
        """Owe the parcel to everybody in the group, or to everybody. Who turns out to be gone is dropped."""
        audience = self._everyone if group is None else self._groups.get(group, {})
        for recipient in [recipient for recipient in audience if not recipient.take(parcel)]:
            self.leave(recipient, None)

    def _flush_soon(self, recipient: PreparedRecipient) -> None:
        if not self._unflushed:
            self._loop.call_soon(self._flush)
        self._unflushed.append(recipient)

    def _flush(self) -> None:
        joined: dict[tuple[Parcel, ...], bytes] = {}
        now, self._unflushed = self._unflushed[:SLICE], self._unflushed[SLICE:]
        if self._unflushed:
            self._loop.call_soon(self._flush)
        for recipient in now:
            recipient.flush(joined)
