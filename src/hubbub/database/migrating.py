"""Brings a database's schema up to date before anything is served, or refuses one that is newer than this program."""

import threading
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, update

from hubbub.errors import StartupError

VERSION_TABLE = "hubbub_version"
UNFINISHED = "unfinished move"
"""What stands in place of the version while another database is being moved here: nobody may serve half of it."""

_MIGRATIONS = Path(__file__).with_name("migrations")
# Alembic's environment is global to the process, so two upgrades must not meet in it.
_one_at_a_time = threading.Lock()


def migrate(connection: Connection) -> None:
    """Bring the schema to the newest version, in one transaction that holds the database's write lock.

    Raises `StartupError` when the database was written by a newer Hubbub; nothing is touched then.
    """
    versions = known_versions()
    with _one_at_a_time, connection.begin():
        # Read inside the lock: whoever waited for it finds the work done.
        current = current_version(connection)
        if current == versions[-1]:
            return
        if current == UNFINISHED:
            raise StartupError("Another database was being moved to this one, and not all of it is here. Say the same `hubbub move` again.")
        if current is not None and current not in versions:
            raise StartupError(
                f"The data was written by a newer Hubbub (schema {current}; this one knows {versions[-1]}). "
                "Install that version or a later one. Nothing was changed."
            )
        _upgrade(connection)


def known_versions() -> list[str]:
    """The versions that this program knows, oldest first: what the files' names begin with."""
    return sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def current_version(connection: Connection) -> str | None:
    """The schema's version in this database, None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()
    return version


def set_version(connection: Connection, version: str) -> None:
    """Write down another version, in the caller's transaction."""
    connection.execute(update(table(VERSION_TABLE, column("version_num"))).values(version_num=version))


def _upgrade(connection: Connection) -> None:
    # Loaded only when there is something to do: it costs a fifth of the time that a start takes.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
