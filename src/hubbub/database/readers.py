"""The readers: a few threads, each with a read-only connection of its own, and one snapshot per question."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import local
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hubbub.database.refusals import unreadable
from hubbub.database.threads import Threads
from hubbub.errors import Unavailable

T = TypeVar("T")

READERS = 4
QUESTIONS_AT_ONCE = 64
LONG_SECONDS = 1.0


class Readers:
    """Runs queries off the event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = local()
        self._connections: list[Connection] = []
        self._out_of_reach_until = 0.0
        self._threads = Threads(READERS, "hubbub-reader")
        self._crowds: dict[Callable[..., Any], Crowd] = {}

    def submit(self, query: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """Run `query` in one snapshot, and give its result to the future. Raises `Unavailable` there when it cannot."""
        return self._threads.submit(lambda: self._read(query))

    def submit_together(self, query: Callable[[Connection, list[Any]], list[Any]], question: Any) -> "asyncio.Future[Any]":
        """Have `query` answer this question together with those that gather while it is under way, in one snapshot.

        Going to a thread and back costs more than most questions; in a crowd they share it. An answer that is an
        exception is raised to the one who asked.
        """
        crowd = self._crowds.get(query)
        if crowd is None:
            crowd = self._crowds[query] = Crowd(self, query)
        return crowd.ask(question)

    def close(self) -> None:
        """Finish what is under way and close the connections. Blocks."""
        self._threads.close()
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def _read(self, query: Callable[[Connection], T]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        began = monotonic()
        try:
            if connection is not None:
                try:
                    return self._ask(connection, query)
                except DBAPIError as error:
                    if not error.connection_invalidated:
                        raise
                    # It was left from before the server went away; a new one says whether it is back.
                    self._forget(connection)
                    self._notice_silence(began)
            return self._ask(self._connect(), query)
        except DBAPIError as error:
            raise unreadable(error) from error

    def _ask(self, connection: Connection, query: Callable[[Connection], T]) -> T:
        with connection.begin():
            return query(connection)

    def _connect(self) -> Connection:
        began = monotonic()
        if began < self._out_of_reach_until:
            raise Unavailable("The database cannot be reached just now. Try again.", retry_after=2)
        try:
            connection = self._local.connection = self._engine.connect()
        except DBAPIError:
            self._notice_silence(began)
            raise
        self._connections.append(connection)
        return connection

    def _notice_silence(self, began: float) -> None:
        """A server was given up; if only after a while, whoever waits behind this one would wait as long, each by themselves."""
        if monotonic() - began > LONG_SECONDS:
            self._out_of_reach_until = monotonic() + LONG_SECONDS

    def _forget(self, connection: Connection) -> None:
        self._local.connection = None
        self._connections.remove(connection)
        with suppress(SQLAlchemyError):
            connection.close()


class Crowd:
    """Questions of one kind: those of one turn are asked together, and those that wait as soon as the ones before are answered."""

    def __init__(self, readers: Readers, query: Callable[[Connection, list[Any]], list[Any]]) -> None:
        self._readers = readers
        self._query = query
        self._waiting: list[tuple[Any, asyncio.Future[Any]]] = []
        self._is_asking = False

    def ask(self, question: Any) -> "asyncio.Future[Any]":
        """The future of one answer."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((question, answer))
        if not self._is_asking:
            self._is_asking = True
            loop.call_soon(self._ask_next)  # with whoever else asks in this turn
        return answer

    def _ask_next(self) -> None:
        asked, self._waiting = self._waiting[:QUESTIONS_AT_ONCE], self._waiting[QUESTIONS_AT_ONCE:]
        self._is_asking = bool(asked)
        if asked:
            questions = [question for question, _ in asked]
            reading = self._readers.submit(lambda connection: self._query(connection, questions))
            reading.add_done_callback(lambda done: self._tell(asked, done))

    def _tell(self, asked: list[tuple[Any, "asyncio.Future[Any]"]], done: "asyncio.Future[list[Any]]") -> None:
        self._ask_next()
        error = done.exception()
        answers = done.result() if error is None else [error] * len(asked)
        for (_, future), answer in zip(asked, answers, strict=True):
            if future.done():
                continue  # whoever asked has gone
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
