"""Reading the journal for sessions that are behind: a few reads at once, shared by those who want the same. Sans-I/O."""

from collections import deque
from collections.abc import Callable

from hubbub.realtime.audience import Audience, Clockwork
from hubbub.realtime.catch_up import CatchUp
from hubbub.realtime.holes import ReadJournal
from hubbub.realtime.outbox import Batch, Frame
from hubbub.realtime.session import Session

READS_AT_ONCE = 8
READ_AGAIN_SECONDS = 0.5

Place = tuple[Audience, Session, CatchUp]
HandOver = Callable[[Place, list[int], Batch], None]
"""What was read, for one of those who wanted it."""


class Reads:
    """The reads that are wanted and under way."""

    def __init__(self, clockwork: Clockwork, read_journal: ReadJournal, hand_over: HandOver) -> None:
        self._clockwork = clockwork
        self._read_journal = read_journal
        self._hand_over = hand_over
        self._wanted: dict[tuple[str, int, int], list[Place]] = {}
        self._queue: deque[tuple[str, int, int]] = deque()
        self._under_way = 0

    def __bool__(self) -> bool:
        return bool(self._wanted or self._queue or self._under_way)

    def want(self, audience: Audience, session: Session, catch_up: CatchUp) -> None:
        """Read on for a session. Those who come back together from the same place share one read."""
        request = (audience.room, catch_up.cursor, catch_up.goal(audience.delivered))
        if request not in self._wanted:
            self._wanted[request] = []
            self._queue.append(request)
        self._wanted[request].append((audience, session, catch_up))
        self._start()

    def _start(self) -> None:
        while self._queue and self._under_way < READS_AT_ONCE:
            request = self._queue.popleft()
            self._under_way += 1
            self._read_journal(*request, lambda rows, request=request: self._done(request, rows))  # type: ignore[misc]

    def _done(self, request: tuple[str, int, int], rows: list[tuple[int, bytes]] | None) -> None:
        self._under_way -= 1
        if rows is None:
            self._clockwork.call_later(READ_AGAIN_SECONDS, self._again, request)
        else:
            seqs, batch = [seq for seq, _ in rows], Batch([Frame(body) for _, body in rows])
            for place in self._wanted.pop(request):
                self._hand_over(place, seqs, batch)
        self._start()

    def _again(self, request: tuple[str, int, int]) -> None:
        self._queue.append(request)
        self._start()
