"""Settings as options: each option is one field of `Settings`, so that it has its variable, its default and its sentence from there."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Optional

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from hubbub.errors import StartupError
from hubbub.settings import Settings


def settings_options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command one option for each of these settings, and hand it, as `settings`, what they and the variables make."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_settings(**given: Any) -> None:
            chosen = {name: value for name in names if (value := given.pop(name)) is not None}
            command(settings=read_settings(chosen), **given)

        own = [parameter for parameter in signature(command).parameters.values() if parameter.name != "settings"]
        parameters = [*own, *(_option(name) for name in names)]
        with_settings.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        with_settings.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return with_settings

    return decorate


def read_settings(chosen: dict[str, Any]) -> Settings:
    """The settings: what was chosen, else what the HUBBUB_… variables say, else the defaults.

    Raises `StartupError` with a sentence that names the one that is wrong.
    """
    try:
        return Settings(**chosen)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise StartupError(f"{_named(str(wrong['loc'][0]))} is {wrong['input']!r}: {wrong['msg']}.") from None
    except SettingsError as error:
        raise StartupError(f'A HUBBUB_… variable cannot be read: {error}. A list is JSON, such as ["https://example.org"].') from None


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"HUBBUB_{name.upper()}"


def flag(name: str) -> str:
    """The option of a setting."""
    return f"--{name.replace('_', '-')}"


def _named(name: str) -> str:
    return f"{variable(name)} (or {flag(name)})"


def _option(name: str) -> Parameter:
    field = Settings.model_fields[name]
    default = f", default {field.default}" if field.default not in (None, []) else ""
    option = typer.Option(flag(name), help=f"{field.description} ({variable(name)}{default})", show_default=False)
    # What was not given stays None, so that the variables and the defaults get their turn.
    annotation = Annotated[Optional[field.annotation], option]  # type: ignore[name-defined]  # noqa: UP045
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
