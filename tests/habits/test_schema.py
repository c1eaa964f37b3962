"""The migrations make exactly the tables that the code works with."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from hubbub.database import migrating
from hubbub.database.migrating import VERSION_TABLE, known_versions, migrate
from hubbub.database.schema import metadata
from hubbub.database.sqlite import writing_engine


def test_alembic_finds_no_difference_between_the_migrations_and_the_schema(tmp_path):
    with writing_engine(tmp_path / "hubbub.db").connect() as connection:
        migrate(connection)
        with connection.begin():
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "include_name": is_ours})
            assert compare_metadata(context, metadata) == []


def is_ours(name, kind, _parents):
    """Not what SQLite makes by itself for the index of words, which the test below compares."""
    return not (kind == "table" and name.startswith("search_words"))


def test_a_migrated_database_is_the_schema_on_the_page_down_to_defaults_and_conditions(tmp_path):
    with writing_engine(tmp_path / "migrated.db").connect() as connection:
        migrate(connection)
    with writing_engine(tmp_path / "made.db").connect() as connection, connection.begin():
        metadata.create_all(connection)
    migrated = shape_of(tmp_path / "migrated.db")
    del migrated[VERSION_TABLE]
    assert migrated == shape_of(tmp_path / "made.db")


def shape_of(path):
    """Every table with its columns, and every index with what it says."""
    with closing(sqlite3.connect(path)) as connection:
        found = list(connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        tables = {
            name: sorted(connection.execute(f"SELECT * FROM pragma_table_info('{name}')")) for kind, name, _ in found if kind == "table"
        }
        return tables | {name: " ".join(sql.split()) for kind, name, sql in found if kind != "table"}


def test_the_files_names_tell_the_versions_that_alembic_knows():
    script = ScriptDirectory(str(Path(migrating.__file__).with_name("migrations")))
    assert [revision.revision for revision in script.walk_revisions()] == known_versions()[::-1]
