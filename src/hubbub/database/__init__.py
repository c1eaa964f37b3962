"""The database: one writer with group commit, several readers, and every table on one page."""

from sqlalchemy import Connection

from hubbub.database.engine import Database
from hubbub.database.kind import sqlite_path
from hubbub.database.transaction import Transaction

__all__ = ["Connection", "Database", "Transaction", "sqlite_path"]
