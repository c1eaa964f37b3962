"""Who has seen a message. It is asked for and never kept: read marks say it."""

from hubbub.accounts.model import User
from hubbub.database import Connection, Database
from hubbub.errors import Conflict
from hubbub.messages.noting import find_message
from hubbub.rooms.access import is_member
from hubbub.rooms.sharing import readers
from hubbub.rooms.store import member_count

MOST_MEMBERS = 100


class Seen:
    """How far everybody has read, as far as they let others see it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen_by(self, user: User, room_id: str, seq: int) -> list[dict[str, str]]:
        """The others who have read as far as a message, by name, but for its author.

        Whoever keeps this to themselves is not among them, and sees nobody. Raises `NotFound` for a message that was
        deleted, `Forbidden` for one who only looks into the room, `Conflict` for a room with more than 100 members.
        """

        def query(connection: Connection) -> list[dict[str, str]]:
            message = find_message(connection, user, room_id, seq, is_member)
            if member_count(connection, room_id) > MOST_MEMBERS:
                raise Conflict(f"Who has seen a message is told in rooms with {MOST_MEMBERS} members at most.")
            sharing = readers(connection, room_id)
            if user.id not in [reader.person["id"] for reader in sharing]:
                return []
            left_out = (user.id, message.event["by"]["id"])
            there = [reader for reader in sharing if reader.first_seq <= seq <= reader.read_seq]
            return [reader.person for reader in there if reader.person["id"] not in left_out]

        return await self._database.read(query)
