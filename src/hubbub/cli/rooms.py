"""`hubbub room …`: the rooms."""

from typing import Annotated, Literal

import typer

from hubbub.cli.carrying_out import carry_out
from hubbub.cli.options import settings_options
from hubbub.cli.printing import print_table
from hubbub.settings import Settings

rooms = typer.Typer(no_args_is_help=True, help="The rooms: add them, list them.")


@rooms.command("add")
@settings_options("data", "database", "bus")
def add_room(
    settings: Settings,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    kind: Annotated[Literal["public", "private"], typer.Option(envvar="HUBBUB_ROOM_KIND", help="Who may find and join it.")] = "public",
    member: Annotated[
        list[str] | None,
        typer.Option(metavar="USER", envvar="HUBBUB_ROOM_MEMBER", help="The name of a user who is in from the start; repeat it."),
    ] = None,
) -> None:
    """Make a room, and print its id alone. When a member is unknown, nothing is made."""
    typer.echo(carry_out(settings, "room.add", name=name, kind=kind, members=member or [])["id"])


@rooms.command("list")
@settings_options("data", "database")
def list_rooms(settings: Settings) -> None:
    """List every room, archived ones too. Into a pipe: one a line, with tabs between."""
    rows = [
        (room["id"], room["name"], room["kind"], str(room["last_seq"]), "archived" if room["is_archived"] else "open")
        for room in carry_out(settings, "room.list")
    ]
    print_table(("id", "name", "kind", "events", "state"), rows)
