"""The tutorial's ConnectionManager, grown up: groups, threads, slow and dead clients."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from starlette.websockets import WebSocket, WebSocketState

from hubbub.errors import StartupError
from hubbub.realtime.groups import Groups
from hubbub.realtime.parcel import Parcel
from hubbub.realtime.recipients import Bounds, Recipient

MAX_WAITING_BYTES = 1024 * 1024
MAX_WAITING_MESSAGES = 4096


class ConnectionManager:
    """Sends messages to many WebSockets. A drop-in for the class of FastAPI's tutorial.

    - **Order.** Each client gets the manager's messages in the order of the calls, and what its endpoint sends itself
      (`websocket.send_text(…)`, `websocket.close()`) in its place among them.
    - **A slow client delays nobody.** What it has not taken yet waits for it, up to `max_waiting_bytes` and
      `max_waiting_messages` (under `hubbub.server` what waits in the transport counts by its bytes). Beyond that it is
      dropped and closed with 1013, "try again later": it may come back.
    - **A dead client is dropped silently.** Its endpoint hears of it, as usual, by a `WebSocketDisconnect`; so does the
      endpoint of a slow client.
    - **From anywhere.** The coroutines work in endpoints, path operations and background tasks on any event loop;
      `publish` works in plain functions and threads.

    `bus` is the address through which the managers of several workers and nodes will reach each other, such as
    `redis://localhost:6379`. This version has no such bus yet and says so with a `StartupError`; without an address
    the manager reaches the connections of its own process.
    """

    def __init__(
        self,
        bus: str | None = None,
        *,
        max_waiting_bytes: int = MAX_WAITING_BYTES,
        max_waiting_messages: int = MAX_WAITING_MESSAGES,
    ) -> None:
        if bus is not None:
            raise _no_such_bus(bus)
        if max_waiting_bytes < 1 or max_waiting_messages < 1:
            raise ValueError("Expected max_waiting_bytes and max_waiting_messages to be at least 1.")
        self._bounds = Bounds(max_waiting_bytes, max_waiting_messages)
        # Endpoints may live on several loops, each with a thread of its own, as they do in a TestClient.
        self._lock = threading.Lock()
        self._places: dict[WebSocket, _Place] = {}
        self._loops: dict[asyncio.AbstractEventLoop, Groups] = {}

    @property
    def active_connections(self) -> list[WebSocket]:
        """Who is connected now, in the order in which they came: a list of your own, which changes nothing when you change it."""
        with self._lock:
            return [websocket for websocket, place in self._places.items() if not place.recipient.is_gone]

    async def connect(self, websocket: WebSocket, *, group: str | None = None) -> None:
        """Accept the WebSocket, unless that has happened, and send it what is broadcast from now on.

        With a group it gets what is broadcast to that group and to all. Connect it again for another group.
        """
        _check_group(group)
        if websocket.application_state is not WebSocketState.CONNECTED:
            await websocket.accept()
        place = self._place_of(websocket)
        place.groups.run(place.groups.join, place.recipient, group)

    def disconnect(self, websocket: WebSocket, *, group: str | None = None) -> None:
        """Send the WebSocket nothing more; it is not closed by this. Does nothing when it is not connected here.

        With a group it leaves only that one, and everything with its last one.
        """
        with self._lock:
            place = self._places.get(websocket) if group is not None else self._places.pop(websocket, None)
        if place is not None and not place.groups.run(place.groups.leave, place.recipient, group):
            self._forget(place.groups)

    @asynccontextmanager
    async def connected(self, websocket: WebSocket, *, group: str | None = None) -> AsyncIterator[None]:
        """`connect` on the way in, `disconnect` on the way out, however the block ends. Exceptions pass through."""
        await self.connect(websocket, group=group)
        try:
            yield
        finally:
            self.disconnect(websocket, group=group)

    async def send_personal_message(self, message: str | bytes, websocket: WebSocket) -> None:
        """Send text or bytes to one client, after everything that was broadcast before.

        Like `websocket.send_text` it waits while that client is slow, and raises `WebSocketDisconnect` when it is gone.
        Raises TypeError or ValueError for what cannot be sent.
        """
        parcel = Parcel(message)
        place = self._places.get(websocket)
        if place is None or place.groups.is_here:
            await websocket.send(parcel.as_asgi())
        else:
            place.groups.run(place.recipient.take, parcel)

    async def broadcast(self, message: str | bytes, *, group: str | None = None) -> None:
        """Send text or bytes to everybody in the group; without a group, to everybody connected.

        Waits for no client. Raises TypeError or ValueError for what cannot be sent: then nobody gets anything.
        """
        self.publish(message, group=group)
        # Who ends right after a broadcast must not close a socket in front of it.
        await asyncio.sleep(0)

    async def broadcast_bytes(self, data: bytes, *, group: str | None = None) -> None:
        """Like `broadcast`, named as `websocket.send_bytes` is."""
        await self.broadcast(data, group=group)

    async def broadcast_json(self, data: Any, *, group: str | None = None) -> None:
        """Like `broadcast`, for data that is sent as JSON in a text message."""
        self.publish_json(data, group=group)
        await asyncio.sleep(0)

    def publish(self, message: str | bytes, *, group: str | None = None) -> None:
        """`broadcast` for code that cannot await: a thread, a `def` path operation, a background task, a callback.

        Returns at once. What one thread publishes arrives in the order in which it was published.
        """
        self._send_to_all(Parcel(message), group)

    def publish_json(self, data: Any, *, group: str | None = None) -> None:
        """`broadcast_json` for code that cannot await."""
        self._send_to_all(Parcel.of_json(data), group)

    def _send_to_all(self, parcel: Parcel, group: str | None) -> None:
        _check_group(group)
        with self._lock:
            loops = tuple(self._loops.values())
        for groups in loops:
            if not groups.run(groups.deliver, parcel, group):
                self._forget(groups)

    def _place_of(self, websocket: WebSocket) -> "_Place":
        """The websocket's place, made on the running loop when it has none."""
        place = self._places.get(websocket)
        if place is None:
            loop = asyncio.get_running_loop()
            with self._lock:
                groups = self._loops.get(loop)
                if groups is None:
                    groups = self._loops[loop] = Groups(loop, self._bounds, self._gone)
                place = self._places[websocket] = _Place(groups, groups.welcome(websocket))
        return place

    def _gone(self, recipient: Recipient) -> None:
        """A connection left its last group or was given up; called on its loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            place = self._places.get(recipient.websocket)
            if place is not None and place.recipient is recipient:
                del self._places[recipient.websocket]
            groups = self._loops.get(loop)
            if groups is not None and groups.is_empty:
                del self._loops[loop]

    def _forget(self, lost: Groups) -> None:
        """An event loop was closed with connections still on it: they are gone with it."""
        with self._lock:
            self._loops = {loop: groups for loop, groups in self._loops.items() if groups is not lost}
            self._places = {websocket: place for websocket, place in self._places.items() if place.groups is not lost}


class _Place(NamedTuple):
    """Where a connected WebSocket is to be found."""

    groups: Groups
    recipient: Recipient


def _check_group(group: str | None) -> None:
    if group is not None and not isinstance(group, str):
        raise TypeError(f"Expected the group as a str, got {type(group).__name__}. Name it, for instance group=str({group!r}).")


def _no_such_bus(bus: str) -> Exception:
    """The error for an address, of which only the scheme is shown: the rest may hold a password."""
    scheme, separator, _ = bus.partition("://")
    if separator and scheme in ("redis", "rediss"):
        return StartupError(
            f"ConnectionManager got a {scheme}:// address, and this version of Hubbub cannot reach other workers through Redis yet. "
            "Leave the address out, and run one worker."
        )
    shown = f"the scheme {scheme!r}" if separator else "something without a scheme"
    return ValueError(f"Expected an address such as redis://localhost:6379, or none; got {shown}.")
