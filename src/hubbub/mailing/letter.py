"""A letter to one person, in plain text and in plain HTML."""

import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import NamedTuple

ADDRESS_LENGTH = 254

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}\Z")


class Letter(NamedTuple):
    """What is written to one address."""

    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = {}

    def message(self, sender: str, name: str) -> EmailMessage:
        """The letter as mail servers take it, from this address, in this name."""
        message = EmailMessage()
        message["Subject"] = _one_line(self.subject)
        message["From"] = Address(_one_line(name), addr_spec=sender)
        message["To"] = self.to
        message["Date"] = localtime()
        message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        for header, value in self.headers.items():
            message[header] = value
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        return message


def is_address(text: str) -> bool:
    """Whether a letter could go there. Only a letter that arrives shows that one does."""
    return len(text) <= ADDRESS_LENGTH and _ADDRESS.match(text) is not None and ".." not in text


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
