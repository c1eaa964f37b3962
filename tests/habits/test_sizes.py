"""Files and functions stay small enough to be read in one go."""

import ast
import io
import tokenize

from source import PYTHON_FILES, SCRIPTS, functions_of, name_of

PYTHON_FILE_LINES = 400
FUNCTION_CODE_LINES = 40
SCRIPT_LINES = 250


def code_lines(path):
    """The numbers of the lines that hold code: not blank, not a comment."""
    quiet = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
    numbers = set()
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type not in quiet:
            numbers.update(range(token.start[0], token.end[0] + 1))
    return numbers


def body_of(function):
    """The lines of a function's body, without its docstring."""
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    start = first.end_lineno + 1 if has_docstring else first.lineno
    return range(start, function.end_lineno + 1)


def lines_of(path):
    return path.read_text().count("\n")


def test_python_files_are_short():
    assert [f"{name_of(path)}: {lines_of(path)}" for path in PYTHON_FILES if lines_of(path) > PYTHON_FILE_LINES] == []


def test_functions_are_short():
    long = []
    # A migration is a list of statements, written once and never changed.
    for path in (path for path in PYTHON_FILES if "versions" not in path.parts):
        numbers = code_lines(path)
        for name, function in functions_of(path):
            length = len(numbers.intersection(body_of(function)))
            if length > FUNCTION_CODE_LINES:
                long.append(f"{name_of(path)}: {name} has {length} lines of code")
    assert not long, "\n".join(long)


def test_scripts_of_the_browser_client_are_short():
    assert SCRIPTS
    assert [f"{name_of(path)}: {lines_of(path)}" for path in SCRIPTS if lines_of(path) > SCRIPT_LINES] == []
