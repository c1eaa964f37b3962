"""Every module imports only from the layers beneath it. This list is the map; docs/architecture.md explains it."""

from fnmatch import fnmatch

import pytest
from source import PYTHON_FILES, SOURCE, imported_names, name_of

# Lowest first. What shares a line may not import each other.
LAYERS = [
    {"protocol", "errors", "settings", "version"},
    {"problems", "server", "web"},
    {"database", "bus", "outgoing", "mailing", "answers"},
    {"journal"},
    {"realtime"},
    {"accounts"},
    {"rooms", "site"},
    {"messages"},
    {"reactions", "pins", "threads", "bookmarks", "search", "files", "notifications", "polls", "seen", "scheduling", "previews"},
    {"features"},
    {"checking", "moving"},
    {"control", "metrics"},
    {"app"},
    {"asgi", "cli", "testing"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

# These see only what is named here, wherever they stand.
SEALED = {
    "server": set(),
    "web": set(),
    "problems": {"errors"},
    "answers": {"problems"},
    "outgoing": {"errors", "settings", "version"},
    "realtime": {"bus", "protocol", "errors"},
    "client": {"protocol", "errors", "version"},
    "bots": {"client", "protocol", "errors"},
}

# Not part of the map: the public names, and `python -m hubbub`.
DOORSTEPS = {"__init__", "__main__"}

WEB_FRAMEWORK = {"fastapi", "starlette"}
MAY_USE_THE_WEB_FRAMEWORK = [
    "app.py",
    "asgi.py",
    "features.py",
    "answers.py",
    "problems.py",
    "*/api.py",
    "accounts/identity.py",
    "accounts/host*.py",
    "realtime/gateway.py",
    "realtime/echo.py",
    "realtime/manager.py",
    "realtime/groups.py",
    "realtime/recipients.py",
    "testing/*.py",
]

DATABASE_LIBRARIES = {"sqlalchemy", "alembic"}
MAY_USE_THE_DATABASE_LIBRARIES = ["database/*", "journal/*", "*/store.py"]


def part_of(path):
    """The package or module of ours that a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def is_allowed(importer, imported):
    if importer in SEALED:
        return imported == importer or imported in SEALED[importer]
    return imported == importer or RANK.get(imported, len(LAYERS)) < RANK[importer]


def parts_used_by(path):
    """The packages and modules of ours that a file imports."""
    return {name.split(".")[1] for name in imported_names(path) if name.startswith("hubbub.")}


def test_every_part_has_its_place_on_the_map():
    parts = {part_of(path) for path in PYTHON_FILES} - DOORSTEPS
    assert parts - RANK.keys() - SEALED.keys() == set()


def test_imports_point_downwards():
    wrong = [
        f"{name_of(path)} may not import {imported}"
        for path in PYTHON_FILES
        if part_of(path) not in DOORSTEPS
        for imported in sorted(parts_used_by(path))
        if not is_allowed(part_of(path), imported)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("libraries", "allowed"),
    [(WEB_FRAMEWORK, MAY_USE_THE_WEB_FRAMEWORK), (DATABASE_LIBRARIES, MAY_USE_THE_DATABASE_LIBRARIES)],
    ids=["web framework", "database libraries"],
)
def test_a_library_stays_where_it_belongs(libraries, allowed):
    users = [name_of(path) for path in PYTHON_FILES if {name.split(".")[0] for name in imported_names(path)} & libraries]
    assert users, "The libraries are used somewhere, or this test looks for the wrong names"
    assert [name for name in users if not any(fnmatch(name, pattern) for pattern in allowed)] == []


def test_the_map_catches_what_points_upwards():
    assert is_allowed("rooms", "accounts")
    assert not is_allowed("accounts", "rooms")
    assert not is_allowed("search", "files")
    assert not is_allowed("realtime", "journal")
    assert not is_allowed("client", "app")
    assert not is_allowed("app", "client")
