"""Compares what clients did and saw with the log, and says which promise was broken, where."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from history import Attempt, History, Log, Logged, Op, Outcome, Received, Resumed


def check(history: History, log: Log) -> list[str]:
    """One line for each broken promise, beginning with its name; none when all of them held.

    The log is the whole log of every room, read after the last fault was healed and the last reader caught up.
    """
    return [
        *_gaps(log),
        *_doubled(log),
        *_wrong_acks(history, log),
        *_changed_minds(history),
        *_ghosts(history, log),
        *_late(history),
        *_reading(history, log),
        *_leaks(history),
    ]


def _gaps(log: Log) -> Iterator[str]:
    for room, events in log.items():
        for place, event in enumerate(events, 1):
            if event.seq != place:
                yield f"gap: {room} has seq {event.seq} in place {place}"
                break


def _doubled(log: Log) -> Iterator[str]:
    for room, events in log.items():
        counts = Counter((event.author, event.key) for event in events if event.key is not None)
        for (author, key), count in counts.items():
            if count > 1:
                yield f"doubled: {room} has {key} of {author} {count} times"


def _wrong_acks(history: History, log: Log) -> Iterator[str]:
    """Lost is what was acknowledged and is nowhere; misplaced what is there under another number."""
    places = _places(log)
    for attempt in history.acknowledged():
        seq = places.get(attempt.op)
        if seq is None:
            yield f"lost: {attempt.op} was acknowledged as {attempt.seq} and is not in the log"
        elif seq != attempt.seq:
            yield f"misplaced: {attempt.op} was acknowledged as {attempt.seq} and is {seq} in the log"


def _changed_minds(history: History) -> Iterator[str]:
    seqs: dict[Op, set[int | None]] = defaultdict(set)
    for attempt in history.acknowledged():
        seqs[attempt.op].add(attempt.seq)
    for op, several in seqs.items():
        if len(several) > 1:
            yield f"changed: {op} was acknowledged as {sorted(map(str, several))}"


def _ghosts(history: History, log: Log) -> Iterator[str]:
    """What is in the log although nobody asked for it, or although every attempt was refused."""
    possible = {attempt.op for attempt in history.attempts if attempt.outcome is not Outcome.REFUSED}
    for op in _places(log):
        if op not in possible:
            yield f"ghost: {op} is in the log"


def _late(history: History) -> Iterator[str]:
    """A message acknowledged before another was first asked for must have the lower number."""
    spans = _spans(history)
    for room in {op.room for op in spans}:
        ours = [span for op, span in spans.items() if op.room == room]
        ends = sorted(ours, key=lambda span: span[1])
        highest, index = 0, 0
        for began, _, seq in sorted(ours):
            while index < len(ends) and ends[index][1] < began:
                highest = max(highest, ends[index][2])
                index += 1
            if seq <= highest:
                yield f"late: {room} numbered {seq} what was asked for after {highest} was acknowledged"


def _reading(history: History, log: Log) -> Iterator[str]:
    for (reader, room), sights in history.sights.items():
        by_seq = {event.seq: event for event in log.get(room, [])}
        cursor: int | None = None
        for sight in sights:
            if isinstance(sight, Resumed):
                cursor = sight.cursor
                continue
            yield from _one_sight(f"{reader} in {room}", cursor, sight, by_seq.get(sight.seq))
            cursor = sight.seq
        if cursor is not None and cursor < len(by_seq):
            yield f"missed: {reader} in {room} ended at {cursor} of {len(by_seq)}"


def _one_sight(where: str, cursor: int | None, sight: Received, logged: Logged | None) -> Iterator[str]:
    if cursor is not None and sight.seq != cursor + 1:
        yield f"order: {where} was given {sight.seq} after {cursor}"
    if logged is None:
        yield f"unlogged: {where} was given {sight.seq}, which the log does not have"
    elif logged.raw != sight.raw:
        yield f"bytes: {where} was given {sight.raw!r} where the log says {logged.raw!r}"


def _leaks(history: History) -> Iterator[str]:
    for (reader, room), sights in history.sights.items():
        may_see = room not in history.members or reader in history.members[room]
        if not may_see and any(isinstance(sight, Received) for sight in sights):
            yield f"leak: {reader} is no member of {room} and was given events of it"


def _places(log: Log) -> dict[Op, int]:
    """Where in the log each message is, the first time it is there."""
    places: dict[Op, int] = {}
    for room, events in log.items():
        for event in events:
            if event.key is not None:
                places.setdefault(Op(event.author, room, event.key), event.seq)
    return places


def _spans(history: History) -> dict[Op, tuple[int, int, int]]:
    """For each acknowledged message: when it was first asked for, when first acknowledged, and its seq."""
    began: dict[Op, int] = {}
    spans: dict[Op, tuple[int, int, int]] = {}
    for attempt in history.attempts:
        began[attempt.op] = min(began.get(attempt.op, attempt.began), attempt.began)
    for attempt in sorted(history.acknowledged(), key=_end):
        assert attempt.seq is not None
        spans.setdefault(attempt.op, (began[attempt.op], _end(attempt), attempt.seq))
    return spans


def _end(attempt: Attempt) -> int:
    assert attempt.ended is not None, "an acknowledged attempt has ended"
    return attempt.ended
