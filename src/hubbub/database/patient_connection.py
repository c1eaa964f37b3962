"""A connection to PostgreSQL that waits for an answer only so long: a server that stands still closes no connection."""

from collections.abc import Generator
from time import monotonic
from typing import Any

from psycopg import Connection, OperationalError


class PatientConnection(Connection[Any]):
    """A connection that is given up when the server says nothing for `patience_seconds`; None waits for ever.

    What became of a statement that was given up is not known.
    """

    patience_seconds: float | None = None

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Wait for what libpq is doing. Every way to the server leads through here."""
        if self.patience_seconds is None:
            return super().wait(gen, *args, **kwargs)
        return super().wait(self._at_most(gen, self.patience_seconds), *args, **kwargs)

    def _at_most(self, gen: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
        deadline = monotonic() + seconds
        try:
            wanted = next(gen)
            while True:
                # Psycopg sends nothing ten times a second, so that whoever waits can look around.
                ready = yield wanted
                if not ready and monotonic() > deadline:
                    self.pgconn.finish()
                    raise OperationalError(f"the server has not answered for {seconds:g} seconds")
                wanted = gen.send(ready)
        except StopIteration as finished:
            return finished.value
