"""Hands letters to a mail server, off the event loop, one at a time."""

import asyncio
import contextlib
import smtplib
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from hubbub.errors import StartupError
from hubbub.mailing.letter import Letter, is_address

SECONDS = 15.0
PORTS = {"smtp": 25, "smtps": 465}


class Undelivered(Exception):
    """The mail server did not take the letter; it may take it later."""


class Refused(Undelivered):
    """The mail server does not take this letter, and never will."""


class Mailer:
    """A mail server, and in whose name to write. Each letter has a connection of its own."""

    def __init__(self, url: str, *, sender: str, name: str, ssl_context: ssl.SSLContext | None = None) -> None:
        """`url` is smtp://USER:PASSWORD@HOST:PORT, encrypted when the server offers it, or smtps://… from the beginning.

        Raises `StartupError` for one that is neither, and for a sender that is no address.
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in PORTS or not parts.hostname or port == 0:
            raise StartupError("HUBBUB_SMTP_URL is smtp://USER:PASSWORD@HOST:PORT, or smtps://… for TLS from the beginning.")
        if not is_address(sender):
            raise StartupError(f"HUBBUB_MAIL_FROM is the address that letters come from, such as chat@example.org; {sender!r} is none.")
        self._is_tls, self._host, self._port = parts.scheme == "smtps", parts.hostname, port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._name = sender, name
        self._ssl_context = ssl_context
        self._turn = asyncio.Lock()

    async def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises `Undelivered`, or `Refused` where trying again is of no use."""
        message = letter.message(self._sender, self._name)
        async with self._turn:
            try:
                await _on_a_thread(lambda: self._hand_over(message))
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
                raise (Refused if _is_final(error) else Undelivered)(f"The mail server did not take a letter: {error}") from error
            except (OSError, smtplib.SMTPException) as error:
                raise Undelivered(f"The mail server {self._host} was not reached: {error or type(error).__name__}") from error

    def _hand_over(self, message: EmailMessage) -> None:
        with self._connected() as server:
            if self._user:
                server.login(self._user, self._password)
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        context = self._ssl_context or ssl.create_default_context()
        if self._is_tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._user:
                raise smtplib.SMTPException("it offers no encryption, and a password is not sent without")
        except BaseException:
            server.close()
            raise
        return server


def _is_final(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


async def _on_a_thread(work: Callable[[], None]) -> None:
    """Do it on a thread that keeps no program from ending: a mail server may let one wait."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def tell(error: Exception | None) -> None:
        if not done.done():
            done.set_exception(error) if error else done.set_result(None)

    def run() -> None:
        failure: Exception | None = None
        try:
            work()
        except Exception as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, failure)

    threading.Thread(target=run, name="hubbub-mail", daemon=True).start()
    await done
