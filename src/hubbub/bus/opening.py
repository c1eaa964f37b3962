"""Which bus an address means."""

from hubbub.bus.base import Bus
from hubbub.errors import StartupError


def bus_at(url: str) -> Bus:
    """The bus at an address such as redis://localhost:6379. Raises `StartupError`, which shows no password.

    `rediss://` is the same over TLS. A cluster is found by the address of any of its servers.
    """
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in ("redis", "rediss", "unix"):
        shown = f"the scheme {scheme!r}" if separator else "something without a scheme"
        raise StartupError(f"Expected the address of a bus, such as redis://localhost:6379; got {shown}.")
    try:
        from hubbub.bus.redis import RedisBus
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "redis":
            raise
        raise StartupError(f"A bus at {scheme}:// needs the Redis client. Install it with: pip install 'hubbub[redis]'") from None
    try:
        return RedisBus(url)
    except ValueError as error:
        raise StartupError(f"The address of the bus cannot be read: {error}.") from None
