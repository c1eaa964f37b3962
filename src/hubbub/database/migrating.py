"""Brings a database's schema up to date before anything is served, or refuses one that is newer than this program."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hubbub.errors import StartupError

VERSION_TABLE = "hubbub_version"

_MIGRATIONS = Path(__file__).with_name("migrations")
# Alembic's environment is global to the process, so two upgrades must not meet in it.
_one_at_a_time = threading.Lock()


def migrate(connection: Connection) -> None:
    """Bring the schema to the newest version, in one transaction that holds the database's write lock.

    Raises `StartupError` when the database was written by a newer Hubbub; nothing is touched then.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    with _one_at_a_time, connection.begin():
        # Read inside the lock: whoever waited for it finds the work done.
        current = current_version(connection)
        if current == script.get_current_head():
            return
        if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
            raise StartupError(
                f"The data was written by a newer Hubbub (schema {current}; this one knows {script.get_current_head()}). "
                "Install that version or a later one. Nothing was changed."
            )
        command.upgrade(config, "head")


def current_version(connection: Connection) -> str | None:
    """The schema's version in this database, None for an empty one."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
