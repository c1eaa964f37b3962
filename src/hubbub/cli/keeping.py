"""`hubbub backup`, `hubbub restore` and `hubbub export`: everything in one file and back, or in files for whoever likes."""

from pathlib import Path
from typing import Annotated

import typer

from hubbub.cli.options import settings_options
from hubbub.cli.progress import progress_bar
from hubbub.settings import Settings

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@settings_options("data", "database")
def backup(settings: Settings, file: File) -> None:
    """Write everything into one new file, while a server runs or not. It is an SQLite database, whatever this one is."""
    # Loaded only here, because most commands need no database.
    from hubbub.moving.backup import backup as back_up

    with progress_bar("Writing the backup") as progress:
        rows = back_up(settings.database_url, file, progress)
    typer.echo(f"Kept {_counted(rows)} in {file}.")


@settings_options("data", "database")
def restore(settings: Settings, file: File) -> None:
    """Fill an empty database, which no server has open, from a backup. Clients that come back load afresh."""
    from hubbub.moving.backup import restore as restore_from

    with progress_bar("Reading the backup") as progress:
        rows = restore_from(file, settings.database_url, progress)
    typer.echo(f"Restored {_counted(rows)}.")


@settings_options("data", "database")
def export(
    settings: Settings, folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder, which must not be there yet.")]
) -> None:
    """Write what was said into files of JSON lines, while a server runs or not: users, rooms, and the log of every room."""
    from hubbub.moving.export import export as export_to

    with progress_bar("Writing the logs") as progress:
        rows = export_to(settings.database_url, folder, progress)
    typer.echo(f"Wrote {_counted(rows)} into {folder}.")


def _counted(rows: dict[str, int]) -> str:
    return f"{rows['rooms']:,} rooms, {rows['events']:,} events, {rows['users']:,} users"
