"""Who is there, for those who watch a room: never kept, told at most once a second, and only where somebody looks. Sans-I/O."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from hubbub.protocol import signals
from hubbub.realtime.audience import Clockwork
from hubbub.realtime.elsewhere import Elsewhere
from hubbub.realtime.outbox import Batch, Frame
from hubbub.realtime.session import Session

State = Literal["online", "away", "offline"]

TELL_SECONDS = 1.0
OFFLINE_AFTER_SECONDS = 4.0
"""Who comes back within this time, as with a page that is loaded again, was never away."""
ASK_SECONDS = 20.0
FORGET_SECONDS = 50.0
CROWD = 500
"""Of a room with more people present than this, nothing is told: what it costs would grow with their square."""


class Watched:
    """One room that somebody watches, here or on another node."""

    __slots__ = ("asked_at", "dirty", "elsewhere_until", "others", "owed", "told", "told_elsewhere", "watchers")

    def __init__(self) -> None:
        self.watchers: set[Session] = set()
        self.told: dict[str, State] = {}
        """What the watchers here were told of those who are not offline."""
        self.owed: dict[Session, dict[str, State]] = {}
        """What watchers who are slow just now will be told."""
        self.dirty: dict[str, float] = {}
        """Those whose state may have changed, and when to look."""
        self.others: dict[str, tuple[dict[str, State], float]] = {}
        """Who is there by the word of other nodes, and until when it counts."""
        self.elsewhere_until = 0.0
        self.told_elsewhere: dict[str, State] = {}
        self.asked_at = -ASK_SECONDS


class Presence:
    """Everybody's presence, as far as anybody watches."""

    def __init__(
        self,
        clockwork: Clockwork,
        sessions_in: Callable[[str], Iterable[Session]],
        sessions_of: Callable[[str], Iterable[Session]],
        elsewhere: Callable[[], Elsewhere],
    ) -> None:
        """`sessions_in` a room, `sessions_of` a user: those on this node."""
        self._clockwork = clockwork
        self._sessions_in = sessions_in
        self._sessions_of = sessions_of
        self._elsewhere = elsewhere
        self._watched: dict[str, Watched] = {}
        self._is_scheduled = False

    # What happens here

    def watch(self, session: Session, rooms: Iterable[str], *, is_away: bool) -> None:
        """The session watches these of its rooms from now on, and whoever sits at it is away or not."""
        wanted = {room for room in rooms if room in session.rooms}
        for room in [room for room, watched in self._watched.items() if session in watched.watchers and room not in wanted]:
            self._unwatch(session, room)
        if session.is_away != is_away:
            session.is_away = is_away
            for room in session.rooms:
                self._look_at(room, session.user.id)
        for room in wanted:
            self._begin_to_watch(session, room)

    def came(self, session: Session, room: str) -> None:
        """The session listens to the room from now on."""
        self._look_at(room, session.user.id)
        if session.watching is not None and room in session.watching:
            self._begin_to_watch(session, room)

    def went(self, session: Session, room: str) -> None:
        """The session's connection has ended."""
        self._unwatch(session, room)
        self._look_at(room, session.user.id, OFFLINE_AFTER_SECONDS)

    def left(self, session: Session, room: str) -> None:
        """Whoever sits there is no member any more: nothing more is told them of the room, nor of them to the room."""
        self._unwatch(session, room)
        if (watched := self._watched.get(room)) is not None:
            watched.dirty.pop(session.user.id, None)
            for known in (watched.told, watched.told_elsewhere, *(states for states, _ in watched.others.values())):
                known.pop(session.user.id, None)

    def online(self, room: str) -> list[str]:
        """The ids of those who are online in a room, as far as this node knows; nobody where there is a crowd."""
        watched = self._watched.get(room) or Watched()
        if self._is_crowded(watched, room):
            return []
        there = {session.user.id: None for session in self._sessions_in(room) if not session.is_away}
        others = [id for states, _ in watched.others.values() for id, state in states.items() if state == "online"]
        return list(there | dict.fromkeys(others))

    # What other nodes say

    def asked(self, room: str) -> None:
        """Somebody watches the room on another node: say who is here, and what changes."""
        here = self._all_here(room)
        watched = self._watched.get(room)
        if here or watched is not None:
            watched = self._watched.setdefault(room, Watched())
            watched.elsewhere_until = self._clockwork.time() + FORGET_SECONDS
            watched.told_elsewhere = dict(list(here.items())[: CROWD + 1])
            self._elsewhere().here(room, watched.told_elsewhere, is_all=True)
            self._schedule()

    def heard(self, node: str, room: str, states: Mapping[str, State], *, is_all: bool) -> None:
        """Who is in the room on another node: everybody, or what changed."""
        watched = self._watched.get(room)
        if watched is None or not watched.watchers:
            return
        known, until = watched.others.get(node, ({}, 0.0))
        changed = {*states, *(known if is_all else ())}
        now: dict[str, State] = {} if is_all else dict(known)
        _note(now, states)
        watched.others[node] = now, self._clockwork.time() + FORGET_SECONDS if is_all or not until else until
        for user_id in changed:
            # A device that changes nodes is gone from one before it is there on the other.
            self._look_at(room, user_id, 0 if user_id in now else OFFLINE_AFTER_SECONDS)

    # Telling

    def _begin_to_watch(self, session: Session, room: str) -> None:
        watched = self._watched.setdefault(room, Watched())
        if session in watched.watchers:
            return
        if not watched.watchers:
            watched.told = self._all(watched, room) if not self._is_crowded(watched, room) else {}
            watched.asked_at = -ASK_SECONDS
        watched.watchers.add(session)
        self._ask_elsewhere(room, watched, self._clockwork.time())
        self._schedule()
        self._tell(watched, room, session, watched.told)

    def _unwatch(self, session: Session, room: str) -> None:
        if (watched := self._watched.get(room)) is not None:
            watched.watchers.discard(session)
            watched.owed.pop(session, None)
            if not watched.watchers and watched.elsewhere_until <= self._clockwork.time():
                del self._watched[room]

    def _look_at(self, room: str, user_id: str, after: float = 0) -> None:
        if (watched := self._watched.get(room)) is not None:
            due = self._clockwork.time() + after
            watched.dirty[user_id] = due if after == 0 else max(due, watched.dirty.get(user_id, 0))
            self._schedule()

    def _schedule(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            self._clockwork.call_later(TELL_SECONDS, self._tell_all)

    def _tell_all(self) -> None:
        self._is_scheduled = False
        now = self._clockwork.time()
        for room, watched in list(self._watched.items()):
            self._expire(room, watched, now)
            if watched.dirty and not self._is_crowded(watched, room):
                due = [user_id for user_id, at in watched.dirty.items() if at <= now]
                for user_id in due:
                    del watched.dirty[user_id]
                self._tell_here(watched, room, due)
                self._tell_elsewhere(watched, room, due, now)
            for session, changes in list(watched.owed.items()):
                del watched.owed[session]
                self._tell(watched, room, session, changes)
        if self._has_more_to_do():
            self._schedule()

    def _has_more_to_do(self) -> bool:
        if self._watched and self._elsewhere().can_hear:
            return True  # what other nodes said expires, and they are asked again
        return any(watched.dirty or watched.owed for watched in self._watched.values())

    def _expire(self, room: str, watched: Watched, now: float) -> None:
        for node in [node for node, (_, until) in watched.others.items() if until <= now]:
            for user_id in watched.others.pop(node)[0]:
                watched.dirty.setdefault(user_id, now)
        if watched.elsewhere_until <= now:
            watched.elsewhere_until = 0.0
            if not watched.watchers:
                del self._watched[room]
        self._ask_elsewhere(room, watched, now)

    def _ask_elsewhere(self, room: str, watched: Watched, now: float) -> None:
        if watched.watchers and watched.asked_at + ASK_SECONDS <= now:
            watched.asked_at = now
            self._elsewhere().watched(room)

    def _tell_here(self, watched: Watched, room: str, users: Iterable[str]) -> None:
        changes: dict[str, State] = {}
        for user_id in users:
            state = self._state(watched, room, user_id)
            if state != watched.told.get(user_id, "offline"):
                changes[user_id] = state
        _note(watched.told, changes)
        batch = Batch((Frame(signals.presence(room, changes)),)) if changes else None
        for session in watched.watchers:
            if batch is None:
                break
            if session in watched.owed or session.connection.is_lagging:
                watched.owed.setdefault(session, {}).update(changes)
            else:
                session.connection.take(batch)

    def _tell_elsewhere(self, watched: Watched, room: str, users: Iterable[str], now: float) -> None:
        if watched.elsewhere_until <= now:
            return
        states = {user_id: self._here(room, user_id) for user_id in users}
        changes = {user_id: state for user_id, state in states.items() if state != watched.told_elsewhere.get(user_id, "offline")}
        if changes:
            _note(watched.told_elsewhere, changes)
            self._elsewhere().here(room, changes, is_all=False)

    def _tell(self, watched: Watched, room: str, session: Session, states: Mapping[str, State]) -> None:
        if session.connection.is_lagging:
            watched.owed[session] = {**watched.owed.get(session, {}), **states}
            self._schedule()
        elif states:
            session.say(signals.presence(room, states))

    # How things are

    def _is_crowded(self, watched: Watched, room: str) -> bool:
        count = sum(len(states) for states, _ in watched.others.values())
        for _ in self._sessions_in(room):
            count += 1
            if count > CROWD:
                return True
        return False

    def _all(self, watched: Watched, room: str) -> dict[str, State]:
        users = {session.user.id for session in self._sessions_in(room)}.union(*(states for states, _ in watched.others.values()))
        states = {user_id: self._state(watched, room, user_id) for user_id in users}
        return {user_id: state for user_id, state in states.items() if state != "offline"}

    def _all_here(self, room: str) -> dict[str, State]:
        return {session.user.id: self._here(room, session.user.id) for session in self._sessions_in(room)}

    def _state(self, watched: Watched, room: str, user_id: str) -> State:
        known = [states[user_id] for states, _ in watched.others.values() if user_id in states]
        return _best([self._here(room, user_id), *known])

    def _here(self, room: str, user_id: str) -> State:
        return _best(["away" if session.is_away else "online" for session in self._sessions_of(user_id) if room in session.rooms])


def _best(states: list[State]) -> State:
    if "online" in states:
        return "online"
    return "away" if "away" in states else "offline"


def _note(known: dict[str, State], changes: Mapping[str, State]) -> None:
    for user_id, state in changes.items():
        if state == "offline":
            known.pop(user_id, None)
        else:
            known[user_id] = state
