"""Lists for people on a terminal, and the same for programs in a pipe."""

import sys
from collections.abc import Iterable, Sequence

import typer


def print_table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows: as a table on a terminal, else one a line with tabs between and no heading."""
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(row))
        return
    # Loaded only for a terminal, because a pipe needs no layout.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*heading, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        # As plain text: a name may hold what looks like markup.
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
