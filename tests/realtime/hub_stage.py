"""A stage for the hub: a clockwork turned by hand, connections that record, a journal that answers when it is told to."""

import heapq
import itertools
import json
from collections import deque
from dataclasses import dataclass, field

from hubbub.protocol.events import Recorded, encode_event
from hubbub.realtime.hub import Hub
from hubbub.realtime.session import Session

AT = "2026-01-01T00:00:00.000Z"


class HandTurnedClockwork:
    """An event loop's clock and queue, where nothing happens by itself."""

    def __init__(self):
        self.now = 100.0
        self._soon = deque()
        self._later = []
        self._count = itertools.count()

    def time(self):
        return self.now

    def call_soon(self, callback, *args):
        self._soon.append((callback, args))

    def call_later(self, delay, callback, *args):
        heapq.heappush(self._later, (self.now + delay, next(self._count), callback, args))

    def turn(self):
        """One turn of the loop: what is due now, and nothing that only comes of it."""
        while self._later and self._later[0][0] <= self.now:
            self._soon.append(heapq.heappop(self._later)[2:])
        for _ in range(len(self._soon)):
            callback, args = self._soon.popleft()
            callback(*args)

    def passes(self, seconds):
        """Time goes by, and one turn is made."""
        self.now += seconds
        self.turn()

    def runs_dry(self):
        """Turn until nothing is due any more."""
        while self._soon:
            self.turn()

    @property
    def is_waiting(self):
        """Whether anything is due, now or later."""
        return bool(self._soon or self._later)


class RecordingConnection:
    """Keeps what it took; lags when more than `high_water` bytes were not drained."""

    def __init__(self, high_water=None):
        self.batches = []
        self.took_along = 0
        self.taken = []
        self.closed = None
        self.is_lagging = False
        self.is_overfull = False
        self.on_lagging = self.on_drained = lambda: None
        self._high_water = high_water
        self._waiting = 0

    def take(self, batch):
        if self.closed is not None:
            return
        self.batches.append(batch)
        self.taken.extend(frame.payload for frame in batch.frames)
        self._waiting += sum(len(frame.payload) for frame in batch.frames)
        if self._high_water is not None and self._waiting > self._high_water:
            self.stalls()

    def take_along(self, batch):
        self.took_along += 1
        self.take(batch)

    def close(self, code, reason):
        self.closed = self.closed or (int(code), reason)

    def stalls(self):
        if not self.is_lagging:
            self.is_lagging = True
            self.on_lagging()

    def drains(self):
        self._waiting = 0
        if self.is_lagging:
            self.is_lagging = False
            self.on_drained()

    @property
    def heard(self):
        """Everything that it took, decoded."""
        return [json.loads(payload) for payload in self.taken]


@dataclass(frozen=True)
class Somebody:
    """A user, and what they are known by."""

    id: str

    @property
    def name(self):
        return self.id

    @property
    def person(self):
        return {"id": self.id, "name": self.name, "kind": "human"}

    def as_json(self):
        return self.person | {"role": "member", "avatar": None}


@dataclass
class Stage:
    """A hub and everything around it, for stories about one or two rooms whose events come in order."""

    has_more_coming: bool = False
    clockwork: HandTurnedClockwork = field(default_factory=HandTurnedClockwork)
    logs: dict = field(default_factory=dict)
    reads: list = field(default_factory=list)
    descriptions: list = field(default_factory=list)

    def __post_init__(self):
        self.hub = Hub(
            self.clockwork,
            read_journal=lambda *read: self.reads.append(read),
            describe_room=lambda *wanted: self.descriptions.append(wanted),
            has_more_coming=lambda: self.has_more_coming,
        )

    def enters(self, name, *rooms, connection=None, credential="login", cursor=None):
        """Somebody connects and listens to rooms, from now on or from a cursor."""
        session = Session(Somebody(name), Somebody(credential), connection or RecordingConnection())
        if isinstance(session.connection, RecordingConnection):
            session.connection.on_lagging = lambda: self.hub.lagging(session)
            session.connection.on_drained = lambda: self.hub.drained(session)
        self.hub.open(session)
        session.is_loading, session.has_greeted = False, True
        for room in rooms:
            last_seq = len(self.logs.setdefault(room, []))
            self.hub.listen(session, room, last_seq, last_seq if cursor is None else cursor)
        return session

    def happens(self, room, kind="message.created", by="ada", **fields):
        """An event is committed; the announcement is the caller's."""
        log = self.logs.setdefault(room, [])
        if kind == "message.created":
            fields = {"text": f"message {len(log) + 1}", "key": f"k{len(log) + 1}", **fields}
        event = recorded(room, len(log) + 1, kind, by, fields)
        log.append(event)
        return event

    def posts(self, room, *, count=1, by="ada"):
        """Messages are committed, announced and, turn by turn, delivered."""
        self.hub.announce([self.happens(room, by=by) for _ in range(count)])
        self.clockwork.runs_dry()

    def answers_reads(self, *, at_most=1000, fails=False):
        """The journal answers everything that was asked so far; how many reads that were."""
        reads, self.reads[:] = list(self.reads), []
        for room, after, up_to, done in reads:
            rows = [(event.seq, event.body) for event in self.logs[room][after:up_to]]
            done(None if fails else rows[:at_most])
        return len(reads)


def recorded(room, seq, kind="message.created", by="ada", fields=None):
    """An event as it stands in a journal."""
    fields = fields if fields is not None else {"text": f"message {seq}", "key": f"k{seq}"}
    person = Somebody(by).person
    return Recorded(room, seq, kind, AT, person, fields, seq, encode_event(kind, room, seq, AT, person, fields))


def seqs(connection, room):
    """The seqs of the room's events that a connection took, in order."""
    return [frame["seq"] for frame in connection.heard if "seq" in frame and frame["room"] == room and "at" in frame]
