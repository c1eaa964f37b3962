"""What one can set, say and ask for is written down where people look for it."""

import re

import pytest
import typer
from source import ROOT

from hubbub import Settings
from hubbub.cli import app

ROW = re.compile(r"\| `(HUBBUB_\w+)` \| (?:`(--[\w-]+)`)? ?\| (?:`(.+?)`)? ?\| (.+) \|")


def commands_of(command, path=("hubbub",)):
    """Every command that does something, with the words that say it."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, subcommand in inner.items():
        yield from commands_of(subcommand, (*path, name))


COMMANDS = dict(commands_of(typer.main.get_command(app)))


@pytest.fixture(scope="module")
def sections():
    """docs/cli.md by its headings."""
    parts = re.split(r"^## (.+)$", (ROOT / "docs" / "cli.md").read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def rows():
    """docs/settings.md by variable."""
    return {row[1]: row for row in ROW.finditer((ROOT / "docs" / "settings.md").read_text())}


def variable_of(name):
    return f"HUBBUB_{name.upper()}"


def options_of(command):
    return {option.opts[-1]: option for option in command.params if option.param_type_name == "option" and option.name != "help"}


def test_every_setting_is_documented_with_its_variable_its_default_and_its_meaning(rows):
    documented = {variable: (row[3], row[4]) for variable, row in rows.items()}
    expected = {
        variable_of(name): (None if field.default in (None, []) else str(field.default), field.description)
        for name, field in Settings.model_fields.items()
    }
    assert documented == expected


def test_every_option_of_serve_is_a_documented_setting(rows):
    documented = {row[2] for row in rows.values() if row[2]}
    assert set(options_of(COMMANDS["hubbub serve"])) == documented


@pytest.mark.parametrize("words", [words for words in COMMANDS if words != "hubbub serve"])
def test_every_command_is_documented_with_its_options_and_their_variables(words, sections):
    assert words in sections
    for flag, option in options_of(COMMANDS[words]).items():
        name = flag.removeprefix("--").replace("-", "_")
        if name in Settings.model_fields and option.envvar is None:
            assert variable_of(name) in option.help
        else:
            assert f"`{flag}` (`{option.envvar}`" in " ".join(sections[words].split()), flag


def test_no_command_is_documented_that_does_not_exist(sections):
    assert {heading for heading in sections if heading.startswith("hubbub ")} == set(COMMANDS)


def test_every_command_says_what_it_does():
    assert all((command.help or "").strip().endswith(".") for command in COMMANDS.values())
