"""How the client follows one room's log. Pure: numbers in, decisions out.

Every consumer has its own place in the log, and takes an event only if it is the next one. Whatever went wrong on the
way (a cut connection, a full buffer, `behind`, a consumer that wants to begin earlier), the consumer's place is then
lower than what the server sent last, and there is one cure: `sync` from the lowest place. Those who are further ignore
what they had.
"""

from weakref import WeakSet

from hubbub.client.reading import Frame, Place


class Following:
    """Where the server is with one room, and where the consumers are."""

    def __init__(self, last_seq: int) -> None:
        self.head = last_seq
        """The newest event that is known of."""
        self._sent = last_seq
        self._is_held = False
        self._syncing: int | None = None
        self._asked: int | None = None
        self._places: WeakSet[Place] = WeakSet()
        self._at_hello: WeakSet[Place] = WeakSet()

    def begins_at(self, first_seq: int) -> None:
        """What came before is not for this user: nobody waits for it."""
        for place in self._places:
            place.seq = max(place.seq, first_seq - 1)

    def add(self, place: Place) -> None:
        """Let one more consumer read; for as long as somebody holds its place."""
        self._places.add(place)

    def ask(self) -> int | None:
        """The cursor to say in hello; None when nobody needs one."""
        self._asked = self._lowest()
        self._at_hello = WeakSet(self._places)
        return self._asked

    def leave_out(self) -> None:
        """The cursor was not said after all: the server begins at the room's end."""
        self._asked = None

    def welcomed(self, last_seq: int, *, is_reset: bool) -> None:
        """A new connection: the server goes on from what was asked for."""
        self._syncing, self._is_held = None, False
        self._sent = last_seq if self._asked is None or is_reset else min(self._asked, last_seq)
        self.head = last_seq
        for place in self._places:
            # A place that was beyond the end before we asked can only mean that the log lost what was there. One that
            # came since may know of events that are newer than the answer.
            if is_reset or (place.seq > last_seq and place in self._at_hello):
                place.reset(last_seq)

    def held(self, last_seq: int) -> None:
        """Told `behind`: nothing comes until `sync`."""
        self.head = max(self.head, last_seq)
        self._is_held = True

    def receive(self, event: Frame) -> None:
        """An event came: hand it to whoever it is the next for."""
        self._sent = event["seq"]
        self.head = max(self.head, self._sent)
        for place in self._places:
            place.offer(event)

    def next_sync(self) -> int | None:
        """From where to ask the server to send again; None when all is well, or nobody could take it now."""
        if self._syncing is not None:
            return None
        lowest = self._lowest()
        if self._is_held:
            return self.head if lowest is None and not self._places else lowest
        return lowest if lowest is not None and lowest < self._sent else None

    def sync_sent(self, after: int) -> None:
        """`sync` is on its way; what comes before its answer belongs to the time before."""
        self._syncing = after

    def sync_answered(self) -> None:
        """From now on the server sends what follows."""
        if self._syncing is not None:
            self._sent, self._syncing, self._is_held = self._syncing, None, False

    def _lowest(self) -> int | None:
        return min((place.seq for place in self._places if not place.buffer.is_full and not place.buffer.has_ended), default=None)
