"""What one can do with reactions. Each is an event of the room's journal; the message carries them counted."""

from typing import Any

from hubbub.accounts.model import User
from hubbub.database import Database, Transaction
from hubbub.journal.writing import Draft, Journal
from hubbub.messages.noting import Noted, message_to_change, note
from hubbub.reactions.emoji import checked_emoji
from hubbub.reactions.model import Reactions, has_reacted, spelled, with_reaction, without_reaction
from hubbub.rooms.access import may_take_part


class Reacting:
    """The reactions of one chat."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def react(self, user: User, room_id: str, seq: int, emoji: str) -> None:
        """Put an emoji on a message. The same one again by the same user changes nothing.

        Raises `Invalid` for what is no emoji, `NotFound` for a message that was deleted, `Conflict` for too many kinds.
        """
        checked_emoji(emoji)

        def unit(transaction: Transaction) -> None:
            message = message_to_change(transaction, self._journal, user, room_id, seq, may_take_part)
            before = _reactions(message)
            mine = spelled(before, emoji)
            if not has_reacted(before, mine, user.id):
                self._keep(transaction, "reaction.added", user, message, mine, with_reaction(before, mine, user.id))

        await self._database.write(unit, rooms=(room_id,))

    async def take_back(self, user: User, room_id: str, seq: int, emoji: str) -> None:
        """Take one's emoji off a message; where it is not, nothing changes."""
        checked_emoji(emoji)

        def unit(transaction: Transaction) -> None:
            message = message_to_change(transaction, self._journal, user, room_id, seq, may_take_part)
            before = _reactions(message)
            mine = spelled(before, emoji)
            if has_reacted(before, mine, user.id):
                self._keep(transaction, "reaction.removed", user, message, mine, without_reaction(before, mine, user.id))

        await self._database.write(unit, rooms=(room_id,))

    def _keep(self, transaction: Transaction, kind: str, user: User, message: Noted, emoji: str, reactions: Reactions) -> None:
        room_id, seq = message.event["room"], message.event["seq"]
        fields: dict[str, Any] = {"target": seq, "emoji": emoji}
        self._journal.append(transaction, Draft(room_id, kind, user.person(), fields, target=seq))
        note(transaction, room_id, seq, message.notes, "reactions", reactions)


def _reactions(message: Noted) -> Reactions:
    reactions: Reactions = message.notes.get("reactions", [])
    return reactions
