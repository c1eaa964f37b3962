"""How far somebody has read, told at once to those who may know it and look at the room. Sans-I/O."""

from collections.abc import Callable, Collection, Iterable

from hubbub.protocol import signals
from hubbub.realtime.elsewhere import Elsewhere
from hubbub.realtime.outbox import Batch, Frame
from hubbub.realtime.session import Session


class SeenLive:
    """Tells of read marks in small rooms: costs nothing where nobody watches."""

    def __init__(self, sessions_of: Callable[[str], Iterable[Session]], elsewhere: Callable[[], Elsewhere]) -> None:
        self._sessions_of = sessions_of
        self._elsewhere = elsewhere

    def tell(self, room: str, user_id: str, seq: int, shown_to: Collection[str]) -> None:
        """A user has read up to `seq`: tell those of `shown_to` who watch the room, on every node."""
        if shown_to:
            self.tell_here(room, user_id, seq, shown_to)
            self._elsewhere().saw(room, user_id, seq, list(shown_to))

    def tell_here(self, room: str, user_id: str, seq: int, shown_to: Collection[str]) -> None:
        """The same for the sessions on this node."""
        batch = Batch((Frame(signals.seen(room, user_id, seq)),))
        for session in (session for id in shown_to for session in self._sessions_of(id)):
            watches = session.watching is not None and room in session.watching and room in session.rooms
            if watches and not session.is_loading and not session.connection.is_lagging:
                session.connection.take(batch)
