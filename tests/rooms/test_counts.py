"""Unread messages and mentions are counted without counting: held against a model that counts everything, each time."""

import asyncio
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from hubbub.accounts.model import name_key
from hubbub.app import Hubbub
from hubbub.errors import Forbidden, HubbubError, NotFound
from hubbub.settings import Settings

NAMES = ["ada", "Grace Hopper", "linus"]
TEXTS = ["hi", "@ada @linus", "@grace hopper and @ADA", "@linus @linus", "@Grace @Grace Hopper!", "ada@linus"]
person = st.sampled_from(NAMES)


@dataclass
class Counted:
    """A room as one counts it by hand."""

    last_seq: int = 0
    authors: dict = field(default_factory=dict)
    mentions: dict = field(default_factory=dict)
    deleted: set = field(default_factory=set)
    texts: dict = field(default_factory=dict)
    read: dict = field(default_factory=dict)

    def counts(self, name):
        unread = [seq for seq in self.authors if seq > self.read[name]]
        return self.read[name], len(unread), sum(name in self.mentions.get(seq, ()) for seq in unread)

    def meant(self, text):
        return {name for name in self.read if re.search(rf"(?<!\w)@{re.escape(name_key(name))}(?!\w)", text.lower())}


class CountingMachine(RuleBasedStateMachine):
    """People join, leave, post, edit, delete and read in one room, in any order."""

    messages = Bundle("messages")
    compared = 0

    @initialize()
    def begin(self):
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.chat = Hubbub(Settings(data=Path(self.folder.name), rate_limits="off"))
        self.wait(self.chat.start())
        self.users = {name: self.wait(self.chat.accounts.add_user(name)) for name in NAMES}
        boss = self.wait(self.chat.accounts.add_user("boss"))
        self.room = self.wait(self.chat.rooms.create(boss, "public", "garden")).room.id
        self.counted = Counted(last_seq=1)
        self.keys = 0
        for name in NAMES:
            self.join(name)

    def wait(self, awaitable):
        async def wait():
            return await awaitable

        return self.runner.run(wait())

    def is_refused(self, awaitable, error):
        with pytest.raises(error):
            self.wait(awaitable)

    @rule(name=person)
    def join(self, name):
        self.wait(self.chat.rooms.join(self.users[name], self.room))
        if name not in self.counted.read:
            self.counted.last_seq += 1
            self.counted.read[name] = self.counted.last_seq

    @rule(name=person, is_sure=st.sampled_from([False, False, True]))
    def leave(self, name, is_sure):
        if not is_sure:
            return
        self.wait(self.chat.rooms.remove_member(self.users[name], self.room, self.users[name].id))
        if self.counted.read.pop(name, None) is not None:
            self.counted.last_seq += 1
            for mentioned in self.counted.mentions.values():
                mentioned.discard(name)

    @rule(target=messages, name=person, text=st.sampled_from(TEXTS))
    def post(self, name, text):
        self.keys += 1
        posting = self.chat.messages.post_message(self.users[name], self.room, key=f"k{self.keys}", text=text)
        if name not in self.counted.read:
            self.is_refused(posting, Forbidden)
            return 1
        seq = self.wait(posting).seq
        self.counted.last_seq += 1
        assert seq == self.counted.last_seq
        self.counted.authors[seq], self.counted.texts[seq] = name, text
        self.counted.mentions[seq] = self.counted.meant(text)
        self.counted.read[name] = seq
        return seq

    @rule(names=st.lists(person, min_size=2, max_size=6), text=st.sampled_from(TEXTS))
    def post_together(self, names, text):
        """A crowd goes into one commit; those of it who may not post fail alone."""

        async def post_all():
            posts = [
                self.chat.messages.post_message(self.users[name], self.room, key=f"{self.keys}-{n}", text=text)
                for n, name in enumerate(names)
            ]
            return await asyncio.gather(*posts, return_exceptions=True)

        self.keys += 1
        for name, posted in zip(names, self.wait(post_all()), strict=True):
            if name not in self.counted.read:
                assert isinstance(posted, Forbidden)
                continue
            self.counted.last_seq += 1
            assert posted.seq == self.counted.last_seq
            self.counted.authors[posted.seq], self.counted.texts[posted.seq] = name, text
            self.counted.mentions[posted.seq] = self.counted.meant(text)
            self.counted.read[name] = posted.seq

    @rule(seq=messages, text=st.sampled_from(TEXTS))
    def edit(self, seq, text):
        name = self.counted.authors.get(seq, "ada")
        editing = self.chat.messages.edit_message(self.users[name], self.room, seq, text)
        if seq not in self.counted.authors or seq in self.counted.deleted or name not in self.counted.read:
            self.is_refused(editing, HubbubError)
            return
        self.wait(editing)
        if self.counted.texts[seq] != text:
            self.counted.last_seq += 1
            self.counted.texts[seq], self.counted.mentions[seq] = text, self.counted.meant(text)

    @rule(seq=messages)
    def delete(self, seq):
        name = self.counted.authors.get(seq, "ada")
        deleting = self.chat.messages.delete_message(self.users[name], self.room, seq)
        if seq not in self.counted.authors or name not in self.counted.read:
            self.is_refused(deleting, (NotFound, Forbidden))
            return
        self.wait(deleting)
        if seq not in self.counted.deleted:
            self.counted.last_seq += 1
            self.counted.deleted.add(seq)
            self.counted.mentions[seq] = set()

    @rule(name=person, back=st.integers(0, 8))
    def read(self, name, back):
        seq = max(0, self.counted.last_seq - back)
        reading = self.chat.rooms.mark_read(self.users[name], self.room, seq)
        if name not in self.counted.read:
            self.is_refused(reading, NotFound)
            return
        mark = self.wait(reading)
        self.counted.read[name] = max(self.counted.read[name], seq)
        assert (mark.seq, mark.unread, mark.mentions) == self.counted.counts(name)

    @invariant()
    def everybodys_counts_are_right(self):
        for name, user in self.users.items():
            room = self.wait(self.chat.rooms.place(user, self.room)).as_json()
            assert room["last_seq"] == self.counted.last_seq
            assert (room["role"] is not None) == (name in self.counted.read)
            if name in self.counted.read:
                assert (room["read_seq"], room["unread"], room["mentions"]) == self.counted.counts(name)
                CountingMachine.compared += 1

    def teardown(self):
        if hasattr(self, "chat"):
            self.wait(self.chat.stop())
            self.runner.close()
            self.folder.cleanup()


def test_counts_are_those_that_one_counts_by_hand():
    run_state_machine_as_test(
        CountingMachine,
        settings=settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)),
    )
    assert CountingMachine.compared > 500, "Hardly anything was compared, so this shows nothing"
