"""The only file that touches a WebSocket: hands frames to the session and the session's frames to the socket."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from hubbub.errors import HubbubError, Invalid, NotFound, Unauthenticated, Unavailable
from hubbub.protocol import frames
from hubbub.protocol.codes import SUBPROTOCOL, CloseCode
from hubbub.protocol.frames import Command, FrameError, Hello, Ping, Sync, TypingNow, Watch
from hubbub.realtime.answers import refusal
from hubbub.realtime.connections import PREPARED, PreparedConnection
from hubbub.realtime.doors import NOBODY, Doors, Farewell, Known, Limits, farewell_for, session_of
from hubbub.realtime.echo import echo
from hubbub.realtime.hub import Hub
from hubbub.realtime.outbox import Batch, Connection, Frame, Outbox
from hubbub.realtime.session import Session, Violation

COME_BACK_SECONDS = 2.0
PARTING_SECONDS = 1.0
RETURNS_A_SECOND = 1000
"""So many of those who are sent away are asked to come back within a second: a welcome costs work."""

log = logging.getLogger("hubbub.realtime")


class Gateway:
    """Serves WebSockets: `hubbub.v1` for those who ask for it, the tutorial's echo for those who ask for nothing."""

    def __init__(self, hub: Hub, doors: Doors, limits: Limits, server: str) -> None:
        self._hub = hub
        self._doors = doors
        self._limits = limits
        self._server = server
        self._is_draining = False
        self._commands: dict[type[Command], Callable[[Session, Any], None]] = {
            Ping: _answer_ping,
            Sync: self._sync,
            TypingNow: self._typing,
            Watch: self._watch,
            **doors.commands,
        }

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one connection. Under a server with prepared connections it returns after `welcome`; the session lives on."""
        asked_for = websocket.scope.get("subprotocols") or []
        if not asked_for:
            await echo(websocket, max_bytes=self._limits.frame)
        elif SUBPROTOCOL not in asked_for:
            await websocket.accept()
            await websocket.close(CloseCode.NOT_THE_PROTOCOL, f"ask for the subprotocol {SUBPROTOCOL}, or for none")
        else:
            known, farewell = await self._identified(websocket)
            await websocket.accept(subprotocol=SUBPROTOCOL)
            if farewell is not None:
                await websocket.close(*farewell)
            else:
                await self._converse(websocket, known)

    async def drain(self) -> None:
        """Say goodbye to everybody: `bye`, then close 1012. No new session begins from now on."""
        self._is_draining = True
        for place, session in enumerate(self._hub.sessions()):
            self._hub.close(session)
            if session.has_greeted:
                session.say(frames.bye("restart", round(COME_BACK_SECONDS + place / RETURNS_A_SECOND, 3)))
            session.connection.close(CloseCode.RESTART, "restart")

    async def _identified(self, websocket: WebSocket) -> tuple[Known | None, Farewell | None]:
        """Who it is, as far as the handshake tells; or with what to close."""
        if self._is_draining:
            return None, (CloseCode.RESTART, "restart")
        try:
            known = await self._doors.identify(websocket)
        except Unauthenticated:
            return None, None  # a token in hello may follow
        except HubbubError as error:
            return None, farewell_for(error)
        # Without any Origin it is no browser: the cookie counts for nothing, and a token in hello may follow.
        if known.has_foreign_origin and "origin" in websocket.headers:
            return None, (CloseCode.FORBIDDEN, "this page's origin is not allowed")
        if known.has_bad_token:
            return None, (CloseCode.UNAUTHENTICATED, "the token is not valid")
        return known, None

    async def _converse(self, websocket: WebSocket, known: Known | None) -> None:
        wire = websocket.scope.get("extensions", {}).get(PREPARED)
        if wire is not None:
            await self._converse_prepared(websocket, wire, known)
        else:
            await self._converse_plainly(websocket, known)

    async def _converse_prepared(self, websocket: WebSocket, wire: Any, known: Known | None) -> None:
        wire.limit_messages(self._limits.frame)
        session = await self._greet(websocket, PreparedConnection(wire), known)
        if session is None:
            return
        wire.detach(
            on_text=lambda payload: self._hear(session, payload),
            on_binary=lambda _payload: self._hear(session, None),
            on_close=lambda _code, _reason: self._hub.close(session),
            on_lagging=lambda: self._hub.lagging(session),
            on_drained=lambda: self._hub.drained(session),
            on_stopping=self._doors.leave,
        )

    async def _converse_plainly(self, websocket: WebSocket, known: Known | None) -> None:
        """The same over plain ASGI: one task reads, one writes, and when either ends both do."""
        outbox = Outbox()
        reader = asyncio.create_task(self._read_plainly(websocket, outbox, known))
        writer = asyncio.create_task(_write_plainly(websocket, outbox))
        outbox.when_closing(reader.cancel)  # whoever is being sent away is not listened to any more
        try:
            await asyncio.wait((reader, writer), return_when=asyncio.FIRST_COMPLETED)
            if outbox.has_farewell:
                await asyncio.wait((writer,), timeout=COME_BACK_SECONDS)
        except asyncio.CancelledError:
            # This is how hypercorn says that it stops, long before the lifespan hears of it.
            await _part(outbox, writer)
            raise
        finally:
            await _end(reader, writer)

    async def _read_plainly(self, websocket: WebSocket, outbox: Outbox, known: Known | None) -> None:
        session = None
        try:
            session = await self._greet(websocket, outbox, known)
            if session is not None:
                await self._converse_until_the_end(websocket, session, outbox)
        except Violation as violation:
            outbox.close(violation.code, violation.reason)
        except WebSocketDisconnect:
            pass
        except Exception:
            outbox.close(CloseCode.INTERNAL_ERROR, "a fault of ours")
            raise
        finally:
            if session is not None:
                self._hub.close(session)

    async def _converse_until_the_end(self, websocket: WebSocket, session: Session, outbox: Outbox) -> None:
        outbox.watch(on_lagging=lambda: self._hub.lagging(session), on_drained=lambda: self._hub.drained(session))
        while True:
            self._hear(session, await self._receive(websocket))

    async def _receive(self, websocket: WebSocket) -> str | None:
        """The next text frame, None for a binary one. Raises `Violation` when it is too big for us."""
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text: str | None = message.get("text")
        if len(text.encode() if text is not None else message.get("bytes") or b"") > self._limits.frame:
            raise Violation(CloseCode.TOO_BIG, f"frames are limited to {self._limits.frame} bytes")
        return text

    # Hello and welcome

    async def _greet(self, websocket: WebSocket, connection: Connection, known: Known | None) -> Session | None:
        """Wait for hello and answer it. None when the conversation ended before it began."""
        session = session_of(known, connection)
        if session.user is not NOBODY:
            self._hub.open(session)
        welcomed = None
        try:
            welcomed = await self._wait_for_hello(websocket, session)
        except TimeoutError:
            connection.close(CloseCode.NO_HELLO, "no hello in time")
        except Violation as violation:
            connection.close(violation.code, violation.reason)
        except WebSocketDisconnect:
            pass
        except Exception:
            connection.close(CloseCode.INTERNAL_ERROR, "a fault of ours")
            raise
        finally:
            if welcomed is None:
                self._hub.close(session)
        return welcomed

    async def _wait_for_hello(self, websocket: WebSocket, session: Session) -> Session | None:
        deadline = asyncio.get_running_loop().time() + self._limits.hello_seconds
        while True:
            async with asyncio.timeout_at(deadline):  # the client's time, not that of our database
                frame = await self._receive(websocket)
            hello = self._heard(session, frame)
            if hello is None:
                continue
            assert isinstance(hello, Hello)
            if session.user is NOBODY and (farewell := await self._introduce(websocket, session, hello)):
                session.connection.close(*farewell)
                return None
            if self._is_draining:
                session.connection.close(CloseCode.RESTART, "restart")
                return None
            try:
                return await self._welcome(session, hello)
            except Unavailable as error:
                session.say(refusal(hello.id, error))

    async def _introduce(self, websocket: WebSocket, session: Session, hello: Hello) -> Farewell | None:
        """Find out by the token of hello who it is; with what to close when it is nobody."""
        nobody = CloseCode.UNAUTHENTICATED, "sign in, or send a valid token in hello"
        if not hello.token:
            return nobody
        try:
            known = await self._doors.identify_by_token(websocket, hello.token)
        except HubbubError as error:
            return farewell_for(error)
        if known.user is None or known.credential is None:
            return nobody
        session.user, session.credential, session.visit = known.user, known.credential, known.visit
        self._hub.open(session)
        return None

    async def _welcome(self, session: Session, hello: Hello) -> Session | None:
        rooms = await self._rooms_as_they_stand(session)
        if rooms is None:
            session.connection.close(CloseCode.SIGNED_OUT, "signed out")
        if rooms is None or not self._hub.knows(session):
            self._hub.close(session)
            return None
        session.is_loading = False
        session.has_greeted = True
        epoch = self._doors.epoch()
        is_reset = hello.epoch is not None and hello.epoch != epoch
        bounds = self._limits
        limits = {"text": bounds.text, "frame": bounds.frame, "replay": bounds.replay, "file": bounds.file, "files": bounds.files}
        greeting = {"epoch": epoch} | ({"reset": True} if is_reset else {})
        session.say(frames.welcome(hello.id, **greeting, user=session.user.as_json(), rooms=rooms, limits=limits, server=self._server))
        self._listen(session, rooms, {} if is_reset else hello.cursors)
        return session

    async def _rooms_as_they_stand(self, session: Session) -> Sequence[Mapping[str, Any]] | None:
        """The user's rooms, read again for as long as something changed while they were read that they do not show."""
        while True:
            session.is_stale = False
            rooms = await self._doors.load_rooms(session.user, session.credential)
            if not session.is_stale and not self._hub.is_ahead_of(rooms or ()):
                return rooms

    def _listen(self, session: Session, rooms: Sequence[Mapping[str, Any]], cursors: Mapping[str, int]) -> None:
        for room in rooms:
            id, last_seq = room["id"], room["last_seq"]
            session.may_see_from(id, room.get("first_seq", 1))
            cursor = max(min(cursors.get(id, last_seq), last_seq), session.before_first(id))
            is_behind = last_seq - cursor > self._limits.replay
            if is_behind:
                session.say(frames.behind(id, last_seq))
            self._hub.listen(session, id, last_seq, cursor, is_held=is_behind)

    # Commands

    def _hear(self, session: Session, frame: bytes | str | None) -> None:
        """Do what one frame asks for and answer it. Never raises for what a client sent."""
        if session.connection.is_overfull:
            self._hub.close(session)
            session.connection.close(CloseCode.TRY_AGAIN_LATER, "more was asked than was read")
            return
        try:
            command = self._heard(session, frame)
        except Violation as violation:
            self._hub.close(session)
            session.connection.close(violation.code, violation.reason)
            return
        if command is None:
            return
        try:
            self._commands[type(command)](session, command)
        except HubbubError as error:
            session.say(refusal(command.id, error))

    def _heard(self, session: Session, frame: bytes | str | None) -> Command | None:
        try:
            return session.hear(frame)
        except FrameError as error:
            session.say(frames.error(error.id, error.code, error.message))
            return None

    def _sync(self, session: Session, command: Sync) -> None:
        audience = session.rooms.get(command.room)
        if audience is None:
            raise NotFound("There is no such room among yours.")
        if command.after > audience.newest:
            # Another node may have said more than is known here.
            self._hub.look_up(command.room, command.after, lambda is_there: self._sync_beyond(session, command, is_there))
            return
        if command.id is not None:
            session.say(frames.ok(command.id))
        self._hub.sync(session, command.room, command.after)

    def _sync_beyond(self, session: Session, command: Sync, is_there: bool) -> None:
        if not self._hub.knows(session):
            return
        try:
            if not is_there and (audience := session.rooms.get(command.room)) is not None:
                raise Invalid(f"`after` is {command.after}, and the room's last seq is {audience.newest}.")
            self._sync(session, command)
        except HubbubError as error:
            session.say(refusal(command.id, error))

    def _watch(self, session: Session, command: Watch) -> None:
        _acknowledge(session, command)
        self._hub.watch(session, frozenset(command.rooms), is_away=command.away)

    def _typing(self, session: Session, command: TypingNow) -> None:
        audience = session.rooms.get(command.room)
        if audience is None or audience.is_leaving(session):
            raise NotFound("There is no such room among yours.")
        self._hub.typing(session, command.room)
        _acknowledge(session, command)


