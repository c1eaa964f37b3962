"""The mail server of the settings."""

from urllib.parse import urlsplit

from hubbub.errors import StartupError
from hubbub.mailing.mailer import Mailer
from hubbub.settings import Settings


def mailer_of(settings: Settings) -> Mailer | None:
    """The mail server that was set; None where none was. Raises `StartupError` for one that cannot be used."""
    if settings.smtp_url is None:
        return None
    host = urlsplit(settings.public_url).hostname if settings.public_url else None
    if host is None:
        raise StartupError(
            "HUBBUB_SMTP_URL needs HUBBUB_PUBLIC_URL too, such as https://chat.example.org: what a letter links to is never "
            "taken from a request."
        )
    return Mailer(settings.smtp_url, sender=settings.mail_from or f"no-reply@{host}", name=settings.name)
