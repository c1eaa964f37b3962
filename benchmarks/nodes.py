"""`make bench-nodes`: PostgreSQL, Redis and several nodes, in one run; a table, a file of results, and docs/performance.md.

Starts a private PostgreSQL and Redis of its own. Run by `python benchmarks/nodes.py [--seconds N] [--work FOLDER]`. What was
lost or out of order ends the run with code 1 and writes nothing; a goal that was missed is said plainly, and fails nothing.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import uvloop

import load
import servers
from audit import AuditFailed
from data import copied, make, prepared
from hubbub import Settings
from measures import PEOPLE
from run import PAGE, RESULTS, ROOT, about_this_run, step

sys.path.insert(0, str(ROOT / "tests"))
from postgres_instance import PostgresInstance
from redis_instance import RedisInstance

HERE = Path(__file__).parent
PEOPLE_HERE = 520
BEGIN, END = "<!-- nodes: begin -->", "<!-- nodes: end -->"

Numbers = dict[str, Any]


class Goal(NamedTuple):
    """What a ratio is to be."""

    what: str
    ratio: float
    limit: float
    is_least: bool

    @property
    def bound(self) -> str:
        """As it stands in the table."""
        return f"{'≥' if self.is_least else '≤'} {self.limit} ×"

    @property
    def is_reached(self) -> bool:
        """Whether it is so."""
        return self.ratio >= self.limit if self.is_least else self.ratio <= self.limit


def main() -> int:
    """Measure, print, keep."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=3.0, help="how long each measure takes")
    options.add_argument("--work", type=Path, default=ROOT / "build" / "bench", help="a scratch folder, kept for the next run")
    chosen = options.parse_args()
    load.raise_file_limit()
    servers.stop_with_us()
    results = about_this_run(quick=False)
    try:
        _measure(chosen.work.absolute(), chosen.seconds, results)
    except AuditFailed as broken:
        print(f"\nThe audit failed, and the run with it: {broken}", file=sys.stderr)
        return 1
    print("\n" + _table(results))
    for goal in _goals(results):
        if not goal.is_reached:
            print(f"\nNOT REACHED: {goal.what}: {goal.ratio:.2f} ×, and it was to be {goal.bound}.")
    (RESULTS / "nodes.json").write_text(json.dumps(results, indent=1) + "\n")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{_table(results)}\n\n{END}{rest.partition(END)[2]}")
    return 0


def _measure(work: Path, seconds: float, results: Numbers) -> None:
    folder = work / "data"
    copied(prepared(work, PEOPLE, 500_000), folder)
    results["embedded"] = {}
    for senders in (64, 256):
        results["embedded"][str(senders)] = step(
            f"SQLite, {senders} senders", lambda senders=senders: _sends(folder / "cast.json", 0, senders, seconds, HUBBUB_DATA=folder)
        )
    with _services(work) as (database, bus, cast):
        results["each"] = step("PostgreSQL, one transaction each", lambda: _run("one_each_postgres.py", database, cast, 256, seconds))
        results["one"] = step("PostgreSQL, one node", lambda: _together(1, database, cast, seconds))
        results["two"] = step("PostgreSQL, two nodes", lambda: _together(2, database, cast, seconds))
        results["news"] = step("news on Redis", lambda: _run("news.py", bus, seconds))
        results["across"] = step("from node to node", lambda: _across(work, database, bus, cast, seconds))


@contextlib.contextmanager
def _services(work: Path) -> Iterator[tuple[str, str, Path]]:
    """A fresh PostgreSQL with people and rooms, a Redis, and who is there."""
    postgres = PostgresInstance().start()
    try:
        with RedisInstance() as redis:
            database = postgres.make_database()
            cast = work / "nodes-cast.json"
            made = uvloop.run(make(Settings(data=work / "nodes-data", database=database, rate_limits="off"), PEOPLE_HERE, 0))
            cast.write_text(json.dumps(asdict(made)))
            yield database, redis.url, cast
    finally:
        postgres.remove()


def _run(program: str, *arguments: object, core: int | None = None, **environment: object) -> Numbers:
    return _found(_start(program, *arguments, core=core, **environment))


