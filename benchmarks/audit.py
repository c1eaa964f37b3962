"""The audit of a run: what was acknowledged is in the log with its text, and everybody got everything once and in order.

The load generator keeps, for each member, how many messages came and a hash of their order; when all agree with the
first member, and the first member's order is that of the log, everybody got the log.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class AuditFailed(Exception):
    """A promise was broken, and the run with it."""


def fan_out(result: dict[str, Any], report: Path, data: Path, text: str, *, is_echo: bool = False) -> int:
    """Hold a run against the log; the number of messages that were checked. Raises `AuditFailed`."""
    _check(result["dead"] == 0, f"{result['dead']} members were dropped: {result['complaints']}")
    _check(result["refused"] == 0, f"{result['refused']} sends were refused: {result['complaints']}")
    _check(result["unfinished"] == 0, f"{result['unfinished']} messages did not reach everybody")
    _check(result["strays"] == 0, f"{result['strays']} members got something else, or in another order, than the first one")
    _check(result["acked"] == result["sent"], f"{result['sent']} messages were sent and {result['acked']} acknowledged")
    sent, seen = _read(report)
    deliveries = 1 if is_echo else result["ready"]
    uneven = [key for key, (_, count) in sent.items() if count != deliveries]
    _check(not uneven, f"{len(uneven)} messages were not delivered exactly once to each of {deliveries} members, {uneven[:1]}")
    return against_log(data, {key for key, (acked, _) in sent.items() if acked}, None if is_echo else seen, text)


def against_log(data: Path, acked: set[str], seen: list[str] | None, text: str) -> int:
    """Every acknowledged key is in the log once, with its text, and what one member saw is the log's order."""
    logged: list[str] = []
    seqs: dict[str, int] = {}
    for room, seq, key, body in _log(data):
        _check(seq == seqs.get(room, 0) + 1, f"room {room} goes from {seqs.get(room, 0)} to {seq}")
        seqs[room] = seq
        if key in acked:
            logged.append(key)
            _check(json.loads(body)["text"] == text, f"the message {key} has another text in the log")
    _check(len(logged) == len(acked), f"{len(acked)} messages were acknowledged, {len(logged)} of them are in the log")
    _check(len(set(logged)) == len(logged), "a message is in the log twice")
    _check(seen is None or seen == logged, "the order in which messages came is not that of the log")
    return len(logged)


def _log(data: Path) -> Iterator[tuple[str, int, str | None, bytes]]:
    database = sqlite3.connect(f"file:{data / 'hubbub.db'}?mode=ro", uri=True)
    try:
        yield from database.execute("SELECT room_id, seq, key, body FROM events ORDER BY room_id, seq")
    finally:
        database.close()


def storm(result: dict[str, Any]) -> int:
    """Everybody came back, missed nothing and got nothing twice. Raises `AuditFailed`."""
    _check(result["dead"] == 0, f"{result['dead']} members did not come back: {result['complaints']}")
    _check(result["caught_up_s"] >= 0 and result["lacking"] == 0, f"{result['lacking']} members never caught up")
    _check(result["doubled"] == 0, f"{result['doubled']} members got something twice")
    _check(result["strays"] == 0, f"{result['strays']} members got something else, or in another order, than the one who stayed")
    return int(result["missed"])


def posts(result: dict[str, Any], report: Path, data: Path, text: str) -> int:
    """Every request was answered, and every post that was answered is in the log. Raises `AuditFailed`."""
    _check(result["refused"] == 0, f"{result['refused']} requests were refused: {result['complaints']}")
    _check(result["unanswered"] == 0, f"{result['unanswered']} requests were never answered")
    acked = {line.split()[1] for line in report.read_text().splitlines()}
    return against_log(data, acked, None, text)


def reads(result: dict[str, Any]) -> None:
    """Every request was answered. Raises `AuditFailed`."""
    _check(result["refused"] == 0, f"{result['refused']} requests were refused: {result['complaints']}")


def _read(report: Path) -> tuple[dict[str, tuple[bool, int]], list[str]]:
    sent, seen = {}, []
    for line in report.read_text().splitlines():
        kind, key, *rest = line.split(" ")
        if kind == "m":
            sent[key] = (rest[0] == "1", int(rest[1]))
        else:
            seen.append(key)
    return sent, seen


def _check(holds: bool, complaint: str) -> None:
    if not holds:
        raise AuditFailed(complaint)
