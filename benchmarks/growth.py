"""How each cost grows: with the members of a room, the length of its log, the rooms of a user, and those who send at once.

Run by `python benchmarks/growth.py [--work FOLDER] [--short]`; prints a table and keeps it in benchmarks/results/growth.md.
"""

import argparse
import platform
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import audit
import install
import load
import servers
from data import VISITED
from measures import CROWD, Bench
from run import RESULTS, ROOT

BAR = 40

Point = tuple[str, float]


def main() -> int:
    """Measure, print, keep."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, default=ROOT / "build" / "bench", help="a scratch folder, kept for the next run")
    options.add_argument("--short", action="store_true", help="up to a log of 50,000 and 1,000 rooms only")
    chosen = options.parse_args()
    load.raise_file_limit()
    servers.stop_with_us()
    work = chosen.work.absolute()
    install.build(work)
    bench = Bench(work, seconds=1.0)
    logs = [1_000, 10_000, 50_000] if chosen.short else [1_000, 10_000, 100_000, 1_000_000, 5_000_000]
    rooms = 1_000 if chosen.short else 10_000
    parts = [_heading()]
    for title, points in chain(_by_rooms(bench, rooms), _by_members(bench), _by_log(bench, logs), _by_senders(bench, logs[2])):
        parts.append(_chart(title, points))
        print(parts[-1], flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "growth.md").write_text("\n".join(parts))
    return 0


def _heading() -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    return f"# How costs grow\n\n{when} UTC, {platform.system()} {platform.release()}, server on one core; each chart has its own scale.\n"


def _by_members(bench: Bench) -> Iterator[tuple[str, list[Point]]]:
    """One message at a time to a room with so many members connected."""
    latency, cost = [], []
    for count in (10, 100, 1_000, 10_000):
        with bench.chat(0) as (server, cast):
            people = [cast.tokens[number % CROWD] for number in range(count)]
            talk = bench.talk(people, [cast.lobby] * count)
            result = load.websockets(
                bench.work, server, talk, conns=count, pubs=1, rate=4, warm=0.5, dur=4, drain_ms=8000, report=bench.report
            )
            audit.fan_out(result, bench.report, bench.data, bench.text)
        latency.append((f"{count:,}", result["p50_ms"]))
        cost.append((f"{count:,}", result["server_cpu"] / result["deliveries_per_s"] * 1e6))
    yield "Members in a room: ms until the last one has a message (p50)", latency
    yield "Members in a room: µs of the server for each delivery", cost


def _by_log(bench: Bench, logs: list[int]) -> Iterator[tuple[str, list[Point]]]:
    """The same work on a log of such a length."""
    page, post, sends = [], [], []
    for rows in logs:
        rest = bench.hubbub_rest(rows)
        page.append((f"{rows:,}", rest["page_p50_ms"]))
        post.append((f"{rows:,}", 1e6 / rest["posts_per_s"]))
        sends.append((f"{rows:,}", 1e6 / bench.hubbub_sends(64, rows)["per_s"]))
    yield "Messages in a room: ms for its newest page (p50)", page
    yield "Messages in a room: µs for each durable post by REST, 16 clients", post
    yield "Messages in the log: µs for each durable send, 64 senders", sends


def _by_rooms(bench: Bench, most: int) -> Iterator[tuple[str, list[Point]]]:
    """One person after the other signs in twenty times, each to as many rooms."""
    points = []
    with bench.chat(0, desks=most) as (server, cast):
        visitors = zip(VISITED, cast.tokens[-len(VISITED) :], strict=True)
        for rooms, token in ((1, cast.tokens[CROWD - 1]), *visitors):
            talk = bench.talk([token] * 20, [cast.lobby] * 20)
            opened = load.websockets(bench.work, server, talk, mode="connect", conns=20, pubs=1, concurrency=1)
            points.append((f"{min(rooms, most):,}", 1000 / opened["handshakes_per_s"]))
    yield "Rooms of a user: ms from handshake to welcome", points


def _by_senders(bench: Bench, rows: int) -> Iterator[tuple[str, list[Point]]]:
    """So many with one message in flight each."""
    cost, latency = [], []
    for senders in (1, 4, 16, 64, 256, 1_024):
        result = bench.hubbub_sends(senders, rows)
        cost.append((f"{senders:,}", 1e6 / result["per_s"]))
        latency.append((f"{senders:,}", result["p99_ms"]))
    yield "Senders at once: µs for each durable send", cost
    yield "Senders at once: ms until acknowledged (p99)", latency


def _chart(title: str, points: list[Point]) -> str:
    most = max(value for _, value in points) or 1
    lines = [f"{name:>9} {'█' * max(1, round(value / most * BAR)):<{BAR}} {value:,.2f}" for name, value in points]
    return f"\n{title}\n\n" + "\n".join(f"    {line}" for line in lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
