"""What people are told when the database fails. What a server says of itself is for the log, not for them."""

import logging
import sqlite3

from sqlalchemy.exc import DBAPIError

from hubbub.errors import Unavailable

log = logging.getLogger("hubbub.database")


def unreadable(error: DBAPIError) -> Unavailable:
    """The refusal of somebody who reads."""
    return Unavailable(f"The database cannot be read just now{_in_brackets(error)}. Try again.", retry_after=2)


def out_of_reach() -> Unavailable:
    """The refusal of somebody for whom nothing was tried."""
    return Unavailable("The database cannot be reached just now. Nothing was kept; try again.", retry_after=2)


def unwritten(error: Exception) -> Unavailable:
    """The refusal of those whose commit failed: trying again is right. It is logged."""
    log.error("A commit failed, and nothing of it was acknowledged: %s", " ".join(str(_cause(error)).split()))
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        # The last that was heard may have been before the commit, or after it.
        return Unavailable("The database went away, and whether it stored this is not known. Try again with the same key.", retry_after=2)
    return Unavailable(f"The database could not store this just now{_in_brackets(error)}. Nothing was kept; try again.", retry_after=2)


def _in_brackets(error: Exception) -> str:
    """SQLite's own words, such as that the disk is full. A server's would tell everybody where it is."""
    cause = _cause(error)
    return f" ({cause})" if isinstance(cause, sqlite3.Error) else ""


def _cause(error: Exception) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
