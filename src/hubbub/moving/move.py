"""The move: events first, in pieces that survive a kill, then all the rest at once; once both sides were compared it may be served."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from hubbub.database import Connection
from hubbub.database.kind import Kind, kind_of
from hubbub.database.snapshot import check_exists, snapshot_of
from hubbub.errors import DataInUse, StartupError
from hubbub.moving import store
from hubbub.moving.store import Place, Tally

Progress = Callable[[int, int], None]


def move(source_url: str, target_url: str, progress: Progress) -> dict[str, int]:
    """Move everything from one database to another and compare the two; how many rows there are, by table.

    The source is only read. The target must be empty, or hold an unfinished move of the same source, which goes on where
    it was. Raises `StartupError` for anything else, and when a server has one of them. `progress` hears of events moved.
    """
    source, target = kind_of(source_url), kind_of(target_url)
    if source.place == target.place:
        raise StartupError(f"Both are {source.place}. Name another database to move to.")
    check_exists(source)
    with _held(source, target), store.opened(target) as new:
        with snapshot_of(source) as old:
            _check_unserved(source, old)
            before = store.mark_of(old)
            tallies = copy(old, new, place_to_go_on(old, new, target), progress)
        with snapshot_of(source) as old:
            _check_unserved(source, old)
            if store.mark_of(old) != before:
                raise StartupError(f"{source.place} was served while it was moved. Stop every server, and say it again.")
        compare(new, tallies)
        store.finish(new)
    return rows_of(tallies)


def place_to_go_on(old: Connection, new: Connection, target: Kind) -> Place:
    """Where an unfinished move of this source stopped, or the beginning. Raises `StartupError` for a target in use."""
    mark = store.mark_of(old)
    with new.begin():
        place = store.place_of(new)
        if place is None and not store.is_empty(new):
            raise StartupError(f"{target.place} is not empty. Name another one, or put it out of the way; nothing was changed.")
        if place is not None and place.mark.epoch != mark.epoch:
            raise StartupError(f"{target.place} holds an unfinished move of another database. Nothing was changed.")
    return place if place is not None and place.mark == mark else store.begin(new, mark)


def copy(old: Connection, new: Connection, place: Place, progress: Progress, *, epoch: str | None = None) -> dict[str, Tally]:
    """Copy what is missing from a place on; what was copied in all, by table. With an `epoch`, the journal begins a new one.

    Until `store.finish` nobody serves it, and the same may be said again.
    """
    total = store.number_of_events(old)
    progress(place.rows, total)
    place = store.copy_events(old, new, place, lambda rows: progress(rows, total))
    return {"events": Tally(place.rows, place.total)} | store.copy_the_rest(old, new, epoch)


def compare(new: Connection, tallies: dict[str, Tally]) -> None:
    """Hold what is there against what was copied. Raises `StartupError`."""
    with new.begin():
        for name, tally in tallies.items():
            found = store.tally_of(new, name)
            if found != tally:
                raise StartupError(
                    f"The {name} are not the same on both sides: {tally.rows} rows were read, and {found.rows} are there. "
                    "No server starts on the target. Empty it and say it again."
                )


def rows_of(tallies: dict[str, Tally]) -> dict[str, int]:
    """How many rows there are, by table."""
    return {name: tally.rows for name, tally in tallies.items()}


@contextmanager
def _held(source: Kind, target: Kind) -> Iterator[None]:
    """Both databases, kept from servers where that is possible."""
    with ExitStack() as held:
        for kind in (source, target):
            if kind is source or kind.path is None or source.path is None or kind.path.parent != source.path.parent:
                kind.acquire()
                held.callback(kind.release)
        yield


def _check_unserved(source: Kind, old: Connection) -> None:
    if store.is_served(old):
        raise DataInUse(f"A server has {source.place} open. Stop every server on it first, so that nothing is written after it was read.")
