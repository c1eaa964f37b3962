"""Where a chat is: one URL as people know it, and the two addresses behind it."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from hubbub.errors import Invalid

_SOCKET_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_HTTP_SCHEMES = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Address:
    """The WebSocket and the REST root of one chat."""

    socket: str
    api: str


def address_of(url: str) -> Address:
    """The addresses behind `https://chat.example.org` or `https://example.org/chat`. Raises `Invalid` for anything else."""
    parts = urlsplit(url)
    scheme = _SOCKET_SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname or parts.username is not None:
        raise Invalid(f"Expected the chat's address, such as https://chat.example.org, got {_without_secrets(url)!r}.")
    if parts.query or parts.fragment:
        raise Invalid("The chat's address has no `?` and no `#`. A token goes into `token`, never into an address.")
    path = parts.path.rstrip("/")
    return Address(
        socket=urlunsplit((scheme, parts.netloc, f"{path}/ws", "", "")),
        api=urlunsplit((_HTTP_SCHEMES[scheme], parts.netloc, f"{path}/api/", "", "")),
    )


def _without_secrets(url: str) -> str:
    return url.rpartition("@")[2][:80]
