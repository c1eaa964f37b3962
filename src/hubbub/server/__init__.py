"""The WebSocket protocol class for uvicorn, and the runner; it knows nothing of chat."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubbub.server.protocol import Protocol

__all__ = ["Protocol"]


def __getattr__(name: str) -> Any:
    # uvicorn is loaded only by those who serve, not by all who import the package.
    if name == "Protocol":
        from hubbub.server.protocol import Protocol

        return Protocol
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
