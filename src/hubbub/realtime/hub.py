"""The hub: who on this node listens to which room, and what becomes of what was announced. Sans-I/O.

Everything here runs on the event loop and nothing waits. What needs the database goes out through callables and
comes back as a call.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hubbub.protocol import frames, signals
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.events import Recorded
from hubbub.realtime.audience import Audience, Clockwork
from hubbub.realtime.catch_up import CatchUp, HoleInJournal
from hubbub.realtime.outbox import Batch, Frame
from hubbub.realtime.session import Session
from hubbub.realtime.typing_board import TypingBoard

READS_AT_ONCE = 8
READ_AGAIN_SECONDS = 0.5
TYPING_SWEEP_SECONDS = 1.0
UNHEARD_ROOMS = 65_536  # so many rooms would have to have news while one session loads, before it came back for a hole

log = logging.getLogger("hubbub.realtime")

Rows = list[tuple[int, bytes]]
RowsDone = Callable[[Rows | None], None]
ReadJournal = Callable[[str, int, int, RowsDone], None]
"""(room, after, up_to, done): hands `done` some of the events, at least one, or None when it could not be read."""
RoomDone = Callable[[Mapping[str, Any] | None], None]
DescribeRoom = Callable[[Any, str, RoomDone], None]
"""(user, room, done): hands `done` the room as `welcome` gives it, or None when the user is no member."""

Place = tuple[Audience, Session, CatchUp]


class Hub:
    """The sessions of this node and the rooms that they listen to."""

    def __init__(
        self,
        clockwork: Clockwork,
        *,
        read_journal: ReadJournal,
        describe_room: DescribeRoom,
        has_more_coming: Callable[[], bool],
    ) -> None:
        self._clockwork = clockwork
        self._read_journal = read_journal
        self._describe_room = describe_room
        self._has_more_coming = has_more_coming
        self._audiences: dict[str, Audience] = {}
        self._sessions: dict[str, set[Session]] = {}
        self._wanted: dict[tuple[str, int, int], list[Place]] = {}
        self._queue: deque[tuple[str, int, int]] = deque()
        self._reads = 0
        self._unheard: dict[str, int] = {}
        self._typing = TypingBoard()
        self._is_sweeping = False

    # Sessions come and go

    def open(self, session: Session) -> None:
        """Count a session among its user's, before what it may see is read: a change meanwhile makes it stale."""
        self._sessions.setdefault(session.user.id, set()).add(session)

    def listen(self, session: Session, room: str, last_seq: int, cursor: int, *, is_held: bool = False) -> None:
        """Deliver the room's events after `cursor`; `last_seq` is the newest that is known to be committed."""
        audience = self._audiences.get(room)
        if audience is None:
            audience = self._audiences[room] = Audience(
                room,
                last_seq,
                self._clockwork,
                announced=self._unheard.pop(room, 0),
                has_more_coming=self._has_more_coming,
                want_read=self._want_read,
                ended=self._membership_ended,
                broke=self._close_broken,
            )
        self._guarded(session, audience.join, session, last_seq, cursor, is_held=is_held)

    def sync(self, session: Session, room: str, after: int) -> None:
        """Go on in the room from `after`. The session listens to it."""
        audience: Audience = session.rooms[room]
        self._guarded(session, audience.restart, session, after)

    def close(self, session: Session) -> None:
        """Forget a session whose connection has ended."""
        for audience in list(session.rooms.values()):
            audience.leave(session)
            self._drop_if_empty(audience)
        sessions = self._sessions.get(session.user.id)
        if sessions is not None:
            sessions.discard(session)
            if not sessions:
                del self._sessions[session.user.id]

    def lagging(self, session: Session) -> None:
        """The session's connection takes less than it is given: settled in the next turn, when no flush is running."""
        self._clockwork.call_soon(self._fall_behind, session)

    def drained(self, session: Session) -> None:
        """The session's connection takes more again."""
        for audience in list(session.rooms.values()):
            self._guarded(session, audience.advance, session)

    def knows(self, session: Session) -> bool:
        """Whether the session is still open here: it may have been ended while something was awaited."""
        return session in self._sessions.get(session.user.id, ())

    def sessions(self) -> list[Session]:
        """Every session on this node."""
        return [session for sessions in self._sessions.values() for session in sessions]

    def sessions_of(self, user_id: str) -> Iterable[Session]:
        """The sessions of one user on this node."""
        return tuple(self._sessions.get(user_id, ()))

    def end_sessions(self, user_id: str, credential_id: str | None, code: CloseCode, reason: str) -> None:
        """Close a user's sessions: those of one credential, or all of them."""
        for session in self.sessions_of(user_id):
            if credential_id is None or session.credential.id == credential_id:
                self.close(session)
                session.connection.close(code, reason)

    # News

    def announce(self, events: list[Recorded]) -> None:
        """Deliver what was committed, in the order of the commit."""
        for event in events:
            audience = self._audiences.get(event.room)
            if audience is None:
                self._note_unheard(event.room, event.seq)
            else:
                self._announce_to(audience, event)
            if event.type == "member.joined":
                self._member_joined(event)
            elif event.type == "member.left":
                self._member_left(event, audience)
            elif event.type == "message.created":
                self._stop_typing(event.room, event.by["id"])

    def tell_user(self, user_id: str, payload: bytes, *, but: Session | None = None) -> None:
        """Send a signal to all sessions of one user, `but` excepted, and those that cannot keep up."""
        batch = Batch((Frame(payload),))
        for session in self.sessions_of(user_id):
            if session is not but and not session.is_loading and not session.connection.is_lagging:
                session.connection.take(batch)

    def typing(self, session: Session, room: str) -> None:
        """Tell the others in the room that this user types."""
        if self._typing.typed(room, session.user.id, session.user.name, self._clockwork.time()):
            self._tell_who_types(room, but=session.user.id)
        if not self._is_sweeping:
            self._is_sweeping = True
            self._clockwork.call_later(TYPING_SWEEP_SECONDS, self._sweep_typing)

    def _announce_to(self, audience: Audience, event: Recorded) -> None:
        try:
            audience.announce(event)
        except HoleInJournal:
            # They come back at once, and read what is missing from the journal.
            log.exception("The sessions in room %s were closed rather than given a hole", event.room)
            for session in [*audience.live, *audience.behind]:
                self.close(session)
                session.connection.close(CloseCode.RESTART, "news were missing")
            self._note_unheard(event.room, event.seq)
        if event.type == "message.deleted":
            audience.forget_words()

    def _note_unheard(self, room: str, seq: int) -> None:
        """Remember the news of a room without listeners: somebody may be about to listen who read the journal before."""
        self._unheard.pop(room, None)
        self._unheard[room] = seq
        if len(self._unheard) > UNHEARD_ROOMS:
            del self._unheard[next(iter(self._unheard))]

    # Membership

    def _member_joined(self, event: Recorded) -> None:
        for session in self.sessions_of(event.fields["user"]["id"]):
            if session.is_loading:
                session.is_stale = True
            elif event.room not in session.rooms:
                self._add_room(session, event.room, event.seq)
            elif session.rooms[event.room].is_leaving(session):
                self._note_adding(session, event.room, event.seq)

    def _add_room(self, session: Session, room: str, joined: int) -> None:
        self._note_adding(session, room, joined)
        self._describe_room(session.user, room, lambda view: self._room_described(session, room, view))

    def _note_adding(self, session: Session, room: str, joined: int) -> None:
        session.adding = session.adding or {}
        session.adding[room] = joined

    def _room_described(self, session: Session, room: str, view: Mapping[str, Any] | None) -> None:
        joined = session.adding.get(room) if session.adding is not None else None
        if session.adding is None or joined is None or view is None or view["last_seq"] < joined:
            return  # the membership has ended, or another one began since and is described by another answer
        del session.adding[room]
        if self.knows(session) and room not in session.rooms:
            session.say(frames.room_added(view))
            self.listen(session, room, view["last_seq"], view["last_seq"])

    def _member_left(self, event: Recorded, audience: Audience | None) -> None:
        user_id = event.fields["user"]["id"]
        self._stop_typing(event.room, user_id)
        if audience is not None:
            # Everybody gets everything up to here, and the one who left nothing after it.
            audience.finish_flush()
        for session in self.sessions_of(user_id):
            session.is_stale = session.is_loading
            if session.adding is not None:
                session.adding.pop(event.room, None)
            listening: Audience | None = session.rooms.get(event.room)
            if listening is not None:
                self._guarded(session, listening.expel, session, event.seq)

    def _membership_ended(self, audience: Audience, session: Session) -> None:
        session.rooms.pop(audience.room, None)
        session.say(frames.room_removed(audience.room))
        self._drop_if_empty(audience)
        if session.adding is not None and audience.room in session.adding:
            self._add_room(session, audience.room, session.adding[audience.room])

    def _drop_if_empty(self, audience: Audience) -> None:
        if audience.is_empty and self._audiences.get(audience.room) is audience:
            del self._audiences[audience.room]
            self._note_unheard(audience.room, audience.announced)

    # Reading what is missing

    def _want_read(self, audience: Audience, session: Session, catch_up: CatchUp) -> None:
        request = (audience.room, catch_up.cursor, catch_up.goal(audience.delivered, audience.announced))
        # Those who come back together from the same place share one read.
        if request not in self._wanted:
            self._wanted[request] = []
            self._queue.append(request)
        self._wanted[request].append((audience, session, catch_up))
        self._start_reads()

    def _start_reads(self) -> None:
        while self._queue and self._reads < READS_AT_ONCE:
            request = self._queue.popleft()
            self._reads += 1
            self._read_journal(*request, lambda rows, request=request: self._read_done(request, rows))  # type: ignore[misc]

    def _read_done(self, request: tuple[str, int, int], rows: Rows | None) -> None:
        self._reads -= 1
        if rows is None:
            self._clockwork.call_later(READ_AGAIN_SECONDS, self._read_again, request)
        else:
            seqs, batch = [seq for seq, _ in rows], Batch([Frame(body) for _, body in rows])
            for audience, session, catch_up in self._wanted.pop(request):
                session.is_reading = False
                self._guarded(session, audience.hand_over, session, catch_up, seqs, batch)
                self.drained(session)  # its other rooms waited for this read
        self._start_reads()

    def _read_again(self, request: tuple[str, int, int]) -> None:
        self._queue.append(request)
        self._start_reads()

    def _fall_behind(self, session: Session) -> None:
        if session.connection.is_lagging:
            for audience in list(session.rooms.values()):
                audience.fall_behind(session)

    def _guarded(self, session: Session, step: Callable[..., None], *args: Any, **options: Any) -> None:
        """Do something for one session so that a fault in it harms no other, and never makes a hole."""
        try:
            step(*args, **options)
        except Exception:
            self._close_broken(session)

    def _close_broken(self, session: Session) -> None:
        log.exception("A session was closed rather than given a hole")
        self.close(session)
        session.connection.close(CloseCode.INTERNAL_ERROR, "what is owed could not be delivered")

    # Typing

    def _stop_typing(self, room: str, user_id: str) -> None:
        if self._typing and self._typing.stopped(room, user_id):
            self._tell_who_types(room, but=user_id)

    def _sweep_typing(self) -> None:
        for room, user_id in self._typing.expire(self._clockwork.time()):
            self._tell_who_types(room, but=user_id)
        self._is_sweeping = bool(self._typing)
        if self._is_sweeping:
            self._clockwork.call_later(TYPING_SWEEP_SECONDS, self._sweep_typing)

    def _tell_who_types(self, room: str, *, but: str | None = None) -> None:
        """Tell the room who types now; nothing changed for the user `but`, who began or stopped."""
        audience = self._audiences.get(room)
        if audience is None:
            return
        typers = self._typing.typers(room)
        to_others = Batch((Frame(signals.typing(room, list(typers.values()))),))
        for session in list(audience.live):
            if session.user.id == but or not session.wants_typing(room):
                continue
            if session.user.id in typers:
                session.say(signals.typing(room, [name for id, name in typers.items() if id != session.user.id]))
            else:
                session.connection.take(to_others)
