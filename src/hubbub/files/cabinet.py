"""All that belongs to files, built from settings and wired together."""

from collections.abc import Callable

from hubbub.database import Database
from hubbub.files.actions import Files
from hubbub.files.clearing import Clearing
from hubbub.files.storage import storage_at
from hubbub.files.uploads import Uploads
from hubbub.messages.actions import Messages
from hubbub.messages.pace import Pace
from hubbub.settings import Settings

FILES_PER_SECOND = 2.0


class Cabinet:
    """The files of one chat: where they are kept, how they come, who reads them, how they go."""

    def __init__(self, settings: Settings, database: Database, messages: Messages, *, clock: Callable[[], float]) -> None:
        """Raises `StartupError` for a place for files that is none. Opens nothing."""
        self.storage = storage_at(settings.files, settings.data)
        self.clearing = Clearing(database, self.storage)
        self.files = Files(database, self.clearing)
        self.uploads = Uploads(
            database,
            self.storage,
            limit=settings.file_limit,
            quota=settings.file_quota,
            pace=Pace(is_on=settings.has_rate_limits, per_second=FILES_PER_SECOND, what="files"),
            clock=clock,
            on_remains=self.clearing.hurry,
        )
        messages.attachments = self.files
        messages.when_deleted.append(self.files.forget)
