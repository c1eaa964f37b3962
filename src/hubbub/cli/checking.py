"""`hubbub check`: whether every promise that can be read off the data holds."""

from typing import TYPE_CHECKING

import typer

from hubbub.cli.options import settings_options
from hubbub.cli.progress import progress_bar
from hubbub.errors import Conflict, StartupError
from hubbub.settings import Settings

if TYPE_CHECKING:
    from hubbub.checking.model import Report
    from hubbub.files.storage import Storage


@settings_options("data", "database", "files")
def check(settings: Settings) -> None:
    """Read the whole database and say whether every promise holds that can be read off it. A server may run meanwhile."""
    # Loaded only here, because most commands need no database.
    from hubbub.checking.check import check as check_database
    from hubbub.files.storage import storage_at

    storage = _files_beside(settings) or storage_at(settings.files, settings.data)

    def size_of(address: str) -> int | None:
        try:
            return storage.size(address)
        except OSError as error:
            raise StartupError(f"The files in {storage.place} cannot be looked at: {error.strerror or error}.") from error

    with progress_bar("Reading the logs") as progress:
        report = check_database(settings.database_url, progress, size_of)
    say(report)


def _files_beside(settings: Settings) -> "Storage | None":
    """The files of a backup, where it is one that is looked at."""
    from hubbub.database.kind import kind_of
    from hubbub.files.folder import Folder
    from hubbub.moving.file_bytes import beside

    path = kind_of(settings.database_url).path
    return Folder(beside(path)) if path is not None and beside(path).is_dir() else None


def say(report: "Report") -> None:
    """Print a report. Raises `Conflict` when something does not hold."""
    from hubbub.checking.model import Promise

    typer.echo(f"{report.rooms:,} rooms, {report.events:,} events, {report.users:,} users.")
    for promise in Promise:
        faults = report.of(promise)
        typer.echo(f"  {'broken' if faults else 'holds '}  {promise.value}.")
        for fault in faults:
            typer.echo(f"          {fault}")
    if not report.is_sound:
        broken = f"{len(report.counted)} of {len(Promise)} promises"
        raise Conflict(f"{broken} do not hold, in {report.counted.total():,} places. Keep a copy of the data before you do anything else.")
