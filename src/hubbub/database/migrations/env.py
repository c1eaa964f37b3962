"""Alembic's way in: runs the versions beside it on the connection that `migrating` hands over."""

from alembic import context

from hubbub.database.migrating import VERSION_TABLE
from hubbub.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
