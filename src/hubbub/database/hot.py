"""Statements that are run for every page and every sign-in, by the driver itself: for those SQLAlchemy costs more than SQLite."""

from typing import Any

from sqlalchemy import Connection


def fetch(connection: Connection, statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """All rows of a statement, as plain tuples, in the connection's own transaction. It must be one that only reads."""
    driver = connection.connection.driver_connection
    try:
        rows: list[tuple[Any, ...]] = driver.execute(statement, parameters).fetchall()  # type: ignore[union-attr]
    except Exception:
        # Once more by SQLAlchemy, for errors of the kind that everybody else expects.
        rows = [tuple(row) for row in connection.exec_driver_sql(statement, parameters)]
    return rows
