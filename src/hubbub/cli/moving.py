"""`hubbub move`: everything to another database."""

from typing import Annotated

import typer

from hubbub.cli.progress import progress_bar

SOURCE = typer.Argument(metavar="FROM", help="The database's URL, such as sqlite:////var/lib/hubbub/hubbub.db.")
TARGET = typer.Argument(metavar="TO", help="The new one's URL, such as postgresql://hubbub@db/hubbub. It must be empty.")


def move(source: Annotated[str, SOURCE], target: Annotated[str, TARGET]) -> None:
    """Move everything to another database, SQLite or PostgreSQL: ids, numbers, cursors, sign-ins. Then check what is there.

    No server may run meanwhile. A move that was cut off goes on when it is said again. The old database is only read.
    """
    # Loaded only here, because most commands need no database.
    from hubbub.checking.check import check
    from hubbub.cli.checking import say
    from hubbub.moving.move import move as move_database

    with progress_bar("Moving the logs") as progress:
        rows = move_database(source, target, progress)
    typer.echo(f"Moved {rows['rooms']:,} rooms, {rows['events']:,} events, {rows['users']:,} users; both sides are the same.")
    with progress_bar("Reading the logs") as progress:
        report = check(target, progress)
    say(report)
    if rows["files"]:
        typer.echo("The files that people uploaded are in no database, and stay where they are: HUBBUB_DATA or HUBBUB_FILES stay the same.")
    typer.echo("Serve the new one from now on, with --database or HUBBUB_DATABASE, and never the old one again: keep it as a backup.")
