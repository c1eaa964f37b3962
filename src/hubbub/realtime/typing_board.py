"""Who is typing where. Pure: the time is passed in, and nothing of it is kept."""

TYPING_SECONDS = 5.0


class TypingBoard:
    """The names of those who typed within the last few seconds, by room."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, tuple[str, float]]] = {}

    def typed(self, room: str, user_id: str, name: str, now: float) -> bool:
        """Note that somebody types; whether that is news."""
        typers = self._rooms.setdefault(room, {})
        is_news = user_id not in typers
        typers[user_id] = (name, now + TYPING_SECONDS)
        return is_news

    def stopped(self, room: str, user_id: str) -> bool:
        """Note that somebody no longer types; whether that is news."""
        typers = self._rooms.get(room, {})
        was_typing = typers.pop(user_id, None) is not None
        if room in self._rooms and not typers:
            del self._rooms[room]
        return was_typing

    def expire(self, now: float) -> list[tuple[str, str]]:
        """Forget those who have paused; who it was, as (room, user id)."""
        late = [(room, user) for room, typers in self._rooms.items() for user, (_, until) in typers.items() if until <= now]
        return [(room, user) for room, user in late if self.stopped(room, user)]

    def typers(self, room: str) -> dict[str, str]:
        """Who types in the room: names by user id."""
        return {user: name for user, (name, _) in self._rooms.get(room, {}).items()}

    def __bool__(self) -> bool:
        return bool(self._rooms)
