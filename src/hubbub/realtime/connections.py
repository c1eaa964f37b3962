"""The two kinds of connection that a session may talk through, behind one face."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from hubbub.realtime.outbox import OVERFULL_BYTES, Batch, Connection, take_one_by_one

PREPARED = "hubbub.prepared"
"""The ASGI extension by which a server offers to take prepared bytes."""


class PreparedConnection:
    """A connection of a server that takes whole frames as bytes: nothing is queued here for longer than a turn, no task waits."""

    __slots__ = ("_along", "_wire")

    def __init__(self, wire: Any) -> None:
        self._wire = wire
        self._along: bytes | None = None

    @property
    def is_lagging(self) -> bool:
        """Whether the transport holds more than its high-water mark."""
        lagging: bool = self._wire.is_lagging
        return lagging

    @property
    def is_overfull(self) -> bool:
        """Whether the transport holds so much that the conversation had better end."""
        overfull: bool = self._wire.is_lagging and self._wire.buffered_bytes > OVERFULL_BYTES
        return overfull

    def take(self, batch: Batch) -> None:
        """Write the batch to the transport."""
        data = batch.prepared or batch.prepare(self._wire.frame)
        if self._along is not None:
            data, self._along = self._along + data, None
        self._wire.write(data)

    def take_along(self, batch: Batch) -> None:
        """Write the batch with the next one, at the end of the next turn at the latest: a write costs more than all of this."""
        data = batch.prepared or batch.prepare(self._wire.frame)
        if self._along is None:
            asyncio.get_running_loop().call_soon(self._write_what_is_left)
            self._along = data
        else:
            self._along += data

    def close(self, code: int, reason: str) -> None:
        """Close after what was taken so far."""
        self._write_what_is_left()
        self._wire.close(int(code), reason)

    def _write_what_is_left(self) -> None:
        if self._along is not None:
            data, self._along = self._along, None
            self._wire.write(data)


def take_together(connections: Sequence[Connection], batch: Batch, broke: Callable[[Connection], object]) -> None:
    """Have each connection take the batch, as `take_one_by_one` does; those that can be written to together are."""
    together = [one for one in connections if type(one) is PreparedConnection and one._along is None]
    if together:
        wires = [one._wire for one in together]
        try:
            wires[0].write_to_each(wires, batch.prepared or batch.prepare(wires[0].frame))
        except Exception:
            for one in together:
                broke(one)
    if len(together) < len(connections):
        apart = [one for one in connections if type(one) is not PreparedConnection or one._along is not None]
        take_one_by_one(apart, batch, broke)
