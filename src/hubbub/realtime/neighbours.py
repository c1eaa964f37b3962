"""The other nodes: what is told them, what is heard of them, and how this node makes sure that it missed nothing. Sans-I/O.

The bus is a hint and may lose anything. So each node asks the database now and then how its rooms and users stand: seldom
while the bus carries, often while it does not, or while there is none.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zlib import crc32

from hubbub.bus.base import Bus
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.events import Recorded, recorded_from
from hubbub.realtime import packing
from hubbub.realtime.audience import Clockwork
from hubbub.realtime.hub import Hub
from hubbub.realtime.packing import Kind, Piece, json_piece, room_shard, user_shard
from hubbub.realtime.standing import Answer, Ask, Question

TICK_SECONDS = 1.0
HEADS_TOLD = 2
"""So often the end of a room is told after its last news, a tick apart."""
TICKS_TO_ASK_ALL = 8
"""A tick comes late on a busy node, and an answer takes its time: what a bus has lost is known after 10 seconds all the same."""
TICKS_TO_ASK_USERS_WITHOUT_BUS = 4
PATIENCE_SECONDS = 0.03
TYPED_AGAIN_SECONDS = 2.0
ROOMS_TOLD = 10_000

EVERYBODY = "all"

log = logging.getLogger("hubbub.realtime")


class Neighbours:
    """Carries what happens here to the other nodes, and what happens there to the hub."""

    def __init__(
        self,
        node: str,
        hub: Hub,
        bus: Bus | None,
        clockwork: Clockwork,
        *,
        ask: Ask,
        ended: Callable[[str, str | None, CloseCode], None],
        changed: Callable[[Any], None],
        account_news: Callable[[Any], None],
        wake: Callable[[], None],
    ) -> None:
        """`ended` and `changed` are told of accounts that stand otherwise than is known here, `account_news` what others say.

        `wake` is called when another node committed something.
        """
        self._node = node
        self._hub = hub
        self._bus = bus
        self._clockwork = clockwork
        self._ask = ask
        self._ended = ended
        self._changed = changed
        self._account_news = account_news
        self._wake = wake
        self._prefix = ""
        self._rooms: defaultdict[int, set[str]] = defaultdict(set)
        """The rooms that somebody here listens to, by shard."""
        self._heads: dict[str, tuple[int, int]] = {}
        self._typed: dict[tuple[str, str], float] = {}
        self._unsure_rooms: set[str] = set()
        self._unsure_users: set[str] = set()
        self._is_asking = False
        self._ticks = 0
        self._runs = 0
        self._is_running = False

    @property
    def can_hear(self) -> bool:
        """Whether there is a bus to the other nodes."""
        return self._bus is not None

    @property
    def is_heard(self) -> bool:
        """Whether the other nodes hear what is told just now, as far as they can."""
        return self._bus is None or self._bus.is_healthy

    async def start(self, prefix: str) -> None:
        """Begin to tell and to listen. Nodes with the same prefix belong together."""
        self._prefix = prefix
        self._is_running, self._is_asking = True, False
        self._runs += 1
        self._hub.holes.patience_seconds = PATIENCE_SECONDS if self._bus is not None else 0
        if self._bus is not None:
            self._listen(EVERYBODY)
            for shard in range(packing.USER_SHARDS):
                self._listen(f"user:{shard}")
            await self._bus.start(self)
        self._next_tick()

    async def stop(self) -> None:
        """Tell and listen no more."""
        self._is_running = False
        if self._bus is not None:
            await self._bus.stop()

    # What is told

    def announce(self, events: list[Recorded]) -> None:
        """Announce what this node committed, to the other nodes and here."""
        if self._bus is not None:
            self._tell_of(events)
        self._hub.announce(events)

    def tell_user(self, user_id: str, payload: bytes) -> None:
        """A frame for the user's sessions on other nodes."""
        self._publish(f"user:{user_shard(user_id)}", [(Kind.FRAME, user_id.encode() + b"\n" + payload)])

    def tell_everybody(self, news: Any) -> None:
        """Something happened to an account, which every node is to know."""
        self._publish(EVERYBODY, [json_piece(Kind.ACCOUNT, news)])

    def typed(self, room: str, user_id: str, name: str) -> None:
        """Somebody here types. Told again every other second, however often they say so."""
        now, last = self._clockwork.time(), self._typed.get((room, user_id))
        if last is None or now - last >= TYPED_AGAIN_SECONDS:
            self._typed[room, user_id] = now
            self._publish(f"room:{room_shard(room)}", [json_piece(Kind.TYPED, [room, user_id, name])])

    def saw(self, room: str, user_id: str, seq: int, shown_to: list[str]) -> None:
        """A user has read up to `seq`, which those of `shown_to` are to know who watch the room."""
        self._publish(f"room:{room_shard(room)}", [json_piece(Kind.SEEN, [room, user_id, seq, shown_to])])

    def watched(self, room: str) -> None:
        """Somebody here watches the room, and wants to know who is there on other nodes."""
        self._publish(f"room:{room_shard(room)}", [(Kind.WHO_IS_HERE, room.encode())])

    def here(self, room: str, states: Mapping[str, str], *, is_all: bool) -> None:
        """Who is in the room on this node: everybody, or what changed."""
        self._publish(f"room:{room_shard(room)}", [json_piece(Kind.HERE, [room, states, is_all])])

    def room_opened(self, room: str) -> None:
        """Somebody here begins to listen to a room. Once its news come, the database is asked what was missed."""
        shard = room_shard(room)
        rooms = self._rooms[shard]
        rooms.add(room)
        if len(rooms) == 1:
            self._listen(f"room:{shard}")

    def room_closed(self, room: str) -> None:
        """Nobody here listens to the room any more."""
        shard = room_shard(room)
        self._rooms[shard].discard(room)
        if not self._rooms[shard]:
            del self._rooms[shard]
            if self._bus is not None:
                self._bus.unlisten(f"{self._prefix}room:{shard}")

    def _tell_of(self, events: list[Recorded]) -> None:
        told: defaultdict[str, list[Piece]] = defaultdict(list)
        for event in events:
            told[f"room:{room_shard(event.room)}"].append((Kind.EVENT, event.body))
            self._heads.pop(event.room, None)
            self._heads[event.room] = event.seq, HEADS_TOLD
            if event.type == "member.joined":
                user_id = event.fields["user"]["id"]
                told[f"user:{user_shard(user_id)}"].append(json_piece(Kind.JOINED, [user_id, event.room, event.seq]))
        while len(self._heads) > ROOMS_TOLD:
            del self._heads[next(iter(self._heads))]
        for channel, pieces in told.items():
            self._publish(channel, pieces)

    def _publish(self, channel: str, pieces: Iterable[Piece]) -> None:
        if self._bus is not None:
            for message in packing.pack(self._node, pieces):
                self._bus.publish(self._prefix + channel, message)

    def _listen(self, channel: str) -> None:
        if self._bus is not None:
            self._bus.listen(self._prefix + channel)

    # What is heard

    def heard(self, channel: str, payload: bytes) -> None:
        """News from a node, perhaps from this one."""
        node = packing.sender(payload)
        if node == self._node:
            return
        events = []
        for kind, body in packing.unpack(payload):
            if kind is Kind.EVENT:
                events.append(recorded_from(body))
            else:
                self._take(node, kind, body)
        if events:
            self._hub.announce(events)
            self._wake()

    def attached(self, channel: str) -> None:
        """The channel's news come from now on; what was told before may be missing."""
        name, _, shard = channel.removeprefix(self._prefix).partition(":")
        if name == "room":
            self._unsure_rooms |= self._rooms.get(int(shard), set())
        elif name == "user":
            self._unsure_users |= {user_id for user_id in self._hub.users() if user_shard(user_id) == int(shard)}
        self._ask_soon()

    def _take(self, node: str, kind: Kind, body: bytes) -> None:
        if kind is Kind.FRAME:
            user_id, _, payload = body.partition(b"\n")
            self._hub.tell_user_here(user_id.decode(), payload)
            return
        if kind is Kind.WHO_IS_HERE:
            self._hub.presence.asked(body.decode())
            return
        value: Any = packing.value_of(body)
        if kind is Kind.HEADS:
            for room, seq in value.items():
                self._hub.note_head(room, seq)
        elif kind is Kind.JOINED:
            self._hub.let_in(*value)
        elif kind is Kind.TYPED:
            self._hub.typed_elsewhere(*value)
        elif kind is Kind.SEEN:
            self._hub.seen.tell_here(*value)
        elif kind is Kind.HERE:
            room, states, is_all = value
            self._hub.presence.heard(node, room, states, is_all=is_all)
        elif kind is Kind.ACCOUNT:
            self._account_news(value)

    # Making sure

    def _next_tick(self) -> None:
        self._clockwork.call_later(TICK_SECONDS, self._tick, self._runs)

    def _tick(self, run: int) -> None:
        if not self._is_running or run != self._runs:
            return  # it was stopped, and perhaps started again
        self._next_tick()
        self._ticks += 1
        now = self._clockwork.time()
        self._typed = {key: at for key, at in self._typed.items() if now - at < TYPED_AGAIN_SECONDS}
        is_carried = self._bus is not None and self._bus.is_healthy
        self._hub.holes.patience_seconds = PATIENCE_SECONDS if is_carried else 0
        if is_carried:
            self._tell_heads()
        for shard in _share(self._rooms, self._ticks, TICKS_TO_ASK_ALL if is_carried else 1):
            self._unsure_rooms |= self._rooms[shard]
        of_users = TICKS_TO_ASK_ALL if is_carried else TICKS_TO_ASK_USERS_WITHOUT_BUS
        self._unsure_users.update(_share_of_users(self._hub.users(), self._ticks, of_users))
        self._ask_now()

    def _tell_heads(self) -> None:
        """Tell where the rooms end that had news lately, so that a lost last message is noticed."""
        told: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for room, (seq, _) in self._heads.items():
            told[room_shard(room)][room] = seq
        for shard, heads in told.items():
            self._publish(f"room:{shard}", [json_piece(Kind.HEADS, heads)])
        self._heads = {room: (seq, times - 1) for room, (seq, times) in self._heads.items() if times > 1}

    def _ask_soon(self) -> None:
        """In the next turn, as channels are attached by the dozen."""
        self._clockwork.call_soon(self._ask_now)

    def _ask_now(self) -> None:
        if self._is_asking or not (self._unsure_rooms or self._unsure_users):
            return
        self._is_asking = True
        rooms, self._unsure_rooms = self._unsure_rooms, set()
        users, self._unsure_users = self._unsure_users, set()
        sessions = [session for user_id in users for session in self._hub.sessions_of(user_id)]
        for session in sessions:
            # What it is loading may have been read before the news were listened to.
            session.is_stale = session.is_stale or session.is_loading
        question = Question(
            tuple(rooms),
            {session.user.id: session.user for session in sessions},
            {session.credential.id: session.credential for session in sessions},
        )
        run = self._runs
        self._ask(question, lambda answer: self._answered(question, answer) if run == self._runs else None)

    def _answered(self, question: Question, answer: Answer | None) -> None:
        self._is_asking = False
        if answer is None:
            self._unsure_rooms |= set(question.rooms)
            self._unsure_users |= set(question.users)
            return  # the next tick asks again
        for room, seq in answer.last_seqs.items():
            self._hub.note_head(room, seq, is_on_its_way=False)
        for user_id, asked in question.users.items():
            self._compare_user(user_id, asked, answer)
        for session in [session for user_id in question.users for session in self._hub.sessions_of(user_id)]:
            if session.credential.id in answer.ended:
                self._ended(session.user.id, session.credential.id, CloseCode.SIGNED_OUT)
        self._ask_now()

    def _compare_user(self, user_id: str, asked: Any, answer: Answer) -> None:
        user = answer.users.get(user_id)
        if user is None:
            self._ended(user_id, None, CloseCode.FORBIDDEN)
        elif user != asked and any(session.user is asked for session in self._hub.sessions_of(user_id)):
            self._changed(user)
        for room in answer.rooms_of.get(user_id, ()):
            self._hub.let_in(user_id, room, 0)


def _share(shards: Iterable[int], tick: int, ticks: int) -> list[int]:
    """Those whose turn it is, where each has its turn once in so many ticks."""
    return [shard for shard in shards if shard % ticks == tick % ticks]


def _share_of_users(users: Iterable[str], tick: int, ticks: int) -> list[str]:
    return [user_id for user_id in users if crc32(user_id.encode()) % ticks == tick % ticks]
