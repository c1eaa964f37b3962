"""A clock for tests: time is passed in, and nothing sleeps."""


class Clock:
    """Stands still until it is told that time passes. Give it to `Hubbub(clock=…)`."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now
        """Seconds since 1970."""

    def __call__(self) -> float:
        return self.now

    def passes(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Let time pass, all at once."""
        self.now += seconds + 60 * minutes + 3600 * hours + 86400 * days
