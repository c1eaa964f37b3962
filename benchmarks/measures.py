"""What is measured of Hubbub, and of the peers beside it. Each measure audits itself and gives numbers back."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import audit
import load
import peers
import servers
from data import DESKS, Cast, copied, prepared
from peers import PAD, Peer

HERE = Path(__file__).parent
TEXT = "x" * PAD
MEMBERS = 1000
LATENCY_DELIVERIES = 20_000
CROWD = 5000
PEOPLE = CROWD + 100

Numbers = dict[str, Any]

HEADS = {
    "page": "GET /api/rooms/{v1}/messages HTTP/1.1\nHost: localhost\nAuthorization: Bearer {v0}\n\n",
    "post": "POST /api/rooms/{v1}/messages HTTP/1.1\nHost: localhost\nAuthorization: Bearer {v0}\nContent-Type: application/json\n\n"
    + f'{{"key":"{{key}}","text":"{TEXT}"}}',
    "empty get": "GET /empty HTTP/1.1\nHost: localhost\n\n",
    "empty post": f'POST /empty HTTP/1.1\nHost: localhost\nContent-Type: application/json\n\n{{"key":"{{key}}","text":"{TEXT}"}}',
}


class Bench:
    """One run: the scratch folder, and how long each measure may take."""

    def __init__(self, work: Path, *, seconds: float) -> None:
        self.work = work
        self.seconds = seconds
        self.report = work / "report.txt"
        self.text = TEXT

    # Fan-out

    def hubbub_fan_out(self) -> Numbers:
        """Members signed in with tokens of their own, messages on the disk first, every run held against the log."""
        with self.chat(0) as (server, cast):
            talk = self.talk(cast.tokens[:MEMBERS], [cast.hall] * MEMBERS)
            return self._fan_out(server, talk, lambda result: audit.fan_out(result, self.report, self.data, TEXT))

    def peer_fan_out(self, peer: Peer) -> Numbers:
        """The same members, messages and bytes; peers keep nothing and know nobody."""
        with peer.serving(self.work) as server:
            return self._fan_out(server, peer.talk, lambda _result: None)

    def _fan_out(self, server: servers.Server, talk: list[str], check: Any) -> Numbers:
        load.websockets(self.work, server, talk, mode="connect", conns=50, pubs=1)  # first times cost extra
        idle = load.websockets(self.work, server, talk, mode="idle", conns=MEMBERS, pubs=1, hold_ms=500)
        numbers: Numbers = {"kb_per_member": idle["kb_per_conn"]}
        options = {"conns": MEMBERS, "pubs": 4, "warm": 0.5, "drain_ms": 8000, "report": self.report}
        # First, before there is anything to tidy up after a rush. 20 messages a second: in less time the 99th percentile would
        # be the one slowest of them.
        rate = LATENCY_DELIVERIES / MEMBERS
        result = load.websockets(self.work, server, talk, **options, rate=rate, dur=max(3.0, 6 * self.seconds))
        check(result)
        numbers |= {"latency_p50_ms": result["p50_ms"], "latency_p99_ms": result["p99_ms"], "latency_cpu": result["server_cpu"]}
        for window in (1, 16, 128):
            result = load.websockets(self.work, server, talk, **options, window=window, dur=self.seconds)
            check(result)
            numbers[f"w{window}"] = result["deliveries_per_s"]
        return numbers

    # Handshakes and memory

    def hubbub_handshakes(self) -> Numbers:
        """Upgrade, sign-in, hello, welcome; 2,000 different people, then the memory of 5,000 who do nothing."""
        with self.chat(0) as (server, cast):
            talk = self.talk(cast.tokens, [cast.lobby] * PEOPLE)
            load.websockets(self.work, server, talk, mode="connect", conns=50, pubs=1)
            opened = load.websockets(self.work, server, talk, mode="connect", conns=2000, pubs=1, concurrency=64)
            again = load.websockets(self.work, server, talk, mode="connect", conns=2000, pubs=1, concurrency=64)
            self._all_there(opened, again)
        with self.chat(0) as (server, cast):
            load.websockets(self.work, server, talk, mode="connect", conns=50, pubs=1)
            idle = load.websockets(self.work, server, talk, mode="idle", conns=CROWD, pubs=1, hold_ms=1000)
            self._all_there(idle)
        return {
            "first_per_s": opened["handshakes_per_s"],
            "per_s": again["handshakes_per_s"],
            "cpu_us": again["cpu_us_per_handshake"],
            "kb_per_member": idle["kb_per_conn"],
        }

    def peer_handshakes(self, peer: Peer) -> Numbers:
        """The bare upgrade, and the memory of 5,000 who do nothing."""
        with peer.serving(self.work) as server:
            load.websockets(self.work, server, peer.talk, mode="connect", conns=50, pubs=1)
            opened = load.websockets(self.work, server, peer.talk, mode="connect", conns=2000, pubs=1, concurrency=64)
        with peer.serving(self.work) as server:
            load.websockets(self.work, server, peer.talk, mode="connect", conns=50, pubs=1)
            idle = load.websockets(self.work, server, peer.talk, mode="idle", conns=CROWD, pubs=1, hold_ms=1000)
            self._all_there(opened, idle)
        return {"per_s": opened["handshakes_per_s"], "cpu_us": opened["cpu_us_per_handshake"], "kb_per_member": idle["kb_per_conn"]}

    # Durable sends

    def hubbub_sends(self, senders: int, rows: int) -> Numbers:
        """Over the WebSocket, each in a room of their own, one message in flight each, on a log of so many rows."""
        with self.chat(rows) as (server, cast):
            talk = self.talk(cast.tokens[:senders], cast.desks[:senders])
            options = {"conns": senders, "pubs": senders, "window": 1, "warm": 0.7, "dur": max(2.0, self.seconds)}
            result = load.websockets(self.work, server, talk, mode="echo", **options, drain_ms=8000, report=self.report)
            checked = audit.fan_out(result, self.report, self.data, TEXT, is_echo=True)
        return {"per_s": result["msgs_per_s"], "p50_ms": result["p50_ms"], "p99_ms": result["p99_ms"], "audited": checked}

    def one_transaction_each(self, senders: int, rows: int) -> Numbers:
        """The same file and disk with one transaction for each message, and nothing else to do."""
        copied(prepared(self.work, PEOPLE, rows), self.data)
        seconds = max(2.0, self.seconds)
        command = [sys.executable, str(HERE / "one_each.py"), str(self.data), str(senders), str(seconds)]
        ran = subprocess.run(["taskset", "-c", str(servers.SERVER_CORE), *command], check=True, capture_output=True, text=True)
        result = json.loads(ran.stdout)
        return {"per_s": result["msgs_per_s"], "p50_ms": result["p50_ms"], "p99_ms": result["p99_ms"]}

    # REST

    def hubbub_rest(self, rows: int) -> Numbers:
        """Posts by 16 clients; the newest page by one, and by 16 while somebody posts ten a second."""
        with self.chat(rows) as (server, cast):
            values = ("--values", str(self._values(cast.tokens[:16], [cast.archive] * 16)))
            alone = load.requests(self.work, server, self._request("page"), *values, clients=1, dur=self.seconds)
            writer = load.start_requests(self.work, server, self._request("post"), *values, clients=1, rate=10, dur=self.seconds + 0.5)
            reading = load.requests(self.work, server, self._request("page"), *values, clients=16, dur=self.seconds)
            written = load.finished(writer)
            posting = load.requests(self.work, server, self._request("post"), *values, clients=16, dur=self.seconds, report=self.report)
            for result in (alone, reading, written):
                audit.reads(result)
            checked = audit.posts(posting, self.report, self.data, TEXT)
        numbers = {"page_p50_ms": alone["p50_ms"], "pages_per_s": reading["requests_per_s"], "pages_p99_ms": reading["p99_ms"]}
        return numbers | {"posts_per_s": posting["requests_per_s"], "posts_p99_ms": posting["p99_ms"], "audited": checked}

    def empty_routes(self) -> Numbers:
        """FastAPI routes that do nothing at all, on uvicorn with uvloop and httptools."""
        with peers.TUTORIAL.serving(self.work) as server:
            alone = load.requests(self.work, server, self._request("empty get"), clients=1, dur=self.seconds)
            reading = load.requests(self.work, server, self._request("empty get"), clients=16, dur=self.seconds)
            posting = load.requests(self.work, server, self._request("empty post"), clients=16, dur=self.seconds)
        for result in (alone, reading, posting):
            audit.reads(result)
        return {"page_p50_ms": alone["p50_ms"], "pages_per_s": reading["requests_per_s"], "posts_per_s": posting["requests_per_s"]}

    # Coming back

    def hubbub_storm(self) -> Numbers:
        """5,000 are cut off at once, come back with their cursors and catch up, while a hundred others talk on."""
        with self.chat(0) as (server, cast):
            others = cast.tokens[-100:]
            # The others hear the lobby too, and must not take its messages for their own.
            annex = [*self.talk(others, [cast.annex] * 100, name="annex"), "--mark", "~+~"]
            crowd = self.talk(cast.tokens[:CROWD], [cast.lobby] * CROWD)
            again = f'{{"type":"hello","id":1,"cursors":{{"{cast.lobby}":{{cursor}}}}}}'
            talking = load.start_websockets(
                self.work, server, annex, "--no-spin", conns=100, pubs=4, rate=20, warm=1, dur=14, drain_ms=8000
            )
            time.sleep(0.5)
            storm = load.websockets(self.work, server, crowd, "--no-spin", mode="storm", conns=CROWD, pubs=1, concurrency=256, again=again)
            result = load.finished(talking)
        audit.storm(storm)
        _whole(result)
        return {
            "back_s": storm["back_s"],
            "caught_up_s": storm["caught_up_s"],
            "others_p99_ms": result["p99_ms"],
            "others_max_ms": result["max_ms"],
        }

    # How Hubbub is spoken to

    @property
    def data(self) -> Path:
        """The data folder of the chat that is served."""
        return self.work / "data"

    @contextmanager
    def chat(self, rows: int, *, desks: int = DESKS) -> Iterator[tuple[servers.Server, Cast]]:
        """Hubbub with a log of so many rows and so many small rooms, for as long as the block runs."""
        cast = copied(prepared(self.work, PEOPLE, rows, desks), self.data)
        with servers.hubbub(self.data, self.work / "logs") as server:
            yield server, cast

    def talk(self, tokens: list[str], rooms: list[str], *, name: str = "values") -> list[str]:
        """How loadgen talks to it: each connection signs in with its token and sends to its room."""
        return [
            "--path", "/ws", "--subprotocol", "hubbub.v1", "--header", "Authorization: Bearer {v0}",
            "--setup", '{"type":"hello","id":1}', "--expect", '"welcome"', "--values", str(self._values(tokens, rooms, name=name)),
            "--publish", '{"type":"send","id":{n},"room":"{v1}","key":"{mark}","text":"{pad}"}', "--pad", str(PAD),
        ]  # fmt: skip

    def _values(self, tokens: list[str], rooms: list[str], *, name: str = "values") -> Path:
        file = self.work / f"{name}.tsv"
        file.write_text("".join(f"{token}\t{room}\n" for token, room in zip(tokens, rooms, strict=True)))
        return file

    def _request(self, name: str) -> Path:
        file = self.work / f"{name.replace(' ', '-')}.http"
        file.write_text(HEADS[name])
        return file

    def _all_there(self, *results: Numbers) -> None:
        for result in results:
            if result["dead"]:
                raise audit.AuditFailed(f"{result['dead']} of {result['n']} could not connect to {result['label']}: {result['complaints']}")


def _whole(result: Numbers) -> None:
    if result["strays"] or result["dead"] or result["unfinished"]:
        raise audit.AuditFailed(f"those who talked on lost something: {result}")
