"""Who on this node listens to one room, and what they were given of it. Sans-I/O.

Two kinds of listeners: the live ones were given everything up to `delivered` and get the next flush as it comes; the
others are somewhere behind and are brought up, from memory or from the journal, until they are live. So a slow client
costs the others nothing, and nobody's place is written down for each message.
"""

from collections import deque
from collections.abc import Callable, Sequence, Set
from itertools import islice
from typing import Protocol

from hubbub.protocol.events import Recorded
from hubbub.realtime.catch_up import CatchUp, HoleInJournal, Step
from hubbub.realtime.connections import take_together
from hubbub.realtime.outbox import Batch, Connection, Frame
from hubbub.realtime.session import Session

TAIL_EVENTS = 256
TAIL_BYTES = 512 * 1024
SLICE = 512  # members written to before other work gets its turn
LONGEST_PAUSE_SECONDS = 0.01
NOTHING = Batch(())


class Clockwork(Protocol):
    """The part of an event loop that the hub needs, so that a test can turn it by hand."""

    def time(self) -> float:
        """Seconds, from any start, never backwards."""

    def call_soon(self, callback: Callable[..., object], *args: object) -> object:
        """Run the callback in the next turn."""

    def call_later(self, delay: float, callback: Callable[..., object], *args: object) -> object:
        """Run the callback in `delay` seconds."""


