"""The client's own promises, held against every order of things that can happen: cuts, full buffers, late consumers."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule
from model_server import ModelServer

from hubbub.client.conversation import Conversation
from hubbub.client.reading import Reading

ROOMS = ["lobby", "kitchen"]
CAPACITY = 3


class Consumer:
    """Reads, and notes what it got of each room."""

    def __init__(self, starts: dict[str, int], *, is_wide: bool) -> None:
        self.reading = Reading(CAPACITY, is_wide=is_wide)
        self.starts = starts
        self.seen: dict[str, list[int]] = {room: [] for room in starts}

    def take(self) -> bool:
        taken = self.reading.buffer.take()
        if taken is not None:
            self.seen[taken[0].room].append(taken[1]["seq"])
        return taken is not None


class ResumingMachine(RuleBasedStateMachine):
    """Whatever happens: every consumer gets every event once and in order, and every send is one message."""

    consumers = Bundle("consumers")

    def __init__(self) -> None:
        super().__init__()
        self.conversation = Conversation("machine")
        self.reading_now: list[Consumer] = []
        self.keys: list[tuple[str, str]] = []
        self.answers: dict[str, list[Any]] = {}

    @initialize(replay_limit=st.integers(0, 6), posted=st.integers(0, 3))
    def begin(self, replay_limit: int, posted: int) -> None:
        self.server = ModelServer(ROOMS, replay_limit)
        for number in range(posted):
            self.server.post("lobby", f"early {number}")
        self._connect()
        while self.server.wire:
            self.conversation.hear(self.server.wire.popleft())

    @rule(room=st.sampled_from(ROOMS), count=st.integers(1, 8))
    def somebody_posts(self, room: str, count: int) -> None:
        for _ in range(count):
            self.server.post(room, f"other {len(self.server.logs[room])}")

    @rule(room=st.sampled_from(ROOMS))
    def the_client_sends(self, room: str) -> None:
        key = f"own {len(self.keys)}"
        self.keys.append((room, key))
        self.answers[key] = []
        self.conversation.ask({"type": "send", "room": room, "key": key, "text": key}, self.answers[key].append)

    @rule(room=st.sampled_from(ROOMS), count=st.integers(1, 8))
    def the_server_sends(self, room: str, count: int) -> None:
        self.server.flow(room, count)

    @rule(count=st.integers(1, 12))
    def the_client_reads(self, count: int) -> None:
        while count and self.server.wire and self.conversation.may_read:
            self.conversation.hear(self.server.wire.popleft())
            count -= 1

    @rule(count=st.integers(1, 4))
    def the_client_writes(self, count: int) -> None:
        while count and self.server.is_connected and (frame := self.conversation.next_frame()) is not None:
            self.server.hear(frame)
            count -= 1

    @precondition(lambda self: self.server.is_connected)
    @rule()
    def the_connection_is_cut(self) -> None:
        self.server.cut()
        self.conversation.lost()

    @precondition(lambda self: not self.server.is_connected)
    @rule()
    def the_client_comes_back(self) -> None:
        self._connect()

    @rule(target=consumers, room=st.sampled_from(ROOMS), ahead=st.integers(-4, 2) | st.none())
    def a_consumer_of_one_room_comes(self, room: str, ahead: int | None) -> Any:
        known = self.conversation.rooms[room]
        head = known.following.head
        after = None if ahead is None else max(0, min(head + ahead, len(self.server.logs[room])))
        consumer = Consumer({room: head if after is None else after}, is_wide=False)
        self.conversation.open_reading(consumer.reading, [known], after)
        self.reading_now.append(consumer)
        return consumer

    @rule(target=consumers)
    def a_consumer_of_all_rooms_comes(self) -> Any:
        rooms = self.conversation.rooms
        consumer = Consumer({id: room.following.head for id, room in rooms.items()}, is_wide=True)
        self.conversation.open_reading(consumer.reading, list(rooms.values()), None)
        self.reading_now.append(consumer)
        return consumer

    @rule(consumer=consumers, count=st.integers(1, 5))
    def a_consumer_takes(self, consumer: Consumer, count: int) -> None:
        for _ in range(count):
            self._take(consumer)

    @rule(consumer=consumes(consumers))
    def a_consumer_leaves(self, consumer: Consumer) -> None:
        self.conversation.close_reading(consumer.reading)
        self.reading_now.remove(consumer)

    @invariant()
    def everything_so_far_was_in_order_and_bounded(self) -> None:
        for consumer in self.reading_now:
            assert len(consumer.reading.buffer) <= CAPACITY
            for room, seen in consumer.seen.items():
                start = consumer.starts[room]
                assert seen == list(range(start + 1, start + len(seen) + 1))

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        self._settle()
        for consumer in self.reading_now:
            for room, seen in consumer.seen.items():
                assert seen == list(range(consumer.starts[room] + 1, len(self.server.logs[room]) + 1))
        for room, key in self.keys:
            [event] = [event for event in self.server.logs[room] if event["key"] == key]
            assert [answer["seq"] for answer in self.answers[key]] == [event["seq"]]

    def _connect(self) -> None:
        self.server.cut()
        self.server.hear(self.conversation.hello())

    def _settle(self) -> None:
        """Good weather, until nothing moves any more."""
        if not self.server.is_connected:
            self._connect()
        is_moving = True
        while is_moving:
            is_moving = sum(self._take(consumer) for consumer in self.reading_now) > 0
            while (frame := self.conversation.next_frame()) is not None:
                self.server.hear(frame)
                is_moving = True
            for room in ROOMS:
                self.server.flow(room, 2)
            while self.server.wire and self.conversation.may_read:
                self.conversation.hear(self.server.wire.popleft())
                is_moving = True

    def _take(self, consumer: Consumer) -> bool:
        was_full = consumer.reading.buffer.is_full
        is_taken = consumer.take()
        if was_full and not consumer.reading.buffer.is_full:
            self.conversation.drained(consumer.reading)
        return is_taken


ResumingMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestResuming = ResumingMachine.TestCase
