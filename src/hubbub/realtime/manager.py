"""The tutorial's ConnectionManager, grown up: groups, threads, slow and dead clients."""

import asyncio
import logging
import threading
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from starlette.websockets import WebSocket, WebSocketState

from hubbub.bus.base import Bus
from hubbub.bus.opening import bus_at
from hubbub.realtime.groups import Groups
from hubbub.realtime.parcel import Parcel
from hubbub.realtime.recipients import Bounds, Recipient
from hubbub.realtime.relay import Relay

MAX_WAITING_BYTES = 1024 * 1024
MAX_WAITING_MESSAGES = 4096
BUS_SECONDS = 2.0

log = logging.getLogger("hubbub.realtime")


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

    `bus` is the address through which the managers of several workers and nodes reach each other, such as
    `redis://localhost:6379`; it needs `pip install 'hubbub[redis]'`. Without one the manager reaches the connections of
    its own process. Managers belong together when they have the same `name`. What goes to other processes gets there at
    most once: while Redis is away they miss it, and everybody in the own process gets it all the same.
    """

    def __init__(
        self,
        bus: str | None = None,
        *,
        max_waiting_bytes: int = MAX_WAITING_BYTES,
        max_waiting_messages: int = MAX_WAITING_MESSAGES,
        name: str = "",
    ) -> None:
        if max_waiting_bytes < 1 or max_waiting_messages < 1:
            raise ValueError("Expected max_waiting_bytes and max_waiting_messages to be at least 1.")
        self._bounds = Bounds(max_waiting_bytes, max_waiting_messages)
        # Endpoints may live on several loops, each with a thread of its own, as they do in a TestClient.
        self._lock = threading.Lock()
        self._places: dict[WebSocket, _Place] = {}
        self._loops: dict[asyncio.AbstractEventLoop, Groups] = {}
        self._groups: Counter[str] = Counter()
        self._relay = Relay(_bus_at(bus), f"hubbub:manager:{name}:", self._deliver) if bus is not None else None
        if self._relay is not None:
            weakref.finalize(self, self._relay.close)

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
        if self._relay is not None:
            # What is broadcast elsewhere after this is to arrive. A bus that is away keeps nobody waiting for long.
            await asyncio.wait((asyncio.wrap_future(self._relay.listen(group)),), timeout=BUS_SECONDS)

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
        parcel = _made(Parcel, message)
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
        self._send_everywhere(_made(Parcel, message), group)

    def publish_json(self, data: Any, *, group: str | None = None) -> None:
        """`broadcast_json` for code that cannot await."""
        self._send_everywhere(_made(Parcel.of_json, data), group)

    def close(self) -> None:
        """Let go of the bus; the connections stay. What is broadcast afterwards opens it again. Ends with the manager by itself."""
        if self._relay is not None:
            self._relay.close()

    def _send_everywhere(self, parcel: Parcel, group: str | None) -> None:
        _check_group(group)
        self._deliver(parcel, group)
        if self._relay is not None:
            self._relay.publish(parcel, group)

    def _deliver(self, parcel: Parcel, group: str | None) -> None:
        """Send to those who are connected to this process."""
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
                    groups = self._loops[loop] = Groups(loop, self._bounds, self._gone, self._group_changed)
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

    def _group_changed(self, group: str, is_here: bool) -> None:
        """A group has somebody on one of the loops, or nobody any more; called on that loop."""
        with self._lock:
            self._groups[group] += 1 if is_here else -1
            is_nowhere = self._groups[group] <= 0
            if is_nowhere:
                del self._groups[group]
        if is_nowhere and self._relay is not None:
            self._relay.unlisten(group, self._groups.__contains__)

    def _forget(self, lost: Groups) -> None:
        """An event loop was closed with connections still on it: they are gone with it."""
        with self._lock:
            self._loops = {loop: groups for loop, groups in self._loops.items() if groups is not lost}
            self._places = {websocket: place for websocket, place in self._places.items() if place.groups is not lost}
        for group in lost.names:
            self._group_changed(group, False)


class _Place(NamedTuple):
    """Where a connected WebSocket is to be found."""

    groups: Groups
    recipient: Recipient


def _made(make: Callable[[Any], Parcel], content: Any) -> Parcel:
    """The message on its way; what cannot be sent is told to the caller and to the log, as callers in the background have no reader."""
    try:
        return make(content)
    except (TypeError, ValueError) as error:
        log.error("A message to WebSockets was sent to nobody. %s", error)
        raise


def _check_group(group: str | None) -> None:
    if group is not None and not isinstance(group, str):
        raise TypeError(f"Expected the group as a str, got {type(group).__name__}. Name it, for instance group=str({group!r}).")


def _bus_at(address: str) -> Bus:
    """The bus; of an address that is none, only the scheme is shown, as the rest may hold a password."""
    scheme, separator, _ = address.partition("://")
    if not separator or scheme not in ("redis", "rediss"):
        shown = f"the scheme {scheme!r}" if separator else "something without a scheme"
        raise ValueError(f"Expected an address such as redis://localhost:6379, or none; got {shown}.")
    return bus_at(address)
