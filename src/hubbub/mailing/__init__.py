"""E-mail: a letter, and how it gets to the mail server."""

from hubbub.mailing.letter import Letter
from hubbub.mailing.mailer import Mailer, Refused, Undelivered

__all__ = ["Letter", "Mailer", "Refused", "Undelivered"]
