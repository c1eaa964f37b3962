"""Hubbub: the chat that comes after FastAPI's WebSocket tutorial."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubbub.accounts.model import Identity
    from hubbub.app import Hubbub
    from hubbub.realtime.manager import ConnectionManager
    from hubbub.settings import Settings
    from hubbub.version import VERSION as __version__

__all__ = ["ConnectionManager", "Hubbub", "Identity", "Settings", "__version__"]

_HOMES = {
    "ConnectionManager": ("hubbub.realtime.manager", "ConnectionManager"),
    "Hubbub": ("hubbub.app", "Hubbub"),
    "Identity": ("hubbub.accounts.model", "Identity"),
    "Settings": ("hubbub.settings", "Settings"),
    "__version__": ("hubbub.version", "VERSION"),
}


def __getattr__(name: str) -> Any:
    # Loaded when asked for: a command that only talks to a running server needs neither web framework nor database.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
