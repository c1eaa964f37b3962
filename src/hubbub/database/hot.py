"""Statements written by hand, for those that are run for every message, page and sign-in: for them SQLAlchemy costs too much.

They are written once, with `?` for what is given, and run on both databases.
"""

import sqlite3
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


class Bulk(NamedTuple):
    """A statement that is run for many rows at once."""

    rows: str
    """What SQLite runs for each row, with a `?` for each value."""
    columns: str
    """What PostgreSQL runs once for all of them, with a `?` for each column, as an array."""


def fetch(connection: Connection, statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """All rows of a statement, as tuples, in the connection's own transaction. It must be one that only reads."""
    if connection.dialect.name != "sqlite":
        return list(connection.exec_driver_sql(_for_postgres(statement), parameters))
    driver = connection.connection.driver_connection
    try:
        rows: list[tuple[Any, ...]] = driver.execute(statement, parameters).fetchall()  # type: ignore[union-attr]
    except sqlite3.Error as error:
        raise _as_others_expect(error, connection, statement) from error
    return rows


def each(connection: Connection, statement: str, parameters: tuple[Any, ...]) -> Iterable[Any]:
    """The rows of a statement one by one, as tuples: for whoever may stop before the last one."""
    if connection.dialect.name != "sqlite":
        statement = _for_postgres(statement)
    return connection.exec_driver_sql(statement, parameters)


def run_many(connection: Connection, statement: Bulk, rows: list[Any]) -> int:
    """Run a statement for every row, a tuple, in their order; how many rows it changed."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        try:
            changed: int = driver.executemany(statement.rows, rows).rowcount  # type: ignore[union-attr]
        except sqlite3.Error as error:
            raise _as_others_expect(error, connection, statement.rows, is_many=True) from error
        return changed
    columns = tuple(list(column) for column in zip(*rows, strict=True))
    return connection.exec_driver_sql(_for_postgres(statement.columns), columns).rowcount


def _as_others_expect(error: sqlite3.Error, connection: Connection, statement: str, *, is_many: bool = False) -> Exception:
    """The driver's error as SQLAlchemy gives it. The values are left out: they are what people wrote."""
    return DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect, ismulti=is_many)


@cache
def _for_postgres(statement: str) -> str:
    """The statement with placeholders as psycopg knows them, in binary, which it writes and reads faster."""
    return statement.replace("%", "%%").replace("?", "%b")
