"""What a check finds: the promises it reads off the data, and where one of them does not hold."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

FAULTS_TOLD = 20
"""So many faults of each promise are told one by one; the others are only counted."""


class Promise(Enum):
    """What holds in a sound database, each in a sentence."""

    GAP_FREE = "Every room's log is numbered 1, 2, 3 and so on to its end"
    ONCE = "No message is in a room twice by the same key"
    BODIES = "Every event reads as the protocol has it, and as its columns say"
    TARGETS = "What points back at a message points at one that is there"
    DELETED = "The words of deleted messages are gone, and no others"
    EDITED = "Every edited message says what its last edit says"
    NOTED = "Reactions, votes, previews, replies and pins are what the log makes of them"
    COUNTS = "Every count is what counting gives"
    MEMBERS = "Who is a member, and in which role, is what the log says"
    NAMES = "Every room is called what its log says last"
    MENTIONS = "Mentions are of members, by messages that name them"
    REFERENCES = "Nothing refers to what is not there"
    BYTES = "Every file is in the message that says so, and its bytes are there"
    FILE = "The database itself finds nothing wrong with its files"


class Fault(NamedTuple):
    """One place where a promise does not hold."""

    promise: Promise
    what: str
    """Where it is and what is wrong, as a sentence."""


@dataclass
class Report:
    """What was looked at, and what was found."""

    rooms: int = 0
    events: int = 0
    users: int = 0
    faults: list[Fault] = field(default_factory=list)
    """The first ones of each promise."""
    counted: Counter[Promise] = field(default_factory=Counter)
    """How many there are of each promise, those included that are not in `faults`."""

    @property
    def is_sound(self) -> bool:
        """Whether everything holds."""
        return not self.counted

    def add(self, fault: Fault) -> None:
        """Note a fault. Memory stays bounded, however many there are."""
        self.counted[fault.promise] += 1
        if self.counted[fault.promise] <= FAULTS_TOLD:
            self.faults.append(fault)

    def of(self, promise: Promise) -> list[str]:
        """What is told about a promise that does not hold; nothing when it does."""
        told = [fault.what for fault in self.faults if fault.promise is promise]
        more = self.counted[promise] - len(told)
        return [*told, f"and {more} more like these"] if more else told
