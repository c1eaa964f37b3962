"""What the habit tests look at: the source files, and what each of them imports."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "hubbub"

PYTHON_FILES = sorted(SOURCE.rglob("*.py"))
# Neither what others wrote and we only ship, nor tables of phrases.
SCRIPTS = [path for path in sorted((SOURCE / "web").rglob("*.js")) if not {"vendor", "languages"} & set(path.parts)]


def name_of(path):
    """A file as it is named in a complaint."""
    return str(path.relative_to(SOURCE))


@cache
def tree_of(path):
    return ast.parse(path.read_text(), str(path))


def imported_names(path):
    """Everything that a file imports, anywhere in it, as full dotted names."""
    package = ("hubbub", *path.relative_to(SOURCE).parts[:-1])
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            parts = [*base, *filter(None, [node.module])]
            yield from (".".join([*parts, alias.name]) for alias in node.names)


def functions_of(path):
    """Every function of a file with the classes around it: (qualified name, node)."""

    def walk(node, around):
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            inner = (*around, child.name) if named else around
            if named and not isinstance(child, ast.ClassDef):
                yield ".".join(inner), child
            yield from walk(child, inner)

    yield from walk(tree_of(path), ())
