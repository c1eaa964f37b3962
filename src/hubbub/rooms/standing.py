"""How rooms, members and credentials stand, for a node that may have missed news of them."""

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from hubbub.accounts import store as accounts_store
from hubbub.database import Connection, Database
from hubbub.realtime.standing import Answer, AnswerDone, Question
from hubbub.rooms import store

IDS_AT_ONCE = 500

log = logging.getLogger("hubbub.rooms")


class Standing:
    """Asks for those who cannot wait: the answer comes as a call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, question: Question, done: AnswerDone) -> None:
        """Hand `done` the answer, or None when the database cannot be read now."""

        def tell(answer: Answer | None, error: BaseException | None) -> None:
            if error is not None:
                log.warning("How things stand could not be asked, and will be again: %s", error)
            done(answer)

        self._database.submit_read(lambda connection: answer_to(connection, question), tell)

    async def rooms_of(self, user_id: str) -> Sequence[str]:
        """The rooms of one user, but for archived ones."""
        return await self._database.read(lambda connection: store.rooms_of(connection, [user_id]).get(user_id, []))


def answer_to(connection: Connection, question: Question) -> Answer:
    """How things stand, a few hundred ids to a query."""
    last_seqs: dict[str, int] = {}
    for ids in _some(question.rooms):
        last_seqs |= store.last_seqs(connection, ids)
    users: dict[str, Any] = {}
    rooms_of: dict[str, list[str]] = {}
    for ids in _some(tuple(question.users)):
        users |= accounts_store.active_users(connection, ids)
        rooms_of |= store.rooms_of(connection, ids)
    ended: list[str] = []
    for credentials in _some(tuple(question.passes.values())):
        ended += accounts_store.ended_credentials(connection, credentials)
    return Answer(last_seqs, users, rooms_of, ended)


def _some(things: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(things)
    while some := list(islice(rest, IDS_AT_ONCE)):
        yield some
