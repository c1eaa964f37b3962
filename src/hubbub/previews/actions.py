"""What becomes of the links of messages. Each change of a message's previews is an event of the room's journal."""

from typing import Any

from pydantic_core import from_json

from hubbub.accounts.model import User
from hubbub.accounts.store import user_by_id
from hubbub.database import Database, Transaction
from hubbub.errors import Forbidden, NotFound
from hubbub.journal.writing import Draft, Journal
from hubbub.messages.noting import message_now, message_to_change, note
from hubbub.messages.store import notes
from hubbub.previews import store
from hubbub.previews.model import Found, Preview, links_of, still_linked, with_found
from hubbub.previews.store import Job
from hubbub.protocol.events import Recorded
from hubbub.rooms.access import enter, may_moderate, may_take_part
from hubbub.site.actions import has_previews

MOST_WAITING = 1000


class Previews:
    """The previews of one chat."""

    def __init__(self, database: Database, journal: Journal, *, own_url: str | None) -> None:
        """`own_url` is where people reach this chat: its own pages are not previewed."""
        self._database = database
        self._journal = journal
        self._own_pages = f"{own_url.rstrip('/')}/" if own_url else None
        self.has_work = False
        """Whether something was left to be looked at since the last look."""

    # In the transactions of messages

    def posted(self, transaction: Transaction, event: Recorded) -> None:
        """A message was posted: its links are to be looked at."""
        self._look_at(transaction, event, event.seq, links_of(event.fields["text"]))

    def edited(self, transaction: Transaction, event: Recorded, before: str) -> None:
        """A message says something else now: the previews of links that are gone go, and new links are to be looked at.

        A link that was there before is not looked at again, so what somebody took away stays away.
        """
        room_id, seq, text = event.room, event.fields["target"], event.fields["text"]
        if "://" not in before and "://" not in text:
            return
        noted = notes(transaction.connection, room_id, seq)
        standing: list[Preview] = noted.get("previews", [])
        kept = still_linked(standing, text)
        if len(kept) != len(standing):
            self._show(transaction, room_id, seq, event.by, noted, kept)
        waiting = store.links_waiting(transaction.connection, room_id, seq)
        if waiting:
            store.forget(transaction.connection, room_id, seq)
        known = [link for link in links_of(before) if link not in waiting]
        self._look_at(transaction, event, seq, [link for link in links_of(text) if link not in known])

    def deleted(self, transaction: Transaction, room_id: str, seq: int) -> None:
        """A message was deleted: nothing is looked at any more for it."""
        store.forget(transaction.connection, room_id, seq)

    # What was waiting, and what came of it

    async def take(self) -> Job | None:
        """The next message to be looked at, which nobody else is given. Nothing once previews were turned off."""
        self.has_work = False

        def unit(transaction: Transaction) -> Job | None:
            if not has_previews(transaction.connection):
                store.forget_all(transaction.connection)
                return None
            return store.take(transaction.connection)

        if not await self._database.read(store.waiting):
            return None
        return await self._database.write(unit, rooms=())

    async def keep(self, job: Job, found: dict[str, Found]) -> None:
        """Show what was found, unless the message, its author or the wish for previews went away meanwhile."""

        def unit(transaction: Transaction) -> None:
            connection = transaction.connection
            author = user_by_id(connection, job.author_id)
            if author is None or not has_previews(connection):
                return
            message = message_to_change(transaction, self._journal, author, job.room_id, job.seq, may_take_part)
            text = from_json(message_now(connection, job.room_id, job.seq)).get("text", "")
            standing = message.notes.get("previews", [])
            previews = with_found(standing, found, text)
            if previews != standing:
                self._show(transaction, job.room_id, job.seq, author.person(), message.notes, previews)

        try:
            await self._database.write(unit, rooms=(job.room_id,))
        except (NotFound, Forbidden):
            return  # deleted, archived or left meanwhile

    async def dismiss(self, user: User, room_id: str, seq: int, n: int) -> None:
        """Take a preview away for all: whoever wrote the message, and those who moderate the room.

        One that is not there any more stays away. Raises `NotFound` for a message that was deleted.
        """

        def unit(transaction: Transaction) -> None:
            message = message_to_change(transaction, self._journal, user, room_id, seq, may_take_part)
            if message.event["by"]["id"] != user.id and not may_moderate(user, enter(transaction.connection, user, room_id)):
                raise Forbidden("This message is somebody else's: its author and those who moderate the room take previews away.")
            standing = message.notes.get("previews", [])
            left = [preview for preview in standing if preview["n"] != n]
            if len(left) != len(standing):
                self._show(transaction, room_id, seq, user.person(), message.notes, left)

        await self._database.write(unit, rooms=(room_id,))

    def _look_at(self, transaction: Transaction, event: Recorded, seq: int, links: list[str]) -> None:
        connection = transaction.connection
        links = [link for link in links if not self._own_pages or not f"{link}/".startswith(self._own_pages)]
        if not links or not has_previews(connection) or store.waiting(connection) >= MOST_WAITING:
            return
        store.keep(connection, Job(event.room, seq, event.by["id"], links), transaction.now)
        # Not before the commit: whoever looks then would find nothing, and not look again.
        transaction.after_commit("previews", self._left_work)

    def _left_work(self, _transaction: Transaction) -> None:
        self.has_work = True

    def _show(self, transaction: Transaction, room_id: str, seq: int, by: Any, noted: dict[str, Any], previews: list[Preview]) -> None:
        """Say which previews a message has from now on, and keep it with the message."""
        fields = {"target": seq, "previews": previews}
        self._journal.append(transaction, Draft(room_id, "message.previewed", by, fields, target=seq))
        note(transaction, room_id, seq, noted, "previews", previews)
