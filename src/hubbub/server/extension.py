"""The ASGI extension "hubbub.prepared": what a WebSocket endpoint may ask of the connection itself."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

NAME: Final = "hubbub.prepared"
"""The key under which `scope["extensions"]` holds the connection."""


class PreparedConnection(Protocol):
    """One WebSocket connection that takes prepared bytes and calls back without a task.

    Everything here is called on the connection's event loop, and nothing here waits.
    """

    @property
    def is_lagging(self) -> bool:
        """Whether the transport holds more than its high-water mark: the peer takes less than it is given."""

    @property
    def buffered_bytes(self) -> int:
        """How many bytes were written here and have not yet left for the kernel."""

    @property
    def idle_seconds(self) -> float:
        """How long nothing at all came from the peer, exact to about a second."""

    @property
    def end(self) -> tuple[int, str | None] | None:
        """With which code and reason the conversation ended; None while it lasts."""

    @staticmethod
    def frame(payload: bytes, /) -> bytes:
        """Make one text frame of UTF-8 bytes; the same bytes may be written to every connection."""

    def write(self, data: bytes, /) -> None:
        """Hand whole frames to the transport as they are; does nothing before the accept and once the close has begun."""

    @staticmethod
    def write_to_each(connections: Sequence[Any], data: bytes, /) -> None:
        """`write` the same bytes to many connections of this server, in much less time."""

    def send_text(self, payload: bytes, /) -> None:
        """Frame UTF-8 bytes and write them."""

    def limit_messages(self, max_bytes: int, /) -> None:
        """From now on a longer message closes the connection with 1009; never raises the server's own limit."""

    def detach(
        self,
        *,
        on_text: Callable[[bytes], None],
        on_binary: Callable[[bytes], None],
        on_close: Callable[[int, str], None],
        on_lagging: Callable[[], None],
        on_drained: Callable[[], None],
        on_stopping: Callable[[], None] | None = None,
    ) -> None:
        """Serve the connection by callbacks from now on; the ASGI task may return and the connection lives on.

        Call it after the accept. `detach` itself hands over, in order, every message that was received
        and not yet taken with `receive()`. Calling it again replaces the callbacks.

        - `on_text(payload)` gets a whole text message as valid UTF-8 bytes, straight from the read.
        - `on_binary(payload)` gets a whole binary message.
        - `on_close(code, reason)` is called exactly once, however the conversation ends: with the peer's code
          when the peer closed (1005 when it gave none), with ours when we did, with 1006 when the connection was
          lost. Nothing else is called after it. It is never called from inside `close`, `abort` or `write`, but in
          the next turn of the loop. When the conversation was over before `detach`, it follows in the next turn too.
        - `on_lagging()` and `on_drained()` tell when `is_lagging` turns true and false. When it is true already,
          `detach` calls `on_lagging` at once.
        - `on_stopping()` is called when the server stops, and the endpoint then has 5 seconds to say what it has to say
          and close the connection. Without it, and after that time, the connection is closed with 1012.

        A callback that raises is logged and closes its own connection with 1011.
        """

    def close(self, code: int = 1000, reason: str = "", /) -> None:
        """Say goodbye: what was written still goes out, no message comes in any more, and a peer that does not
        answer in time is cut off. Does nothing before the accept, and nothing the second time."""

    def abort(self) -> None:
        """Cut the connection off at once and forget what was not yet sent."""
