"""On PostgreSQL, too, the migrations make exactly the tables that the code works with."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.pool import NullPool

from hubbub.database.kind import kind_of
from hubbub.database.migrating import VERSION_TABLE, migrate
from hubbub.database.schema import metadata

_SHAPE = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT relname, array_to_string(reloptions, ' ') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')",
    "SELECT table_name || '.' || column_name, data_type || coalesce(column_default, '') FROM information_schema.columns "
    "WHERE table_schema = 'public'",
)


def engine_of(url):
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)


def shape_of(connection: Connection):
    """Every index with what it says, every column with its default, and how the tables are kept."""
    shape = {name: what for question in _SHAPE for name, what in connection.exec_driver_sql(question)}
    return {name: what for name, what in shape.items() if VERSION_TABLE not in name}


def test_a_migrated_database_is_the_schema_on_the_page_down_to_defaults_and_conditions(postgres):
    migrated, made = postgres.make_database(), postgres.make_database()
    kind_of(migrated).open_writing(migrate).close()
    with engine_of(migrated).connect() as connection, connection.begin():
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "include_name": is_ours})
        assert compare_metadata(context, metadata) == []
        shape = shape_of(connection)
    with engine_of(made).connect() as connection, connection.begin():
        metadata.create_all(connection)
        assert shape_of(connection) == shape
    assert "WHERE (key IS NOT NULL)" in shape["events_by_key"]


def is_ours(name, kind, _parents):
    """Not the index of words, which is on an expression; the shapes are compared for that."""
    return not (kind == "index" and name == "search_documents_words")