class Audience:
    """The listeners of one room."""

    def __init__(
        self,
        room: str,
        last_seq: int,
        clockwork: Clockwork,
        *,
        has_more_coming: Callable[[], bool],
        flush_soon: Callable[["Audience"], None],
        want_read: Callable[["Audience", Session, CatchUp], None],
        ended: Callable[["Audience", Session], None],
        broke: Callable[[Session], None],
    ) -> None:
        self.room = room
        self.head = last_seq
        """The last seq that was announced here, and is delivered or about to be; what is announced next follows on."""
        self.floor = self.head
        """Where it began: what happened before was announced to nobody here."""
        self.newest = self.head
        """The last seq that is known to be committed."""
        self.delivered = self.head
        """The last seq that every live member was given."""
        self.live: dict[Session, None] = {}
        self.behind: dict[Session, CatchUp] = {}
        self._pending: list[Frame] = []
        self._tail: deque[Frame] = deque()
        self._tail_bytes = 0
        self._clockwork = clockwork
        self._has_more_coming = has_more_coming
        self._flush_soon = flush_soon
        self._want_read = want_read
        self._ended = ended
        self._broke = broke
        self._is_due = False
        self._flushing: list[Session] | None = None
        """Who of a flush that is under way has yet to be given its batch."""
        self._shared: Set[Session] = frozenset()
        self._batch = NOTHING
        self._upcoming = 0
        self._fell_behind: list[Session] = []
        self._flush_began = self._last_flush_ended = self._last_flush_took = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether nobody listens."""
        return not self.live and not self.behind

    def announce(self, event: Recorded) -> None:
        """Take the next event of the room; it goes out with the next flush. Raises `HoleInJournal` for any other."""
        if event.seq != self.head + 1:
            raise HoleInJournal(f"expected seq {self.head + 1}, {event.seq} was announced")
        frame = Frame(event.body)
        self.head = event.seq
        self.newest = max(self.newest, event.seq)
        self._pending.append(frame)
        self._remember(frame)
        if not self._is_due and self._flushing is None:
            self._schedule()

    def forget_words(self) -> None:
        """Drop the memory of recent events: a deletion took words out of the journal.

        What is due goes out first, to those who were here before it: nobody who comes now shall be given it.
        """
        self.finish_flush()
        self._tail.clear()
        self._tail_bytes = 0

    def join(self, session: Session, last_seq: int, cursor: int, *, is_held: bool = False) -> None:
        """Begin to deliver to a member as of `last_seq` everything after `cursor`; a held one waits for `sync`."""
        session.rooms[self.room] = self
        self.newest = max(self.newest, last_seq)
        self.behind[session] = CatchUp(cursor, is_held=is_held)
        self.advance(session)

    def restart(self, session: Session, after: int) -> None:
        """Go on from `after`, wherever the session was. A membership that has ended stays so."""
        catch_up = CatchUp(min(after, self.newest))
        if session in self.live:
            del self.live[session]
            self._leave_out_of_flush(session)
        else:
            catch_up.until = self.behind[session].until
        self.behind[session] = catch_up
        self.advance(session)

    def is_leaving(self, session: Session) -> bool:
        """Whether the session's membership has ended, and it is only owed the events before that."""
        catch_up = self.behind.get(session)
        return catch_up is not None and catch_up.until is not None

    def leave(self, session: Session) -> None:
        """Stop delivering to a session whose connection ended."""
        session.rooms.pop(self.room, None)
        self.live.pop(session, None)
        self.behind.pop(session, None)

    def expel(self, session: Session, seq: int) -> None:
        """Stop delivering to a session after the event `seq`, which ended the membership."""
        catch_up = self.behind.get(session)
        if catch_up is not None:
            if catch_up.until is None:
                catch_up.until = seq
            self.advance(session)
        elif session in self.live:
            del self.live[session]
            self._ended(self, session)

    def fall_behind(self, session: Session) -> None:
        """The session's connection lags: it gets nothing more from the flushes and is brought up when it has drained."""
        if session not in self.live:
            return
        if self._flushing is not None:
            self._fell_behind.append(session)  # its place is settled when the flush is over
            return
        del self.live[session]
        self.behind[session] = CatchUp(self.delivered)

    def advance(self, session: Session) -> None:
        """Do what is next for a session that is behind, as far as its connection takes it."""
        while (catch_up := self.behind.get(session)) is not None and self._flushing is None:
            is_lagging = session.connection.is_lagging
            step = catch_up.next_step(self.delivered, self._tail_from, is_lagging=is_lagging)
            if step is Step.TAKE_TAIL:
                self._hand_over_tail(session, catch_up)
                continue
            if step is Step.READ:
                if not session.is_reading:
                    session.is_reading = catch_up.is_reading = True
                    self._want_read(self, session, catch_up)
            elif step is Step.GO_LIVE:
                del self.behind[session]
                self.live[session] = None
            elif step is Step.END:
                del self.behind[session]
                self._ended(self, session)
            return

    def hand_over(self, session: Session, catch_up: CatchUp, seqs: Sequence[int], batch: Batch) -> None:
        """Deliver what was read from the journal for a session, unless its place has changed meanwhile."""
        if self.behind.get(session) is not catch_up:
            return
        catch_up.is_reading = False
        if not seqs:
            raise HoleInJournal(f"expected seq {catch_up.cursor + 1}, the journal gave nothing")
        if catch_up.until is not None and seqs[-1] > catch_up.until:
            seqs = [seq for seq in seqs if seq <= catch_up.until]
            batch = Batch(batch.frames[: len(seqs)])
        catch_up.accept(seqs)
        if seqs:
            session.connection.take(batch)
        self.advance(session)

    def flush(self, shared: Set[Session] = frozenset()) -> None:
        """Give the live members what is due, a slice at a time; `shared` are given news of other rooms in this turn too."""
        self._is_due = False
        if self._flushing is None and self._pending:
            self._begin_flush(shared)
            self._flush_slice()

    def finish_flush(self) -> None:
        """Give the live members everything that is due, now."""
        if self._flushing is not None:
            self._write(len(self._flushing))
            self._end_flush()
        if self._pending:
            self._begin_flush()
            self._write(len(self.live))
            self._end_flush()

    @property
    def _tail_from(self) -> int:
        return self.head - len(self._tail) + 1

    def _remember(self, frame: Frame) -> None:
        self._tail.append(frame)
        self._tail_bytes += len(frame.payload)
        while len(self._tail) > TAIL_EVENTS or (self._tail_bytes > TAIL_BYTES and len(self._tail) > 1):
            self._tail_bytes -= len(self._tail.popleft().payload)

    def _hand_over_tail(self, session: Session, catch_up: CatchUp) -> None:
        first = catch_up.cursor + 1
        goal = catch_up.goal(self.delivered)
        offset = first - self._tail_from
        frames = list(islice(self._tail, offset, offset + goal - catch_up.cursor))
        catch_up.accept(range(first, goal + 1))
        session.connection.take(Batch(frames))

    def _advance_all(self) -> None:
        for session in list(self.behind):
            try:
                self.advance(session)
            except Exception:
                self._broke(session)

    def _schedule(self) -> None:
        """Flush in the next turn, or a little later while more is on its way: commits meet in one write then.

        After a flush that took T the next may wait up to T/2. It doubles what a room can carry and costs no latency,
        since the wait is shorter than the flush that it saves.
        """
        self._is_due = True
        if self._has_more_coming():
            pause = self._last_flush_ended + self._last_flush_took / 2 - self._clockwork.time()
            if pause > 0:
                self._clockwork.call_later(pause, self.flush)
                return
        self._flush_soon(self)

    def _begin_flush(self, shared: Set[Session] = frozenset()) -> None:
        self._batch = Batch(self._pending)
        self._pending = []
        self._upcoming = self.head
        self._flushing = list(self.live)
        self._shared = shared
        self._flush_began = self._clockwork.time()

    def _flush_slice(self) -> None:
        if self._flushing is None:
            return
        self._write(SLICE)
        if self._flushing:
            self._clockwork.call_soon(self._flush_slice)
        else:
            self._end_flush()

    def _write(self, count: int) -> None:
        flushing = self._flushing or []
        members, self._flushing = flushing[:count], flushing[count:]
        if self._shared:
            in_others = [session for session in members if session in self._shared]
            members = [session for session in members if session not in self._shared]
            for session in in_others:
                try:
                    session.connection.take_along(self._batch)
                except Exception:
                    self._broke(session)
        take_together([session.connection for session in members], self._batch, self._drop_broken)

    def _drop_broken(self, connection: Connection) -> None:
        for session in [session for session in self.live if session.connection is connection]:
            self._broke(session)

    def _leave_out_of_flush(self, session: Session) -> None:
        if self._flushing and session in self._flushing:
            self._flushing.remove(session)

    def _end_flush(self) -> None:
        self._flushing = None
        self.delivered = self._upcoming
        self._batch, self._shared = NOTHING, frozenset()
        self._last_flush_ended = self._clockwork.time()
        self._last_flush_took = min(self._last_flush_ended - self._flush_began, LONGEST_PAUSE_SECONDS)
        fell_behind, self._fell_behind = self._fell_behind, []
        for session in fell_behind:
            self.fall_behind(session)
        if self.behind:
            self._advance_all()
        if self._pending and not self._is_due:
            self._schedule()
