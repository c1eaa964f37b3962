"""`hubbub user …` and `hubbub token …`: the people and programs that may come in."""

import sys
from typing import Annotated, Literal

import typer

from hubbub.cli.address import address
from hubbub.cli.carrying_out import carry_out
from hubbub.cli.options import settings_options
from hubbub.cli.printing import print_table
from hubbub.errors import Invalid
from hubbub.settings import Settings

users = typer.Typer(no_args_is_help=True, help="The people: add them, list them, deactivate them.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens for programs.")

RoleName = Literal["owner", "admin", "member", "guest"]
UserName = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]


@users.command("add")
@settings_options("data", "database", "bus")
def add_user(
    settings: Settings,
    name: UserName,
    role: Annotated[RoleName, typer.Option(envvar="HUBBUB_USER_ROLE", help="What they may do here.")] = "member",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", envvar="HUBBUB_PASSWORD_STDIN", help="Read their password, one line, from standard input.")
    ] = False,
) -> None:
    """Add somebody.

    Without --password-stdin they have no password and cannot sign in by themselves; let them in with `hubbub token create`.
    """
    password = _password() if password_stdin else None
    user = carry_out(settings, "user.add", name=name, role=role, password=password)
    typer.echo(f"Added {user['name']} ({user['role']}), id {user['id']}.")


@users.command("list")
@settings_options("data", "database")
def list_users(settings: Settings) -> None:
    """List everybody, deactivated ones too. Into a pipe: one a line, with tabs between."""
    rows = [
        (user["id"], user["name"], user["role"], user["kind"], "active" if user["is_active"] else "deactivated")
        for user in carry_out(settings, "user.list")
    ]
    print_table(("id", "name", "role", "kind", "state"), rows)


@users.command("role")
@settings_options("data", "database", "bus")
def change_role(
    settings: Settings, name: UserName, role: Annotated[RoleName, typer.Argument(help="What they may do from now on.")]
) -> None:
    """Give somebody another role, at once, wherever they are connected."""
    user = carry_out(settings, "user.role", name=name, role=role)
    typer.echo(f"{user['name']} is {user['role']} now.")


@users.command("reset-password")
@settings_options("data", "database", "bus", "public_url", "host", "port")
def reset_password(settings: Settings, name: UserName) -> None:
    """Print a one-time link by which somebody sets a new password. It is open for a day."""
    token = carry_out(settings, "user.reset_password", name=name)["token"]
    typer.echo(f"{address(settings, settings.port)}/#/reset/{token}")


@users.command("deactivate")
@settings_options("data", "database", "bus")
def deactivate_user(settings: Settings, name: UserName) -> None:
    """Close an account: its sign-ins and tokens end at once. What they wrote stays."""
    user = carry_out(settings, "user.deactivate", name=name)
    typer.echo(f"Deactivated {user['name']}, id {user['id']}.")


@tokens.command("create")
@settings_options("data", "database", "bus")
def create_token(
    settings: Settings,
    user: Annotated[str, typer.Argument(metavar="USER", help="The name of the user it lets in.")],
    name: Annotated[str, typer.Option(envvar="HUBBUB_TOKEN_NAME", help="What it is for.")] = "command line",
) -> None:
    """Make a bearer token, and print it alone. It is shown this once."""
    typer.echo(carry_out(settings, "token.create", user=user, name=name)["token"])


def _password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Invalid("There was no password on standard input. Give it one line, such as: echo PASSWORD | hubbub user add …")
    return password
