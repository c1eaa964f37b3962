"""The browser client has a line for everything that the protocol says, and none for what it does not."""

import re

import pytest
from source import SOURCE

from hubbub.protocol.events import EVENTS
from hubbub.protocol.frames import ANSWERS
from hubbub.protocol.signals import SIGNALS

TABLES = (SOURCE / "web" / "state" / "apply.js").read_text()
# Answers go to whoever asked, and after `bye` the connection ends by itself.
NOT_FOR_THE_STATE = {"ok", "error", "bye"}
# What one tab tells another.
BETWEEN_TABS = {"watched"}


def lines_of(table):
    """What the lines of a table of the browser are about."""
    found = re.search(rf"^export const {table} = \{{\n(.+?)^\}};", TABLES, re.MULTILINE | re.DOTALL)
    assert found, f"There is no table {table} in state/apply.js."
    return re.findall(r'^  "?([\w.]+)"?:', found[1], re.MULTILINE)


@pytest.mark.parametrize(
    ("table", "said"), [("EVENTS", EVENTS.keys()), ("SIGNALS", (SIGNALS.keys() | ANSWERS.keys()) - NOT_FOR_THE_STATE | BETWEEN_TABS)]
)
def test_a_table_of_the_browser_has_a_line_for_all_that_is_said(table, said):
    lines = lines_of(table)
    assert len(lines) == len(set(lines))
    assert sorted(said - set(lines)) == [], f"state/apply.js has no line for these in {table}."
    assert sorted(set(lines) - said) == [], f"Nobody says these, and state/apply.js has a line for them in {table}."
