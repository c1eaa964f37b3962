"""The same random histories on several nodes, over a bus that drops, doubles, shuffles, and is gone for a while."""

from hub_stage import Somebody
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from promise_machine import PromiseMachine, load_rooms, which

from hubbub.realtime.doors import Doors, Limits
from hubbub.realtime.gateway import Gateway
from hubbub.realtime.hub import Hub
from hubbub.realtime.neighbours import Neighbours
from hubbub.realtime.standing import Answer

NODES = 3
REST_STEPS = 40  # of half a second: twice as long as a node takes to ask for everything


class ModelBus:
    """One node's end of a bus on which nothing arrives before it is told to."""

    def __init__(self, ends):
        self.ends = ends
        self.is_healthy = True
        self.wanted = set()
        self.attached = set()
        self.arriving = []
        self.ear = None
        ends.append(self)

    async def start(self, ear):
        self.ear = ear

    async def stop(self):
        self.ear = None

    def publish(self, channel, payload):
        for end in self.ends:
            if channel in end.attached and end.is_healthy and self.is_healthy:
                end.arriving.append((channel, payload))

    def listen(self, channel):
        self.wanted.add(channel)

    def unlisten(self, channel):
        self.wanted.discard(channel)
        self.attached.discard(channel)

    def attaches(self):
        """All channels that were asked for are listened to from now on."""
        if self.is_healthy:
            for channel in sorted(self.wanted - self.attached):
                self.attached.add(channel)
                self.ear.attached(channel)

    def breaks(self):
        self.is_healthy = False
        self.attached.clear()
        self.arriving.clear()


class ModelNode:
    """One node of the machine."""

    def __init__(self, machine, number, ends):
        self.machine = machine
        self.unannounced = []
        self.bus = ModelBus(ends)
        journal = machine.journal
        self.hub = Hub(
            machine.clockwork,
            read_journal=journal.read,
            describe_room=journal.describe,
            has_more_coming=lambda: machine.has_more_coming,
        )
        doors = Doors(identify=None, identify_by_token=None, load_rooms=load_rooms, epoch=lambda: "1", commands={}, leave=lambda: None)
        self.gateway = Gateway(self.hub, doors, Limits(8000, 65536, journal.replay, 10.0), "test")
        self.neighbours = Neighbours(
            f"node-{number:011}",
            self.hub,
            self.bus,
            machine.clockwork,
            ask=self._ask,
            ended=lambda *_: None,
            changed=lambda _: None,
            account_news=lambda _: None,
            wake=lambda: None,
        )
        self.hub.elsewhere = self.neighbours
        try:
            self.neighbours.start("test:").send(None)
        except StopIteration:
            self.bus.attaches()

    def _ask(self, question, done):
        self.machine.questions.append((question, self.machine.answer(question), done))

    def announces(self, count):
        events, self.unannounced[:] = self.unannounced[:count], self.unannounced[count:]
        self.neighbours.announce(events)


class SeveralNodesMachine(PromiseMachine):
    """Each commit is announced by another node, and everybody connects to another one."""

    def __init__(self):
        super().__init__()
        self.questions = []
        ends = []
        self.nodes = [ModelNode(self, number, ends) for number in range(NODES)]
        self._turns = 0

    def _next_node(self):
        self._turns += 1
        return self.nodes[self._turns % NODES]

    def connects_to(self, client):
        # Which deletions a node has heard of is its own affair; the machine with one node looks at that.
        client._forgotten = frozenset()

    def answer(self, question):
        """How things stand now."""
        journal = self.journal
        return Answer(
            {room: len(journal.logs[room]) for room in question.rooms},
            {user: Somebody(user) for user in question.users},
            {user: [view["id"] for view in journal.rooms_of(user)] for user in question.users},
            [],
        )

    # What is announced, and what the bus makes of it

    @rule(count=st.sampled_from((1, 2, 1000)), pick=which)
    def announces(self, count, pick=0):
        self._distribute()
        self.nodes[pick % NODES].announces(count)

    def _distribute(self):
        """What was committed since the last time was committed by one node, which announces it in its order."""
        if self.journal.unannounced:
            self._turns += 1
            self.nodes[self._turns % NODES].unannounced += self.journal.unannounced
            self.journal.unannounced.clear()

    @precondition(lambda self: any(node.bus.arriving for node in self.nodes))
    @rule(pick=which, message=which, is_lost=st.booleans(), comes_again=st.booleans())
    def the_bus_brings(self, pick, message, is_lost, comes_again):
        bus = self._one_of([node.bus for node in self.nodes if node.bus.arriving], pick)
        channel, payload = bus.arriving.pop(message % len(bus.arriving))
        if not is_lost:
            bus.ear.heard(channel, payload)
        if comes_again:
            bus.arriving.append((channel, payload))

    @rule(pick=which)
    def the_bus_attaches(self, pick):
        self.nodes[pick % NODES].bus.attaches()

    @rule(pick=which)
    def the_bus_breaks(self, pick):
        self.nodes[pick % NODES].bus.breaks()

    @rule(pick=which)
    def the_bus_heals(self, pick):
        self.nodes[pick % NODES].bus.is_healthy = True

    @precondition(lambda self: self.questions)
    @rule(pick=which, is_fresh=st.booleans(), fails=st.sampled_from((False, False, True)))
    def the_database_answers(self, pick, is_fresh, fails):
        question, then, done = self.questions.pop(pick % len(self.questions))
        done(None if fails else self.answer(question) if is_fresh else then)

    # Coming to rest

    @rule()
    def all_comes_to_rest(self):
        self.has_more_coming = False
        for _ in range(REST_STEPS):
            self._one_step_to_rest()
        for client in self.clients:
            self._has_everything(client)
        self._holds_nothing_for_nobody()

    def _one_step_to_rest(self):
        self._distribute()
        for node in self.nodes:
            node.announces(1000)
            node.bus.is_healthy = True
            node.bus.attaches()
            while node.bus.arriving:
                node.bus.ear.heard(*node.bus.arriving.pop(0))
        for _ in range(len(self.questions)):
            self.the_database_answers(0, True, False)
        for _ in range(len(self.loading)):
            self.loads(0, True)
        for _ in range(len(self.journal.reads)):
            self.answers_read(0, 9, False)
        for _ in range(len(self.journal.descriptions)):
            self.describes(0, True)
        for client in self.clients:
            if client.session.connection.is_lagging:
                client.session.connection.drains()
        self.clockwork.passes(0.5)
        self._look()
