"""Where a browser finds a chat, as its settings say."""

from hubbub.settings import Settings

ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not listened on


def address(settings: Settings, port: int) -> str:
    """Where a browser finds this chat, without a slash at the end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "127.0.0.1" if settings.host in ANY_ADDRESS else settings.host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
