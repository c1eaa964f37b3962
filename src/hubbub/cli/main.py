"""All the commands in one tree, and how each of them ends: 0 done, 1 refused, 2 not understood, 3 cannot start."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hubbub.cli import people, rooms
from hubbub.cli.checking import check
from hubbub.cli.doctor import doctor
from hubbub.cli.endings import CANNOT_START, REFUSED
from hubbub.cli.keeping import backup, export, restore
from hubbub.cli.moving import move
from hubbub.cli.options import settings_options
from hubbub.errors import HubbubError, StartupError
from hubbub.settings import Settings
from hubbub.version import VERSION

# What only counts where Hubbub is mounted in another app.
FOR_HOST_APPS = {"recheck_seconds"}


class Commands(TyperGroup):
    """Turns what went wrong on purpose into one sentence and an exit code; only a fault of ours shows a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run what was asked for."""
        try:
            return super().invoke(ctx)
        except HubbubError as refusal:
            _say_why(refusal.message)
            raise typer.Exit(REFUSED) from None
        except StartupError as obstacle:
            _say_why(str(obstacle))
            raise typer.Exit(CANNOT_START) from None


app = typer.Typer(cls=Commands, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(people.users, name="user")
app.add_typer(people.tokens, name="token")
app.add_typer(rooms.rooms, name="room")
app.command()(check)
app.command()(doctor)
app.command()(move)
app.command()(backup)
app.command()(restore)
app.command()(export)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"hubbub {VERSION}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def hubbub(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.", callback=_show_version, is_eager=True)] = False,
) -> None:
    """A chat of your own: nothing lost, nothing twice, nothing out of order.

    Begin with `hubbub serve`. The other commands work while the server runs, and when it does not.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
@settings_options(*(name for name in Settings.model_fields if name not in FOR_HOST_APPS))
def serve(settings: Settings) -> None:
    """Run the chat, with everything in one folder.

    On a new folder it prints a one-time link that makes whoever opens it the owner. SIGTERM or Ctrl-C stops it in good order.
    """
    # Loaded only here, because no other command needs a web server.
    from hubbub.cli.serving import run

    raise typer.Exit(run(settings))


def _say_why(sentence: str) -> None:
    typer.echo(f"hubbub: {sentence}", err=True)
