"""The results as tables: what was to be reached first, as ratios; then the absolute numbers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from peers import PEERS

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

Results = dict[str, Any]


class Row(NamedTuple):
    """One thing that was to be reached."""

    what: str
    measured: str
    goal: str
    is_reached: bool | None
    """None where it could not be compared."""


def text(results: Results) -> str:
    """Both tables, with the machine they were measured on."""
    rows = [f"| {row.what} | {row.measured} | {row.goal} | {_verdict(row)} |" for row in _goals(results)]
    parts = [_heading(results), "| what | measured | to reach | |\n| --- | --: | --: | --- |\n" + "\n".join(rows)]
    return "\n\n".join([*parts, "Fan-out to 1,000 members, side by side:", _fan_out(results), *_left_out(results)])


def page(results: Results, file: Path) -> str:
    """docs/performance.md with the tables of this run in the place of the last ones."""
    before, _, rest = file.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{text(results)}\n\n{END}{after}"


def _heading(results: Results) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    kind = "A short run" if results["quick"] else "A full run"
    return f"{kind} on {results['when']} UTC: {results['machine']}; {versions}. Server on one core, load on another."


def _verdict(row: Row) -> str:
    return {True: "reached", False: "not reached", None: "not compared"}[row.is_reached]


def _goals(results: Results) -> Iterator[Row]:
    yield from _fan_out_goals(results["fan_out"])
    ours, tutorial = results["handshakes"]["hubbub"], results["handshakes"]["tutorial"]
    yield _at_most("memory of an idle member, 5,000 signed in", ours["kb_per_member"], 8, f"KB (tutorial {tutorial['kb_per_member']:.0f})")
    yield _at_least("handshakes with sign-in and welcome ÷ the tutorial's bare ones", ours["per_s"] / tutorial["per_s"], 3)
    for senders, goal in ((64, 8), (256, 12)):
        sends = results[f"sends_{senders}"]
        what = f"durable sends, {senders} senders, {results['rows']:,} rows ÷ one transaction each"
        yield _at_least(what, sends["hubbub"]["per_s"] / sends["each"]["per_s"], goal)
    yield _at_most("the same, 64 senders, acknowledged within, p99", results["sends_64"]["hubbub"]["p99_ms"], 10, "ms")
    rest, empty = results["rest"]["hubbub"], results["rest"]["empty"]
    what = f"newest page in a room of {results['long_log']:,}, p50 ÷ an empty FastAPI route"
    yield _at_most(what, rest["page_p50_ms"] / empty["page_p50_ms"], 3)
    yield _at_least("durable posts by REST, 16 clients ÷ an empty FastAPI POST route", rest["posts_per_s"] / empty["posts_per_s"], 0.5)
    pages = rest["pages_per_s"] / empty["pages_per_s"]
    yield Row("newest pages, 16 clients while one posts 10/s ÷ an empty route", f"{pages:.2f} ×", "", None)
    storm = results["storm"]["hubbub"]
    yield _at_most("5,000 members dropped at once, all back and caught up", storm["caught_up_s"], 5, "s")
    yield _at_most("everybody else's p99 meanwhile", storm["others_p99_ms"], 250, "ms")


def _fan_out_goals(fan_out: Results) -> Iterator[Row]:
    ours, reference = fan_out["hubbub"], fan_out["c"]
    for window, goal in ((1, 0.6), (16, 0.9), (128, 0.9)):
        key = f"w{window}"
        yield _at_least(f"deliveries/s, {window} in flight ÷ the C program", ours[key] / reference[key], goal)
    for name, goal in (("centrifuge", 3), ("tutorial", 10)):
        for key in ("w16", "w128"):
            what = f"deliveries/s, {key[1:]} in flight ÷ {name}"
            yield _at_least(what, ours[key] / fan_out[name][key], goal) if name in fan_out else Row(what, "", f"≥ {goal} ×", None)
    yield _at_most("last member's p99 at 20,000 deliveries/s ÷ the C program", ours["latency_p99_ms"] / reference["latency_p99_ms"], 1.3)
    whole = [numbers["latency_p99_ms"] for name, numbers in fan_out.items() if name not in ("hubbub", "c", "c-per-frame")]
    best = min((value for value in whole if value > 0), default=0)
    if best:
        yield _at_most("the same ÷ the best peer", ours["latency_p99_ms"] / best, 1)


def _at_least(what: str, value: float, goal: float) -> Row:
    return Row(what, f"{value:.2f} ×", f"≥ {goal} ×", value >= goal)


def _at_most(what: str, value: float, goal: float, unit: str = "×") -> Row:
    return Row(what, f"{value:.2f} {unit}", f"≤ {goal} {unit.split(' ')[0]}", 0 <= value <= goal)


def _fan_out(results: Results) -> str:
    fan_out = results["fan_out"]
    names = {"hubbub": "**Hubbub**, durable, signed in"} | {peer.name: peer.what for peer in PEERS}
    lines = ["| server | 16 in flight ÷ C | deliveries/s: 1 | 16 | 128 in flight | p50 / p99 ms at 20,000/s | KB a member |"]
    lines.append("| --- | --: | --: | --: | --: | --: | --: |")
    for name, numbers in sorted(fan_out.items(), key=lambda item: -item[1]["w16"]):
        rates = " | ".join(f"{numbers[f'w{window}']:,.0f}" for window in (1, 16, 128))
        latency = f"{numbers['latency_p50_ms']:.1f} / {numbers['latency_p99_ms']:.1f}" if numbers["latency_p99_ms"] > 0 else "not complete"
        lines.append(
            f"| {names[name]} | {numbers['w16'] / fan_out['c']['w16']:.2f} | {rates} | {latency} | {numbers['kb_per_member']:.1f} |"
        )
    return "\n".join([*lines, "", "The rest, in numbers:", "", _numbers(results)])


def _numbers(results: Results) -> str:
    ours, tutorial = results["handshakes"]["hubbub"], results["handshakes"]["tutorial"]
    rest, empty, storm = results["rest"]["hubbub"], results["rest"]["empty"], results["storm"]["hubbub"]
    lines = [
        f"- handshakes a second: {ours['per_s']:,.0f} ({ours['first_per_s']:,.0f} at first); tutorial {tutorial['per_s']:,.0f}",
        f"- posts by REST: {rest['posts_per_s']:,.0f} a second (p99 {rest['posts_p99_ms']:.1f} ms); "
        f"empty route {empty['posts_per_s']:,.0f}",
        f"- newest page: p50 {rest['page_p50_ms']:.2f} ms, {rest['pages_per_s']:,.0f} a second; "
        f"empty route {empty['page_p50_ms']:.2f} ms, {empty['pages_per_s']:,.0f}",
        f"- 5,000 dropped: all welcomed after {storm['back_s']:.2f} s, caught up after {storm['caught_up_s']:.2f} s",
    ]
    for senders in (64, 256):
        ours, each = results[f"sends_{senders}"]["hubbub"], results[f"sends_{senders}"]["each"]
        lines.append(
            f"- durable sends a second, {senders} senders: {ours['per_s']:,.0f} (p50 {ours['p50_ms']:.1f}, p99 {ours['p99_ms']:.1f} ms); "
            f"one transaction each {each['per_s']:,.0f}"
        )
    return "\n".join(lines)


def _left_out(results: Results) -> list[str]:
    named = [f"{name} ({why.splitlines()[-1][:80] if why else 'not found'})" for name, why in results["missing"].items()]
    return ["Left out here: " + "; ".join(named) + "."] if named else []
