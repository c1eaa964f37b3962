"""The hub: who on this node listens to which room, and what becomes of what was announced. Sans-I/O.

Everything here runs on the event loop and nothing waits. What needs the database goes out through callables and
comes back as a call.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from hubbub.protocol import frames, signals
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.events import Recorded
from hubbub.realtime.audience import Audience, Clockwork
from hubbub.realtime.elsewhere import Elsewhere, Nowhere
from hubbub.realtime.flushes import Flushes
from hubbub.realtime.holes import Holes, ReadJournal, Rows
from hubbub.realtime.outbox import Batch, Frame
from hubbub.realtime.presence import Presence
from hubbub.realtime.reads import Place, Reads
from hubbub.realtime.seen import SeenLive
from hubbub.realtime.session import Session
from hubbub.realtime.typing_board import TypingBoard

TYPING_SWEEP_SECONDS = 1.0
UNHEARD_ROOMS = 65_536  # so many rooms would have to have news while one session loads, before it came back for a hole

log = logging.getLogger("hubbub.realtime")

RoomDone = Callable[[Mapping[str, Any] | None], None]
DescribeRoom = Callable[[Any, str, RoomDone], None]
"""(user, room, done): hands `done` the room as `welcome` gives it, or None when the user is no member."""


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
        self._flushes = Flushes(clockwork)
        self._reads = Reads(clockwork, read_journal, self._read_for)
        self._unheard: dict[str, int] = {}
        self.holes = Holes(clockwork, read_journal, self.announce)
        self.elsewhere: Elsewhere = Nowhere()
        self.presence = Presence(clockwork, self._listeners, self.sessions_of, lambda: self.elsewhere)
        self.seen = SeenLive(self.sessions_of, lambda: self.elsewhere)
        self._typing = TypingBoard()
        self._is_sweeping = False
        self.announced_count = 0
        """How many events were announced here since the start."""

    @property
    def room_count(self) -> int:
        """How many rooms somebody here listens to."""
        return len(self._audiences)

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
                has_more_coming=self._has_more_coming,
                flush_soon=self._flushes.soon,
                want_read=self._reads.want,
                ended=self._membership_ended,
                broke=self._close_broken,
            )
            self.elsewhere.room_opened(room)
        self._guarded(session, audience.join, session, last_seq, cursor, is_held=is_held)
        self.presence.came(session, room)
        self.holes.note(audience, last_seq, is_on_its_way=True)
        if room in self._unheard:
            self.holes.note(audience, self._unheard.pop(room))

    def is_ahead_of(self, rooms: Iterable[Mapping[str, Any]]) -> bool:
        """Whether rooms as they were read are older than where their audiences begin here, so that they must be read again.

        What happened in between was told to nobody here; it may have ended the membership.
        """
        found = ((self._audiences.get(room["id"]), room["last_seq"]) for room in rooms)
        return any(audience is not None and last_seq < audience.floor for audience, last_seq in found)

    def sync(self, session: Session, room: str, after: int) -> None:
        """Go on in the room from `after`. The session listens to it."""
        audience: Audience = session.rooms[room]
        self._guarded(session, audience.restart, session, max(after, session.before_first(room)))

    def close(self, session: Session) -> None:
        """Forget a session whose connection has ended."""
        left = list(session.rooms.values())
        for audience in left:
            audience.leave(session)
            self._drop_if_empty(audience)
        sessions = self._sessions.get(session.user.id)
        if sessions is not None:
            sessions.discard(session)
            if not sessions:
                del self._sessions[session.user.id]
        for audience in left:
            self.presence.went(session, audience.room)

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

    def _listeners(self, room: str) -> Iterator[Session]:
        audience = self._audiences.get(room)
        return chain(audience.live, audience.behind) if audience is not None else iter(())

    def users(self) -> list[str]:
        """The ids of all who have a session on this node."""
        return list(self._sessions)

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
        """Deliver what was committed. What is missing in a room is waited for, or read; what comes twice is passed over."""
        self.announced_count += len(events)
        for event in events:
            audience = self._audiences.get(event.room)
            if audience is None:
                self._note_unheard(event.room, event.seq)
                self._take_in(event, None)
                continue
            if event.seq > audience.head + 1:
                self.holes.hold(audience, event)
                continue
            self._announce_to(audience, event)
            if self.holes:
                self._announce_held(audience)

    def note_head(self, room: str, seq: int, *, is_on_its_way: bool = True) -> None:
        """The room's journal goes on to `seq`, as somebody says who knows: what is missing here is read."""
        if (audience := self._audiences.get(room)) is not None:
            self.holes.note(audience, seq, is_on_its_way=is_on_its_way)

    def tell_user(self, user_id: str, payload: bytes, *, but: Session | None = None) -> None:
        """Send a signal to all sessions of one user, `but` excepted, and those that cannot keep up."""
        self.tell_user_here(user_id, payload, but=but)
        self.elsewhere.tell_user(user_id, payload)

    def tell_user_here(self, user_id: str, payload: bytes, *, but: Session | None = None) -> None:
        """The same for the sessions on this node."""
        batch = Batch((Frame(payload),))
        for session in self.sessions_of(user_id):
            if session is not but and not session.is_loading and not session.connection.is_lagging:
                session.connection.take(batch)

    def tell_those_in(self, rooms: Iterable[str], payload: bytes, *, about: str) -> None:
        """Send a signal about a user to everybody here who is in one of the rooms, and to the user: once to each."""
        batch = Batch((Frame(payload),))
        sessions = set(self.sessions_of(about))
        for audience in filter(None, map(self._audiences.get, rooms)):
            sessions.update(audience.live)
        for session in sessions:
            if not session.is_loading and not session.connection.is_lagging:
                session.connection.take(batch)

    def watch(self, session: Session, rooms: frozenset[str], *, is_away: bool) -> None:
        """Tell the session from now on who is there and who types in these rooms, and how that is now in those that are new."""
        known, session.watching = session.watching or frozenset(), rooms
        self.presence.watch(session, rooms, is_away=is_away)
        for room in (rooms - known) & session.rooms.keys():
            typers = self._typing.typers(room)
            if names := [name for id, name in typers.items() if id != session.user.id]:
                session.say(signals.typing(room, names))

    def typing(self, session: Session, room: str) -> None:
        """Tell the others in the room that this user types."""
        self._note_typing(room, session.user.id, session.user.name)
        self.elsewhere.typed(room, session.user.id, session.user.name)

    def typed_elsewhere(self, room: str, user_id: str, name: str) -> None:
        """Tell those in the room here that somebody types on another node."""
        if room in self._audiences:
            self._note_typing(room, user_id, name)

    def _note_typing(self, room: str, user_id: str, name: str) -> None:
        if self._typing.typed(room, user_id, name, self._clockwork.time()):
            self._tell_who_types(room, but=user_id)
        if not self._is_sweeping:
            self._is_sweeping = True
            self._clockwork.call_later(TYPING_SWEEP_SECONDS, self._sweep_typing)

    def _announce_to(self, audience: Audience, event: Recorded) -> None:
        if event.seq <= audience.head:
            # Taken in already, or from before anybody listened here; only whom it lets in may not know yet.
            if event.type == "member.joined":
                self.let_in(event.fields["user"]["id"], event.room, event.seq)
            return
        audience.announce(event)
        if event.type == "message.deleted":
            audience.forget_words()
        self._take_in(event, audience)

    def _announce_held(self, audience: Audience) -> None:
        while (event := self.holes.next_after(audience)) is not None:
            self._announce_to(audience, event)

    def _take_in(self, event: Recorded, audience: Audience | None) -> None:
        if event.type == "message.created":
            self._stop_typing(event.room, event.by["id"])
        elif event.type == "member.joined":
            self.let_in(event.fields["user"]["id"], event.room, event.seq)
        elif event.type == "member.left":
            self._member_left(event, audience)

    def _note_unheard(self, room: str, seq: int) -> None:
        """Remember the news of a room without listeners: somebody may be about to listen who read the journal before."""
        self._unheard[room] = max(seq, self._unheard.pop(room, 0))
        if len(self._unheard) > UNHEARD_ROOMS:
            del self._unheard[next(iter(self._unheard))]

    # Membership

    def look_up(self, room: str, seq: int, done: Callable[[bool], None]) -> None:
        """Hand `done` whether the room's journal goes as far as `seq`; from then on that is known here."""

        def found(rows: Rows | None) -> None:
            if rows:
                self.note_head(room, seq, is_on_its_way=False)
            done(bool(rows))

        self._read_journal(room, seq - 1, seq, found)

    def let_in(self, user_id: str, room: str, joined: int) -> None:
        """A user is a member of the room since `joined`, or is said to be: their sessions that do not know of it find out."""
        for session in self.sessions_of(user_id):
            if session.is_loading:
                session.is_stale = True
            elif room in session.rooms:
                if session.rooms[room].is_leaving(session):
                    self._note_adding(session, room, joined)
            elif session.adding is None or session.adding.get(room, -1) < joined:
                self._add_room(session, room, joined)

    def _add_room(self, session: Session, room: str, joined: int) -> None:
        self._note_adding(session, room, joined)
        self._describe_room(session.user, room, lambda view: self._room_described(session, room, joined, view))

    def _note_adding(self, session: Session, room: str, joined: int) -> None:
        session.adding = session.adding or {}
        session.adding[room] = max(joined, session.adding.get(room, 0))

    def _room_described(self, session: Session, room: str, asked: int, view: Mapping[str, Any] | None) -> None:
        joined = session.adding.get(room) if session.adding is not None else None
        if session.adding is None or joined is None or joined > asked:
            return  # the membership has ended, or another one began since and is described by another answer
        if view is not None and self.is_ahead_of([view]):
            self._add_room(session, room, joined)
            return
        del session.adding[room]
        if view is not None and self.knows(session) and room not in session.rooms:
            session.say(frames.room_added(view))
            session.may_see_from(room, view.get("first_seq", 1))
            self.listen(session, room, view["last_seq"], view["last_seq"])

    def _member_left(self, event: Recorded, audience: Audience | None) -> None:
        user_id = event.fields["user"]["id"]
        self._stop_typing(event.room, user_id)
        if audience is not None:
            # Everybody gets everything up to here, and the one who left nothing after it.
            audience.finish_flush()
        for session in self.sessions_of(user_id):
            session.is_stale = session.is_loading
            if session.adding is not None and session.adding.get(event.room, event.seq) < event.seq:
                del session.adding[event.room]
            listening: Audience | None = session.rooms.get(event.room)
            if listening is not None:
                self._guarded(session, listening.expel, session, event.seq)

    def _membership_ended(self, audience: Audience, session: Session) -> None:
        session.rooms.pop(audience.room, None)
        self.presence.left(session, audience.room)
        session.say(frames.room_removed(audience.room))
        self._drop_if_empty(audience)
        if session.adding is not None and audience.room in session.adding:
            self._add_room(session, audience.room, session.adding[audience.room])

    def _drop_if_empty(self, audience: Audience) -> None:
        if audience.is_empty and self._audiences.get(audience.room) is audience:
            del self._audiences[audience.room]
            held = self.holes.forget(audience)
            self.elsewhere.room_closed(audience.room)
            self._note_unheard(audience.room, audience.newest)
            self.announce(held)  # it may let somebody in again

    # What sessions are owed

    def _read_for(self, place: Place, seqs: list[int], batch: Batch) -> None:
        audience, session, catch_up = place
        session.is_reading = False
        self._guarded(session, audience.hand_over, session, catch_up, seqs, batch)
        self.drained(session)  # its other rooms waited for this read

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
