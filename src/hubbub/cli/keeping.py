"""`hubbub backup`, `hubbub restore` and `hubbub export`: everything in one file and back, or in files for whoever likes."""

from pathlib import Path
from typing import Annotated

import typer

from hubbub.cli.options import settings_options
from hubbub.cli.progress import progress_bar
from hubbub.settings import Settings

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@settings_options("data", "database", "files")
def backup(settings: Settings, file: File) -> None:
    """Write everything into one new file, while a server runs or not. It is an SQLite database, whatever this one is.

    What people uploaded goes into a folder beside it, FILE.files; what is in S3 stays there.
    """
    # Loaded only here, because most commands need no database.
    from hubbub.files.storage import storage_at
    from hubbub.moving.backup import backup as back_up

    storage = storage_at(settings.files, settings.data)
    with progress_bar("Writing the backup") as progress:
        rows, taken = back_up(settings.database_url, file, progress, storage if storage.is_local else None)
    typer.echo(f"Kept {_counted(rows)} in {file}.")
    if rows["files"] and not storage.is_local:
        typer.echo(f"The files themselves stay in {storage.place}: keep a copy of that too.")
    elif rows["files"]:
        typer.echo(f"The files themselves are beside it, in {file.name}.files: keep both together.{_missing(taken.missing)}")


@settings_options("data", "database", "files")
def restore(settings: Settings, file: File) -> None:
    """Fill an empty database, which no server has open, from a backup. Clients that come back load afresh."""
    from hubbub.files.storage import storage_at
    from hubbub.moving.backup import restore as restore_from

    storage = storage_at(settings.files, settings.data)
    with progress_bar("Reading the backup") as progress:
        rows, brought = restore_from(file, settings.database_url, progress, storage)
    typer.echo(f"Restored {_counted(rows)}.")
    if rows["files"]:
        typer.echo(f"The files themselves are in {storage.place}.{_missing(brought.missing)}")


@settings_options("data", "database", "files")
def export(
    settings: Settings, folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder, which must not be there yet.")]
) -> None:
    """Write what was said into files of JSON lines, while a server runs or not: users, rooms, and the log of every room.

    What people uploaded is in there too, under its own names.
    """
    from hubbub.files.storage import storage_at
    from hubbub.moving.export import export as export_to

    with progress_bar("Writing the logs") as progress:
        rows = export_to(settings.database_url, folder, progress, storage_at(settings.files, settings.data))
    typer.echo(f"Wrote {_counted(rows)} into {folder}.")


def _counted(rows: dict[str, int]) -> str:
    files = f", {rows['files']:,} files" if rows.get("files") else ""
    return f"{rows['rooms']:,} rooms, {rows['events']:,} events, {rows['users']:,} users{files}"


def _missing(missing: int) -> str:
    """What is said of bytes that were not there: deleted in the meantime, or lost, which only a check can tell."""
    return f" Of {missing:,} the bytes are not there; `hubbub check` says of which." if missing else ""
