"""Random histories of a hub, its journal and its clients, in which every promise about delivery is held all the time."""

import json

from hub_stage import HandTurnedClockwork, RecordingConnection, Somebody
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from model_journal import ModelJournal
from suspicious_client import PromiseBroken, SuspiciousClient

from hubbub.protocol.codes import CloseCode
from hubbub.protocol.frames import Hello
from hubbub.realtime import audience, reads
from hubbub.realtime.doors import Doors, Limits
from hubbub.realtime.gateway import Gateway
from hubbub.realtime.hub import Hub
from hubbub.realtime.session import Session

ROOMS = ("lobby", "kitchen")
USERS = ("ada", "grace", "linus")

rooms = st.sampled_from(("lobby", "lobby", "lobby", "kitchen"))
users = st.sampled_from(USERS)
which = st.integers(0, 11)


def make_world_small(patch):
    """Bounds so small that every history runs into them."""
    patch.setattr(audience, "SLICE", 1)
    patch.setattr(audience, "TAIL_EVENTS", 4)
    patch.setattr(reads, "READS_AT_ONCE", 2)


def histories(count, **options):
    """How many histories there are, and how long each."""
    return settings(
        max_examples=count,
        stateful_step_count=50,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        **options,
    )


class Load:
    """A read of somebody's rooms that is answered by hand."""

    def __await__(self):
        return (yield self)


async def load_rooms(_user, _pass):
    """What `welcome` will say, when it is told to."""
    return await Load()


