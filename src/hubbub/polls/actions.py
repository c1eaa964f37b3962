"""What one can do with polls. Each vote is an event of the room's journal; the message carries them counted."""

from collections.abc import Sequence
from typing import Any

from hubbub.accounts.model import User
from hubbub.database import Database, Transaction
from hubbub.errors import Conflict, Forbidden, Invalid
from hubbub.journal.writing import Draft, Journal
from hubbub.messages.noting import Noted, message_to_change, note
from hubbub.polls.model import Poll, checked_choices, choices_of, is_closed, with_end, with_vote
from hubbub.protocol.events import timestamp
from hubbub.rooms.access import enter, may_moderate, may_take_part


class Polls:
    """The polls of one chat."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def vote(self, user: User, room_id: str, seq: int, choices: Sequence[int]) -> None:
        """Choose options by their numbers, instead of what the user chose before; none to take the vote back.

        The same vote again changes nothing, also once the poll is closed, so it may be sent again by whoever got no
        answer. Raises `Invalid` for what is no such option, `NotFound` for a message that was deleted, `Conflict` for a
        poll that is closed.
        """

        def unit(transaction: Transaction) -> None:
            message = message_to_change(transaction, self._journal, user, room_id, seq, may_take_part)
            poll = _poll(message)
            chosen = checked_choices(poll, choices)
            if chosen == choices_of(poll, user.id):
                return
            if is_closed(poll, timestamp(transaction.now)):
                raise Conflict("This poll is closed. What was chosen before stands.")
            fields = {"target": seq, "choices": chosen}
            self._journal.append(transaction, Draft(room_id, "poll.voted", user.person(), fields, target=seq))
            note(transaction, room_id, seq, message.notes, "poll", with_vote(poll, user.id, chosen))

        await self._database.write(unit, rooms=(room_id,))

    async def close(self, user: User, room_id: str, seq: int) -> None:
        """Let nobody vote any more: whoever asked, and those who moderate the room. What is closed stays as it is."""

        def unit(transaction: Transaction) -> None:
            message = message_to_change(transaction, self._journal, user, room_id, seq, may_take_part)
            poll = _poll(message)
            if message.event["by"]["id"] != user.id and not may_moderate(user, enter(transaction.connection, user, room_id)):
                raise Forbidden("This poll is somebody else's.")
            if is_closed(poll, timestamp(transaction.now)):
                return
            event = self._journal.append(transaction, Draft(room_id, "poll.closed", user.person(), {"target": seq}, target=seq))
            note(transaction, room_id, seq, message.notes, "poll", with_end(poll, event.at, user.person()))

        await self._database.write(unit, rooms=(room_id,))


def _poll(message: Noted) -> Poll:
    """The poll as it stands. Raises `Invalid` for a message that is none."""
    poll: dict[str, Any] | None = message.notes.get("poll") or message.event.get("poll")
    if poll is None:
        raise Invalid("This message is no poll.")
    return poll
