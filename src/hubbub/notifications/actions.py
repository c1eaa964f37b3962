"""What one can do about being told: let a browser be told of news while no page is open, and take that back."""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from hubbub.accounts.model import Credential, User
from hubbub.database import Connection, Database, Transaction
from hubbub.errors import Conflict, Invalid
from hubbub.notifications import store
from hubbub.notifications.sealing import AUTH_BYTES, checked_key
from hubbub.notifications.store import Subscription
from hubbub.notifications.vapid import decoded
from hubbub.protocol.ids import new_id

ENDPOINT_LENGTH = 1024
MOST_BROWSERS = 20


class Pushable(NamedTuple):
    """What a browser needs to be told of news, and whether this one is."""

    key: str | None
    is_subscribed: bool


class Browsers:
    """The browsers that are told of news by web push, each for the login that it has here."""

    def __init__(self, database: Database, public_key: Callable[[], str | None]) -> None:
        self._database = database
        self._public_key = public_key

    async def look(self, user: User, credential: Credential) -> Pushable:
        """The chat's key, and whether the login that asks has a browser that is told."""

        def query(connection: Connection) -> bool:
            return credential.kind != "host" and store.subscription_of(connection, user.id, credential.id) is not None

        return Pushable(self._public_key(), await self._database.read(query))

    async def subscribe(self, user: User, credential: Credential, endpoint: str, p256dh: str, auth: str) -> None:
        """Tell this browser of news from now on, instead of the one that the login had before.

        Raises `Invalid` for what no push service gives out, `Conflict` where pushes cannot be sent.
        """
        if self._public_key() is None:
            raise Conflict("This chat sends no pushes. Whoever runs it can add them with: pip install 'hubbub[push]'")
        subscription = Subscription(new_id(), user.id, checked_endpoint(endpoint), *_checked_keys(p256dh, auth))

        def unit(transaction: Transaction) -> None:
            store.subscribe(transaction.connection, subscription, _login_id(credential), transaction.now)
            store.forget_all_but(transaction.connection, user.id, MOST_BROWSERS)

        await self._database.write(unit, rooms=())

    async def unsubscribe(self, user: User, credential: Credential, endpoint: str | None = None) -> None:
        """Tell it no more. Where a host app signs people in, the browser is known by its endpoint."""
        login_id = _login_id(credential)
        await self._database.write(lambda transaction: store.unsubscribe(transaction.connection, user.id, login_id, endpoint), rooms=())


def checked_endpoint(endpoint: str) -> str:
    """The address that a push service gave to a browser. Raises `Invalid`; where it leads is looked at when it is used."""
    parts = urlsplit(endpoint) if endpoint.isascii() and endpoint.isprintable() else None
    if parts is None or parts.scheme != "https" or not parts.hostname or len(endpoint) > ENDPOINT_LENGTH:
        raise Invalid(
            f"An endpoint is an https address of at most {ENDPOINT_LENGTH} characters, as the browser gives it.", field="endpoint"
        )
    return endpoint


def _checked_keys(p256dh: str, auth: str) -> tuple[str, str]:
    try:
        checked_key(decoded(p256dh))
        is_right = len(decoded(auth)) == AUTH_BYTES
    except ValueError:
        is_right = False
    if not is_right:
        raise Invalid("`p256dh` and `auth` are the browser's keys in base64url, as its subscription gives them.", field="keys")
    return p256dh, auth


def _login_id(credential: Credential) -> str | None:
    return None if credential.kind == "host" else credential.id
