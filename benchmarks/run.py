"""`make bench`: everything in one run, side by side, audited; one table, a file of results, and docs/performance.md.

Run by `python benchmarks/run.py [--quick] [--work FOLDER]`. A broken promise ends the run with code 1 and writes nothing.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import install
import load
import servers
import table
from audit import AuditFailed
from measures import Bench
from peers import PEERS, TUTORIAL, Peer

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
PAGE = ROOT / "docs" / "performance.md"

Results = dict[str, Any]


def main() -> int:
    """Measure, print, keep."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="Hubbub, the C program and the tutorial only, on a short log")
    options.add_argument("--work", type=Path, default=ROOT / "build" / "bench", help="a scratch folder, kept for the next run")
    chosen = options.parse_args()
    load.raise_file_limit()
    servers.stop_with_us()
    work = chosen.work.absolute()
    install.build(work)
    results = about_this_run(quick=chosen.quick)
    results["missing"] = install.fetch_tutorial(work) if chosen.quick else install.fetch_peers(work)
    try:
        _measure(Bench(work, seconds=1.0 if chosen.quick else 1.5), results, quick=chosen.quick)
    except AuditFailed as broken:
        print(f"\nThe audit failed, and the run with it: {broken}", file=sys.stderr)
        return 1
    print("\n" + table.text(results))
    _keep(results, quick=chosen.quick)
    return 0


def _measure(bench: Bench, results: Results, *, quick: bool) -> None:
    rows, long_log = (50_000, 50_000) if quick else (500_000, 1_000_000)
    results["rows"], results["long_log"] = rows, long_log
    _fan_out(bench, results, [peer for peer in PEERS if peer.goes_first] if quick else PEERS, quick=quick)
    results["handshakes"] = {
        "hubbub": step("handshakes, hubbub", bench.hubbub_handshakes),
        "tutorial": step("handshakes, tutorial", lambda: bench.peer_handshakes(TUTORIAL)),
    }
    for senders in (64, 256):
        results[f"sends_{senders}"] = {
            "hubbub": step(f"durable sends, {senders} senders, hubbub", lambda senders=senders: bench.hubbub_sends(senders, rows)),
            "each": step(f"durable sends, {senders} senders, one each", lambda senders=senders: bench.one_transaction_each(senders, rows)),
        }
    results["rest"] = {
        "hubbub": step("REST, hubbub", lambda: bench.hubbub_rest(long_log)),
        "empty": step("REST, empty routes", bench.empty_routes),
    }
    results["storm"] = {"hubbub": step("5,000 dropped at once", bench.hubbub_storm)}


def _fan_out(bench: Bench, results: Results, peers: list[Peer], *, quick: bool) -> None:
    """Hubbub and the C program before and after the others, so that a machine that changes meanwhile shows."""
    runs: dict[str, list[Results]] = {}
    reference, *others = peers
    around = [] if quick else [None, reference]
    for peer in [reference, None, *others, *around]:
        name = peer.name if peer else "hubbub"
        if peer and peer.source in results["missing"]:
            continue
        try:
            run = bench.peer_fan_out if peer else bench.hubbub_fan_out
            numbers = step(f"fan-out, {name}", lambda run=run, peer=peer: run(peer) if peer else run())
        except (load.LoadFailed, servers.DidNotStart) as failed:
            if peer is None:
                raise
            results["missing"][name] = str(failed)
            continue
        runs.setdefault(name, []).append(numbers)
    results["fan_out"] = {name: {key: _mean([run[key] for run in taken]) for key in taken[0]} for name, taken in runs.items()}
    results["fan_out_runs"] = runs


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def step(name: str, measure: Callable[..., Results]) -> Results:
    print(f"{name} …", end=" ", flush=True)
    began = time.monotonic()
    numbers = measure()
    print(f"{time.monotonic() - began:.0f} s", flush=True)
    return numbers


def about_this_run(*, quick: bool) -> Results:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "?")
    machine = f"{os.cpu_count()} × {model}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    versions = {name: version(name) for name in ("fastapi", "uvicorn", "uvloop", "websockets", "sqlalchemy")}
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    return {"when": when, "machine": machine, "versions": versions, "quick": quick, "load_before": os.getloadavg()[0]}


def _keep(results: Results, *, quick: bool) -> None:
    """The results as a file; a full run is the one that is published."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / ("quick.json" if quick else "full.json")
    file.write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nKept in {file.relative_to(ROOT)}", end="")
    if not quick:
        PAGE.write_text(table.page(results, PAGE))
        print(f" and {PAGE.relative_to(ROOT)}", end="")
    print(".")


if __name__ == "__main__":
    sys.exit(main())
