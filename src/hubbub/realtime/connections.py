"""The two kinds of connection that a session may talk through, behind one face."""

from typing import Any

from hubbub.realtime.outbox import OVERFULL_BYTES, Batch

PREPARED = "hubbub.prepared"
"""The ASGI extension by which a server offers to take prepared bytes."""


class PreparedConnection:
    """A connection of a server that takes whole frames as bytes: nothing is queued here, no task waits."""

    __slots__ = ("_wire",)

    def __init__(self, wire: Any) -> None:
        self._wire = wire

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
        self._wire.write(batch.prepared or batch.prepare(self._wire.frame))

    def close(self, code: int, reason: str) -> None:
        """Close after what was written."""
        self._wire.close(int(code), reason)