def _answer_ping(session: Session, command: Ping) -> None:
    _acknowledge(session, command)


def _acknowledge(session: Session, command: Command) -> None:
    if command.id is not None:
        session.say(frames.ok(command.id))


async def _write_plainly(websocket: WebSocket, outbox: Outbox) -> None:
    while (text := await outbox.next_text()) is not None:
        await websocket.send_text(text)
    await websocket.close(*outbox.farewell)


async def _part(outbox: Outbox, writer: asyncio.Task[None]) -> None:
    """Send what is still owed, then `bye` and 1012, where that is done within a moment."""
    outbox.take(Batch([Frame(frames.bye("restart", COME_BACK_SECONDS))]))
    outbox.close(CloseCode.RESTART, "restart")
    await asyncio.wait((writer,), timeout=PARTING_SECONDS)


async def _end(*tasks: asyncio.Task[None]) -> None:
    """End tasks that belong together, and say so when one died of a fault of ours."""
    for task in tasks:
        task.cancel()
    # Waited for, not gathered: gathering would change what a cancellation of this task says about itself.
    await asyncio.wait(tasks)
    for task in tasks:
        fault = None if task.cancelled() else task.exception()
        if fault is not None and not isinstance(fault, WebSocketDisconnect | Violation | RuntimeError):
            log.error("A WebSocket conversation ended by a fault of ours", exc_info=fault)
