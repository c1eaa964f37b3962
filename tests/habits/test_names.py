"""Names say what a thing is: no drawers for what has no place, and every module begins with a sentence."""

import ast
from collections import Counter

from source import PYTHON_FILES, ROOT, SCRIPTS, functions_of, name_of, tree_of

DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "core", "base"}
# The tutorial's own name for its class. `bus/base.py` is where the promises of every bus are written.
MEANT = {"realtime/manager.py", "bus/base.py"}


def test_no_module_is_a_drawer():
    files = [*PYTHON_FILES, *SCRIPTS]
    assert [name_of(path) for path in files if path.stem.lower() in DRAWERS and name_of(path) not in MEANT] == []


def test_every_module_begins_with_a_sentence():
    silent = []
    for path in PYTHON_FILES:
        docstring = ast.get_docstring(tree_of(path)) or ""
        if not docstring.split("\n\n")[0].rstrip().endswith((".", ":")):
            silent.append(name_of(path))
    assert silent == []


def test_every_public_name_has_a_docstring():
    silent = []
    for path in PYTHON_FILES:
        public = [(name, node) for name, node in functions_of(path) if is_public(name)]
        public += [(node.name, node) for node in tree_of(path).body if isinstance(node, ast.ClassDef) and is_public(node.name)]
        silent += [f"{name_of(path)}: {name}" for name, node in public if not ast.get_docstring(node) and not is_inner(path, name)]
    assert not silent, "\n".join(silent)


def is_public(name):
    return not any(part.startswith("_") for part in name.split("."))


def is_inner(path, name):
    """Whether a function lives inside another one, where its purpose is that one's."""
    functions = {other for other, _ in functions_of(path)}
    return "." in name and name.rsplit(".", 1)[0] in functions


def test_no_two_files_of_the_tests_share_a_name():
    # They are imported by their bare names, so the second one would be the first one again.
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py")
    assert [name for name, count in names.items() if count > 1] == []
