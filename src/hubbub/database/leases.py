"""Leases: which of several nodes does what only one may do at a time."""

from contextlib import suppress
from hashlib import sha256
from typing import Any, Protocol

from hubbub.database.threads import Threads


class LeaseHolder(Protocol):
    """What keeps leases: a connection that others can tell to be there or gone."""

    def take(self, name: str) -> int | None:
        """Take a lease, or see that it is still held. The number of its term; None when somebody else has it. Blocks.

        A term has another number when the lease was lost in between, and others may have had it.
        """
        ...

    def release(self) -> None:
        """Give every lease back. Blocks."""
        ...


class SoleHolder:
    """Where nobody else is, everything is ours from the beginning."""

    def take(self, name: str) -> int | None:
        """It is ours."""
        return 1

    def release(self) -> None:
        """Nobody waits for it."""


class SessionHolder:
    """Holds leases by a session of PostgreSQL: a node that dies, or that nobody can reach any more, holds none."""

    def __init__(self, connect: Any) -> None:
        self._connect = connect
        self._connection: Any = None
        self._held: set[str] = set()
        self._terms = 0

    def take(self, name: str) -> int | None:
        """Take a lease, or see that it is still held. None as well while the database cannot be reached."""
        try:
            if self._connection is None:
                self._connection = self._connect()
                self._terms += 1
            found = self._connection.execute("SELECT %s OR pg_try_advisory_lock(%s)", (name in self._held, lease_number(name))).fetchone()
        except Exception:
            self.release()
            return None
        if not found[0]:
            return None
        self._held.add(name)
        return self._terms

    def release(self) -> None:
        """Give every lease back, by ending the session."""
        connection, self._connection = self._connection, None
        self._held.clear()
        if connection is not None:
            with suppress(Exception):
                connection.close()


class Leases:
    """Leases for the event loop, where nothing blocks: between `begin` and `end`."""

    def __init__(self, holder: LeaseHolder) -> None:
        self._holder = holder
        # One, so that what is asked of the holder happens in the order of asking.
        self._thread = Threads(1, "hubbub-leases")
        self._may_take = False

    def begin(self) -> None:
        """From now on leases can be taken."""
        self._may_take = True

    async def take(self, name: str) -> int | None:
        """As `LeaseHolder.take`. Ask again every now and then: a lease that is lost is not told."""
        if not self._may_take:
            return None
        if isinstance(self._holder, SoleHolder):
            return self._holder.take(name)
        return await self._thread.submit(lambda: self._holder.take(name))

    async def end(self) -> None:
        """Give every lease back, so that others need not wait, and take no more. Safe to call twice."""
        self._may_take = False
        await self._thread.submit(self._holder.release)
        self._thread.close()


def lease_number(name: str) -> int:
    """The number of a lease's advisory lock."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