class PromiseMachine(RuleBasedStateMachine):
    """Commits, announcements, connections, reads and lags in any order."""

    steps = 0
    """How many were made in all histories."""

    def __init__(self):
        super().__init__()
        self.journal = ModelJournal(ROOMS, USERS)
        self.clockwork = HandTurnedClockwork()
        self.has_more_coming = False
        self.hub = Hub(
            self.clockwork,
            read_journal=self.journal.read,
            describe_room=self.journal.describe,
            has_more_coming=lambda: self.has_more_coming,
        )
        doors = Doors(identify=None, identify_by_token=None, load_rooms=load_rooms, epoch=lambda: "1", commands={}, leave=lambda: None)
        self.gateway = Gateway(self.hub, doors, Limits(8000, 65536, self.journal.replay, 10.0), "test")
        self.nodes = [self]
        """Whatever has a hub and a gateway: here there is one."""
        self.clients: list[SuspiciousClient] = []
        self.loading: list = []
        self.seen: dict[str, dict[str, int]] = {user: {} for user in USERS}
        """The cursors with which a user would come back."""
        self._ids = 0

    # What is written

    @rule(room=rooms, author=users, count=st.sampled_from((1, 2, 4, ModelJournal.replay + 2)))
    def posts(self, room, author, count):
        for _ in range(count):
            self.journal.posts(room, author)

    @rule(user=users, room=rooms, returns=st.booleans(), is_announced=st.booleans())
    def is_removed(self, user, room, returns, is_announced):
        self.journal.joins(user, room)
        self.journal.leaves(user, room)
        self.journal.posts(room, "ada")
        if returns:
            self.journal.joins(user, room)
        if is_announced:
            self.announces(len(self.journal.unannounced))

    @rule(user=users, room=rooms)
    def joins(self, user, room):
        self.journal.joins(user, room)

    @rule(room=rooms, pick=st.integers(0, 2))
    def deletes(self, room, pick):
        self.journal.deletes(room, pick, "ada")

    @precondition(lambda self: self.journal.unannounced)
    @rule(count=st.sampled_from((1, 2, 1000)))
    def announces(self, count):
        events, self.journal.unannounced[:] = self.journal.unannounced[:count], self.journal.unannounced[count:]
        self.journal.announced(events)
        self.hub.announce(events)

    # Who is there

    @precondition(lambda self: len(self.clients) < 7)
    @rule(user=users, cursors=st.sampled_from(("none", "resume", "beyond", "stale", "start")), high_water=st.sampled_from((None, 250)))
    def connects(self, user, cursors, high_water):
        session = Session(Somebody(user), Somebody("login"), RecordingConnection(high_water))
        node = self._next_node()
        session.connection.on_lagging = lambda: node.hub.lagging(session)
        session.connection.on_drained = lambda: node.hub.drained(session)
        wanted = self._cursors(user, cursors)
        client = SuspiciousClient(self.journal, user, session, wanted)
        client.node = node
        self.connects_to(client)
        self.clients.append(client)
        node.hub.open(session)
        welcome = node.gateway._welcome(session, Hello(type="hello", id=0, cursors=wanted))
        welcome.send(None)
        self.loading.append((client, welcome, self.journal.rooms_of(user)))

    @precondition(lambda self: len(self.clients) < 7)
    @rule(user=users, room=rooms)
    def connects_while_something_happens(self, user, room):
        """What it may see is read before an event, and given to it after the announcement."""
        self.connects(user, "none", None)
        self.journal.posts(room, "ada")
        self.announces(1000)
        self.loads(len(self.loading) - 1, False)

    def _next_node(self):
        """Where the next client connects."""
        return self

    def connects_to(self, client):
        """For a machine that expects something else of its clients."""

    def _cursors(self, user, kind):
        heads = {room: len(log) for room, log in self.journal.logs.items()}
        if kind == "resume":
            return {room: seq for room, seq in self.seen[user].items() if seq}
        shift = {"beyond": 3, "stale": -3, "start": -(10**6)}.get(kind)
        return {} if shift is None else {room: max(0, head + shift) for room, head in heads.items()}

    @precondition(lambda self: self.loading)
    @rule(pick=which, is_fresh=st.booleans())
    def loads(self, pick, is_fresh):
        client, welcome, rooms_then = self.loading.pop(pick % len(self.loading))
        rooms_now = self.journal.rooms_of(client.user)
        try:
            welcome.send(rooms_now if is_fresh else rooms_then)
        except StopIteration:
            return
        self.loading.append((client, welcome, rooms_now))  # a membership changed: it reads again

    @precondition(lambda self: self.clients)
    @rule(pick=which)
    def goes(self, pick):
        """A connection is lost; its user may come back with the cursors it had."""
        client = self._one_of(self.clients, pick)
        client.looks()
        self.seen[client.user].update(client.rooms)
        self.clients.remove(client)
        client.node.hub.close(client.session)
        client.session.connection.close(1006, "gone")

    @rule(user=users)
    def signs_out(self, user):
        self._look()
        for node in self.nodes:
            node.hub.end_sessions(user, "login", CloseCode.SIGNED_OUT, "signed out")
        for client in [client for client in self.clients if client.user == user]:
            self.clients.remove(client)
            if client.session.connection.closed is None:
                raise PromiseBroken(f"{user} signed out, and a session lives on")

    @precondition(lambda self: any(client.rooms for client in self.clients))
    @rule(pick=which, room=which, after=which, from_start=st.booleans())
    def syncs(self, pick, room, after, from_start):
        client = self._one_of([client for client in self.clients if client.rooms], pick)
        name = self._one_of(sorted(client.rooms), room)
        goal = 0 if from_start else max(0, client.told[name] - after)
        self._ids += 1
        client.will_sync(self._ids, name, goal)
        self._says(client, {"type": "sync", "id": self._ids, "room": name, "after": goal})

    @precondition(lambda self: any(client.rooms for client in self.clients))
    @rule(pick=which, room=which)
    def types(self, pick, room):
        client = self._one_of([client for client in self.clients if client.rooms], pick)
        name = self._one_of(sorted(client.rooms), room)
        if name in client.session.rooms:
            self._says(client, {"type": "typing", "room": name})

    def _says(self, client, frame):
        client.node.gateway._hear(client.session, json.dumps(frame))

    # What takes its time

    @precondition(lambda self: self.clients)
    @rule(pick=which)
    def stalls(self, pick):
        self._one_of(self.clients, pick).session.connection.stalls()

    @precondition(lambda self: any(client.session.connection.is_lagging for client in self.clients))
    @rule()
    def all_drain(self):
        for client in list(self.clients):
            client.session.connection.drains()

    @rule(seconds=st.sampled_from((0.0, 0.0, 0.01, 0.5, 6.0)), turns=st.integers(1, 3), has_more=st.booleans())
    def the_loop_turns(self, seconds, turns, has_more):
        self.has_more_coming = has_more
        self.clockwork.passes(seconds)
        for _ in range(1, turns):
            self.clockwork.turn()

    @precondition(lambda self: self.journal.reads)
    @rule(pick=which, count=st.integers(1, 9), fails=st.sampled_from((False, False, False, True)))
    def answers_read(self, pick, count, fails):
        rows, done = self.journal.reads.pop(pick % len(self.journal.reads))
        done(None if fails else rows[:count])

    @precondition(lambda self: self.journal.descriptions)
    @rule(pick=which, is_fresh=st.booleans())
    def describes(self, pick, is_fresh):
        user, room, then, done = self.journal.descriptions.pop(pick % len(self.journal.descriptions))
        done(self.journal.view(user, room) if is_fresh else then)

    # What holds

    @invariant()
    def nobody_was_sent_what_they_should_not_be(self):
        PromiseMachine.steps += 1
        self._look()

    @rule()
    def all_comes_to_rest(self):
        self.has_more_coming = False
        for _ in range(200):
            if not self._moves():
                break
        else:
            raise PromiseBroken("it never comes to rest")
        for client in self.clients:
            self._has_everything(client)
        self._holds_nothing_for_nobody()

    def teardown(self):
        self.all_comes_to_rest()
        while self.clients:
            self.goes(0)
        self.all_comes_to_rest()

    def _moves(self):
        """Let everything that waits happen once; whether anything did."""
        waiting = self.journal.unannounced or self.loading or self.journal.reads or self.journal.descriptions
        lagging = [client for client in self.clients if client.session.connection.is_lagging]
        if not (waiting or lagging or self.clockwork.is_waiting):
            return False
        if self.journal.unannounced:
            self.announces(len(self.journal.unannounced))
        for _ in range(len(self.loading)):
            self.loads(0, True)
        for _ in range(len(self.journal.reads)):
            self.answers_read(0, 9, False)
        for _ in range(len(self.journal.descriptions)):
            self.describes(0, True)
        for client in lagging:
            client.session.connection.drains()
        self.clockwork.passes(0.5)
        self._look()
        return True

    def _has_everything(self, client):
        if client.session.connection.closed is not None:
            raise PromiseBroken(f"{client.user} was closed: {client.session.connection.closed}")
        heads = {view["id"]: view["last_seq"] for view in self.journal.rooms_of(client.user)}
        if client.rooms.keys() != heads.keys():
            raise PromiseBroken(f"{client.user} believes to be in {set(client.rooms)}, and is in {set(heads)}")
        for room, head in heads.items():
            if room not in client.held and client.rooms[room] != head:
                raise PromiseBroken(f"{client.user} has {room} up to {client.rooms[room]}, and it goes to {head}")

    def _holds_nothing_for_nobody(self):
        for node in self.nodes:
            hub = node.hub
            empty = [room for room, audience in hub._audiences.items() if audience.is_empty]
            if empty or hub._reads or hub.holes:
                raise PromiseBroken(f"the hub holds on to audiences of nobody {empty} or reads that are done {hub._reads._wanted}")
            if {id(client.session) for client in self.clients if client.node is node} != {id(session) for session in hub.sessions()}:
                raise PromiseBroken("the hub's sessions are not those that are connected")

    def _look(self):
        for client in self.clients:
            client.looks()

    @staticmethod
    def _one_of(things, pick):
        return things[pick % len(things)]