def _found(process: "subprocess.Popen[str]") -> Numbers:
    """What a program found out. Raises `AuditFailed` when something was not as it must be; the program has said what."""
    out = process.communicate(timeout=120)[0]
    if process.returncode != 0:
        raise AuditFailed(f"{' '.join(map(str, process.args))} ended with {process.returncode}")  # type: ignore[arg-type]
    found: Numbers = json.loads(out)
    return found


def _start(program: str, *arguments: object, core: int | None = None, **environment: object) -> "subprocess.Popen[str]":
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    command = [*pinned, sys.executable, str(HERE / program), *map(str, arguments)]
    env = os.environ | {name: str(value) for name, value in environment.items()}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


def _sends(cast: Path, first: int, senders: int, seconds: float, **environment: object) -> Numbers:
    return _run("sends.py", cast, first, senders, seconds, core=servers.SERVER_CORE, **environment)


def _together(nodes: int, database: str, cast: Path, seconds: float) -> Numbers:
    """So many processes at once on one database, 256 senders each, every sender with a room of its own."""
    started = [
        _start("sends.py", cast, 256 * node, 256, seconds, HUBBUB_DATABASE=database, HUBBUB_DATA=cast.parent / f"node-{node}")
        for node in range(nodes)
    ]
    found = [_found(process) for process in started]
    return {"msgs_per_s": sum(one["msgs_per_s"] for one in found), "p99_ms": max(one["p99_ms"] for one in found)}


def _across(work: Path, database: str, bus: str, cast: Path, seconds: float) -> Numbers:
    with contextlib.ExitStack() as running:
        ports = [running.enter_context(_node(work, number, database=database, bus=bus)).port for number in range(2)]
        return _run("across.py", *ports, cast, 1000, max(5.0, seconds))


def _node(work: Path, number: int, **settings: str) -> "contextlib.AbstractContextManager[servers.Server]":
    return servers.hubbub(work / f"node-{number}", work / "logs", name=f"hubbub-{number}", **settings)


def _goals(results: Numbers) -> list[Goal]:
    each, across, news = results["each"]["msgs_per_s"], results["across"], results["news"]
    return [
        Goal("durable sends on PostgreSQL, 256 senders ÷ one transaction each", results["one"]["msgs_per_s"] / each, 5, True),
        Goal("two nodes ÷ one, many rooms", results["two"]["msgs_per_s"] / results["one"]["msgs_per_s"], 1.3, True),
        Goal("another node's p99 ÷ the same node's, at 1,000 messages/s", across["other_p99_ms"] / across["same_p99_ms"], 2, False),
        Goal("news packed by 64 ÷ one event in a message", news["packed_64_per_s"] / news["packed_1_per_s"], 5, True),
    ]


def _table(results: Numbers) -> str:
    each, across, news = results["each"]["msgs_per_s"], results["across"], results["news"]
    lines = [f"A run on {results['when']} UTC: {results['machine']}. Everything, the database too, on these cores.", ""]
    lines += ["| what | measured | to reach | |", "| --- | --: | --: | --- |"]
    for goal in _goals(results):
        lines.append(f"| {goal.what} | {goal.ratio:.2f} × | {goal.bound} | {'reached' if goal.is_reached else 'not reached'} |")
    embedded = results["embedded"]
    sends = "; ".join(f"{name} senders {one['msgs_per_s']:,.0f} (p99 {one['p99_ms']:.1f} ms)" for name, one in embedded.items())
    lines += [
        "",
        f"- sends a second inside one process, on PostgreSQL: {results['one']['msgs_per_s']:,.0f} (p99 {results['one']['p99_ms']:.1f} ms); "
        f"two processes {results['two']['msgs_per_s']:,.0f}; one transaction each {each:,.0f}",
        f"- the same on SQLite with 500,000 rows, one core: {sends}",
        f"- a message to the same node: p50 {across['same_p50_ms']:.1f}, p99 {across['same_p99_ms']:.1f} ms; "
        f"to another one: p50 {across['other_p50_ms']:.1f}, p99 {across['other_p99_ms']:.1f} ms",
        f"- events a second over Redis: {news['packed_64_per_s']:,.0f} packed by 64, {news['packed_1_per_s']:,.0f} one by one",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
