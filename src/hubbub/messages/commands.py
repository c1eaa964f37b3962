"""What one can say about messages over the WebSocket."""

from collections.abc import Callable

from hubbub.database import Database
from hubbub.messages.actions import Messages
from hubbub.messages.model import Posted
from hubbub.messages.pace import Pace
from hubbub.protocol import frames
from hubbub.protocol.frames import Send
from hubbub.realtime.answers import refusal
from hubbub.realtime.session import Session


class MessageCommands:
    """Answers `send`: the same action as `POST rooms/{room}/messages`, without a task or a future."""

    def __init__(self, database: Database, messages: Messages, pace: Pace, clock: Callable[[], float]) -> None:
        self._database = database
        self._messages = messages
        self._pace = pace
        self._clock = clock

    def send(self, session: Session, command: Send) -> None:
        """Post a message; `ok` or `error` follows its commit."""
        self._pace.take(session.user.id, self._clock())
        draft = self._messages.draft(
            session.user,  # type: ignore[arg-type]
            command.room,
            key=command.key,
            text=command.text,
            thread=command.thread,
            also_to_room=command.also_to_room,
            reply_to=command.reply_to,
            poll=command.poll,
            files=command.files,
        )

        def done(posted: Posted | None, error: BaseException | None) -> None:
            if posted is None:
                session.say(refusal(command.id, error))
            elif command.id is not None:
                duplicate = {"duplicate": True} if posted.is_duplicate else {}
                session.answer(frames.ok(command.id, room=posted.room_id, seq=posted.seq, at=posted.at, **duplicate))

        self._database.submit_together(self._messages.post_all, draft, done, rooms=(draft.room_id,))
