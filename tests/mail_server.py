"""A mail server of our own, which keeps what it is given and refuses what it is told to refuse."""

import asyncio
import email
from contextlib import asynccontextmanager
from email import policy

from aiosmtpd.smtp import SMTP


class MailServer:
    """What it was given, and what it answers to whom."""

    def __init__(self):
        self.letters = []
        self.answers = {}
        self.url = ""

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, address):
        """The letters to one address, in their order."""
        return [letter for letter in self.letters if letter["To"] == address]


@asynccontextmanager
async def mail_server(**options):
    """One that serves in this event loop."""
    server = MailServer()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(server, hostname="mail.test", loop=loop, **options), "127.0.0.1", 0)
    server.url = f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield server


def text_of(letter):
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(letter):
    return letter.get_body(("html",)).get_content()
