"""What `hubbub serve` says when it is ready: where it is, where its data is, and how the first person gets in."""

import ipaddress
import os
import re
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from hubbub.cli.address import address
from hubbub.settings import Settings
from hubbub.version import VERSION

_PASSWORD = re.compile(r"(?<=://)([^:/@]*):[^/]*@")


def print_banner(settings: Settings, port: int, setup_token: str | None) -> None:
    """Print the greeting: in colour on a terminal, plain into a pipe or with NO_COLOR, and never kept back in a buffer."""
    # An empty NO_COLOR is none; with one there are no control codes at all.
    console = Console(highlight=False, color_system=None if os.environ.get("NO_COLOR") else "auto")
    console.print(_text(settings, port, setup_token), soft_wrap=True)
    console.file.flush()


def warnings(settings: Settings) -> Iterator[str]:
    """What whoever starts it should know, one sentence each."""
    if not _is_this_machine(settings.host) and not (settings.public_url or "").startswith("https://"):
        yield (
            f"Listening on {settings.host or 'all addresses'}, beyond this machine, without TLS: passwords and messages travel in the "
            "clear. Put a proxy with TLS in front, and name its address with --public-url https://…"
        )
    if not settings.has_rate_limits:
        yield "Rate limits are off, which is for measuring. Set HUBBUB_RATE_LIMITS=on where strangers come in."


def _text(settings: Settings, port: int, setup_token: str | None) -> Text:
    here = address(settings, port)
    text = Text()
    text.append(f"Hubbub {VERSION}\n", "bold")
    text.append(f"\n  Address  {here}\n  Data     {_data(settings)}\n")
    if settings.public_url:
        text.append(f"  Listens  {settings.host or 'all addresses'}, port {port}\n")
    if setup_token is not None:
        text.append("\nThere is no owner yet. Open this link once to become the owner:\n\n  ")
        text.append(f"{here}/#/setup/{setup_token}\n", "bold cyan")
    text.append("\nCtrl-C stops; your data is kept.", "dim")
    return text


def _data(settings: Settings) -> str:
    """Where the data is, without the password of a database."""
    if settings.database is None:
        return str(settings.data.absolute())
    return _PASSWORD.sub(r"\1:***@", settings.database)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
