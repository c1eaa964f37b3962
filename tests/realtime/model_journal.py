"""The model of a database: logs, memberships, and answers that come when they are told to, from any moment since."""

from dataclasses import dataclass

from hub_stage import AT, Somebody

from hubbub.protocol.events import Recorded, encode_event


@dataclass
class Fact:
    """One committed event, with and without its words."""

    body: bytes
    without_words: bytes
    is_message: bool
    is_deleted: bool = False

    @property
    def stored(self):
        return self.without_words if self.is_deleted else self.body


class ModelJournal:
    """What is committed; and of it, what was announced."""

    replay = 6

    def __init__(self, rooms, users):
        self.logs: dict[str, list[Fact]] = {room: [] for room in rooms}
        self.unannounced: list[Recorded] = []
        self.reads: list = []
        self.descriptions: list = []
        self._members: dict[str, set[str]] = {room: set() for room in rooms}
        self._changes: dict[tuple[str, str], list[int]] = {}
        self._announced_deletions: set[tuple[str, int]] = set()
        for room in rooms:
            for user in users:
                self.joins(user, room)
        self.unannounced.clear()  # all that was before this node began

    # What is committed

    def posts(self, room, by):
        seq = len(self.logs[room]) + 1
        self._commit(room, "message.created", by, {"text": f"words {seq}", "key": f"{room}-{seq}"})

    def joins(self, user, room):
        if user not in self._members[room]:
            self._members[room].add(user)
            self._commit(room, "member.joined", user, {"user": Somebody(user).person, "role": "member"})
            self._changes.setdefault((user, room), []).append(len(self.logs[room]))

    def leaves(self, user, room):
        if user in self._members[room]:
            self._members[room].discard(user)
            self._commit(room, "member.left", user, {"user": Somebody(user).person})
            self._changes[user, room].append(len(self.logs[room]))

    def deletes(self, room, which, by):
        log = self.logs[room]
        targets = [seq for seq, fact in enumerate(log, 1) if fact.is_message and not fact.is_deleted]
        if targets:
            target = targets[-1 - which % len(targets)]
            log[target - 1].is_deleted = True
            self._commit(room, "message.deleted", by, {"target": target})

    def _commit(self, room, kind, by, fields):
        log, person = self.logs[room], Somebody(by).person
        seq = len(log) + 1
        body = encode_event(kind, room, seq, AT, person, fields)
        wordless = {name: value for name, value in fields.items() if name != "text"} | {"redacted": True}
        is_message = kind == "message.created"
        log.append(Fact(body, encode_event(kind, room, seq, AT, person, wordless) if is_message else body, is_message))
        self.unannounced.append(Recorded(room, seq, kind, AT, person, fields, seq, body))

    def announced(self, events):
        """Note which events the hub has heard of."""
        self._announced_deletions |= {(event.room, event.fields["target"]) for event in events if event.type == "message.deleted"}

    # What is read

    def read(self, room, after, up_to, done):
        """Read now; answer later."""
        rows = [(seq, self.logs[room][seq - 1].stored) for seq in range(after + 1, min(up_to, len(self.logs[room])) + 1)]
        self.reads.append((rows, done))

    def describe(self, user, room, done):
        """Describe as of now or as of later; answer later."""
        self.descriptions.append((user.id, room, self.view(user.id, room), done))

    def view(self, user, room):
        """The room as `welcome` gives it, None for those who are not in it."""
        if user not in self._members[room]:
            return None
        return {"id": room, "kind": "private", "name": room, "last_seq": len(self.logs[room])}

    def rooms_of(self, user):
        """The rooms as `welcome` gives them."""
        return [view for room in self.logs if (view := self.view(user, room)) is not None]

    # What is true

    def may_get(self, user, room, seq):
        """Whether the event may be given to the user now: no membership has ended before it, unless one began since."""
        ended = [change for change in self._changes.get((user, room), ())[1::2] if change < seq]
        return not ended or user in self._members[room] or max(self._changes[user, room][0::2]) > max(ended)

    def was_member_at(self, user, room, seq):
        """Whether the user was a member just after the event `seq`."""
        return sum(1 for change in self._changes.get((user, room), ()) if change <= seq) % 2 == 1

    def forgotten(self):
        """The messages whose deletion was announced."""
        return set(self._announced_deletions)
