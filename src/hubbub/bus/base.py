"""What a bus promises, which is little: whoever needs more asks the journal."""

from typing import Protocol


class Ear(Protocol):
    """Who hears a bus. Called on the event loop on which the bus was started; nothing that it raises stops the bus."""

    def heard(self, channel: str, payload: bytes) -> None:
        """Somebody published this, perhaps oneself."""

    def attached(self, channel: str) -> None:
        """What is published on the channel is heard from now on; of what was published before, something may be missing."""


class Bus(Protocol):
    """Carries small messages to whoever listens to a channel, on this node and on others.

    At most once in earnest: a message may be dropped, come twice, or come after a later one. Nothing here waits for
    another machine: not for one that is slow, dead, or behind a network that swallows what it is given.
    """

    @property
    def is_healthy(self) -> bool:
        """Whether messages come and go just now, as far as can be told."""

    async def start(self, ear: Ear) -> None:
        """Begin to carry, or to try. Returns at once, whether anybody answers or not."""

    async def stop(self) -> None:
        """Carry no more. Safe to call twice."""

    def publish(self, channel: str, payload: bytes) -> None:
        """Send to all who listen. Never waits and never raises; what cannot be sent, or is too much, is dropped."""

    def listen(self, channel: str) -> None:
        """Hear this channel. `Ear.attached` says from when on, again after every interruption."""

    def unlisten(self, channel: str) -> None:
        """Hear this channel no more."""
