"""All of notifications, built and wired in one place."""

from collections.abc import Callable

from hubbub.database import Database
from hubbub.mailing.opening import mailer_of
from hubbub.notifications.actions import Browsers
from hubbub.notifications.letters.actions import Letters
from hubbub.notifications.letters.sending import Sending
from hubbub.notifications.pushing import Pushing, looking_at
from hubbub.notifications.telling import Telling
from hubbub.outgoing import Outgoing
from hubbub.realtime.hub import Hub
from hubbub.settings import Settings


class Notifications:
    """What tells people of one chat what they do not see."""

    def __init__(self, settings: Settings, database: Database, hub: Hub, outgoing: Outgoing, clock: Callable[[], float]) -> None:
        """Raises `StartupError` for a mail server that cannot be used as it is set."""
        mailer, base = mailer_of(settings), (settings.public_url or "").rstrip("/")
        pushing = Pushing(database, outgoing, looking_at(hub), subject=settings.public_url)
        self.telling = Telling(database, pushing, Sending(database, mailer, chat=settings.name, base=base))
        self.browsers = Browsers(database, lambda: self.telling.public_key)
        self.letters = Letters(database, mailer, clock, chat=settings.name, base=base, has_rate_limits=settings.has_rate_limits)
