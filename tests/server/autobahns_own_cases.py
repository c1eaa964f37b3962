"""Runs the cases of the Autobahn test suite, groups 1 to 7, 9 and 10, against our protocol class. By hand, since it fetches them from PyPI.

.venv/bin/python tests/server/autobahns_own_cases.py

The suite is written for Python 2 and its own WebSocket client. What is run here are its cases as they are, with what each
sends, expects and concludes; only the client that they speak through is ours (`Fuzzer`). Its strings are bytes: here, Latin-1.
"""

import asyncio
import builtins
import codecs
import os
import re
import socket
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2

from hubbub.server.framing import BINARY, frame

NAME = "autobahntestsuite-25.10.1"
GROUPS = re.compile(r"Case(1|2|3|4|5|6|7|9|10)_")
AT_ONCE = 24
DROP_SECONDS = 5.0
CASE_SECONDS = 300.0
GOOD = {"OK", "NON-STRICT", "INFORMATIONAL"}


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Echoes, by ASGI under `/plain` and by prepared bytes under `/prepared`."""
    await receive()
    await send({"type": "websocket.accept"})
    if scope["path"] == "/prepared":
        wire = scope["extensions"]["hubbub.prepared"]
        wire.detach(
            on_text=wire.send_text,
            on_binary=lambda payload: wire.write(frame(payload, BINARY)),
            on_close=lambda _code, _reason: None,
            on_lagging=lambda: None,
            on_drained=lambda: None,
        )
        return
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", **{key: value for key, value in message.items() if key != "type"}})


def main() -> int:
    """Fetch, run, print what did not pass; 0 when everything did."""
    with tempfile.TemporaryDirectory() as folder:
        cases = _cases(_fetched(Path(folder)))
        failed = 0
        for way in ("plain", "prepared"):
            port = _free_port()
            server = _serve(port)
            try:
                failed += asyncio.run(_run_all(cases, way, port))
            finally:
                server.terminate()
                server.wait()
    return 1 if failed else 0


async def _run_all(cases: list[type], way: str, port: int) -> int:
    await _listening(port)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(case_class: type) -> Any:
        async with gate:
            fuzzer = Fuzzer(case_class)
            await asyncio.wait_for(fuzzer.run(port, f"/{way}"), CASE_SECONDS)
            return fuzzer.case

    done = await asyncio.gather(*(one(case) for case in cases))
    for case in done:
        if case.behavior not in GOOD or case.behaviorClose not in GOOD:
            print(f"{way} {type(case).__name__}: {case.behavior} ({case.result}), close: {case.behaviorClose} ({case.resultClose})")
    behaviours = Counter(case.behavior for case in done)
    print(f"{way}: {len(done)} cases: " + ", ".join(f"{count} {name}" for name, count in behaviours.most_common()))
    return sum(case.behavior not in GOOD or case.behaviorClose not in GOOD for case in done)


class WebSocketProtocol:
    """The names that the cases take from Autobahn's class of this name."""

    STATE_CLOSED, STATE_CONNECTING, STATE_CLOSING, STATE_OPEN = range(4)
    MESSAGE_TYPE_TEXT, MESSAGE_TYPE_BINARY = 1, 2
    CLOSE_STATUS_CODE_NORMAL = 1000
    CLOSE_STATUS_CODE_PROTOCOL_ERROR = 1002
    CLOSE_STATUS_CODE_INVALID_PAYLOAD = 1007


class Fuzzer(WebSocketProtocol):
    """A client that says what a case tells it to, right or wrong, and tells the case what comes back."""

    def __init__(self, case_class: type) -> None:
        self.state = self.STATE_CONNECTING
        self.closedByMe = self.failedByMe = self.droppedByMe = self.wasClean = False
        self.connectionWasOpen = False
        self.remoteCloseCode: int | None = None
        self.localCloseReason: str | None = None
        self.createWirelog = True
        self.autoFragmentSize = 0
        self.txFrameStats: Counter[int] = Counter()
        self.trafficStats = None
        self.factory = self
        self.isServer = False
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._timers: list[asyncio.TimerHandle] = []
        self._message: tuple[int, list[bytes]] = (0, [])
        self._in_frame = 0
        self.case: Any = case_class(self)

    async def run(self, port: int, path: str) -> None:
        """Open, let the case have its way, and have it draw its conclusion when the connection is gone."""
        reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        self._writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
        self._writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        self.state, self.connectionWasOpen = self.STATE_OPEN, True
        writing = asyncio.create_task(self._write())
        self.case.onOpen()
        try:
            while True:
                await self._hear(*await _read_frame(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        self.state = self.STATE_CLOSED
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        for timer in self._timers:
            timer.cancel()
        self._writer.close()
        self.case.onConnectionLost(self.failedByMe)

    # What the cases call, by Autobahn's names.

    def sendFrame(self, opcode, payload="", fin=True, rsv=0, payload_len=None, chopsize=None, **_):
        data = payload.encode("latin-1")
        if payload_len is not None:
            data = (data * (payload_len // max(1, len(data)) + 1))[:payload_len]
        self.txFrameStats[opcode] += 1
        whole = _head(opcode, fin=fin, rsv=rsv, length=len(data)) + _masked(data)
        for at in range(0, len(whole), chopsize or len(whole)):
            self._chunks.put_nowait(whole[at : at + (chopsize or len(whole))])

    def sendMessage(self, payload, isBinary=False, fragmentSize=None, **_):
        opcode, size = 2 if isBinary else 1, fragmentSize or self.autoFragmentSize or max(1, len(payload))
        pieces = [payload[at : at + size] for at in range(0, len(payload), size)] or [""]
        for place, piece in enumerate(pieces):
            self.sendFrame(0 if place else opcode, piece, fin=place == len(pieces) - 1)

    def beginMessage(self, *_):
        self._opcode = 1

    def beginMessageFrame(self, length):
        self._chunks.put_nowait(_head(self._opcode, fin=False, rsv=0, length=length))
        self._chunks.put_nowait(bytes(4))  # a mask of nothing, so that chops need no count
        self._opcode = 0

    def sendMessageFrameData(self, payload):
        self._chunks.put_nowait(payload.encode("latin-1"))

    def endMessage(self):
        self.sendFrame(0, fin=True)

    def sendClose(self, code=None, reason=None):
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code, (reason or "").encode())

    def sendCloseFrame(self, code=None, reasonUtf8=b"", **_):
        reason = reasonUtf8 if isinstance(reasonUtf8, bytes) else reasonUtf8.encode("latin-1")
        payload = (code.to_bytes(2, "big") if code is not None else b"") + reason
        self.closedByMe, self.state = self.state == self.STATE_OPEN, self.STATE_CLOSING
        self.sendFrame(8, payload.decode("latin-1"))

    def enableWirelog(self, _):
        pass

    def continueLater(self, delay, fun, _tag=None):
        self._later(delay, fun)

    def killAfter(self, delay):
        self._later(delay, self._fail)

    def closeAfter(self, delay):
        self._later(delay, self.sendClose)

    # What comes back.

    async def _hear(self, fin: bool, opcode: int, payload: bytes) -> None:
        text = payload.decode("latin-1")
        if opcode == 8:
            self._closed(payload)
        elif opcode == 9:
            self.case.onPing(text)
        elif opcode == 10:
            self.case.onPong(text)
        else:
            if opcode:
                self._message = (opcode, [])
            self._message[1].append(payload)
            if fin:
                self.case.onMessage(b"".join(self._message[1]).decode("latin-1"), self._message[0] == 2)

    def _closed(self, payload: bytes) -> None:
        self.remoteCloseCode = int.from_bytes(payload[:2], "big") if payload else None
        self.wasClean = True
        if self.state == self.STATE_OPEN:
            self.state = self.STATE_CLOSING
            self.sendFrame(8, payload[:2].decode("latin-1"))
        asyncio.get_running_loop().call_later(DROP_SECONDS, self._drop)

    def _later(self, delay: float, call: Callable[[], Any]) -> None:
        def unless_over() -> None:
            if self.state != self.STATE_CLOSED:
                call()

        self._timers.append(asyncio.get_running_loop().call_later(delay, unless_over))

    def _fail(self) -> None:
        if self.state == self.STATE_OPEN or not self.wasClean:
            self.failedByMe = True
            self._drop()

    def _drop(self) -> None:
        if self.state != self.STATE_CLOSED:
            self.droppedByMe = True
            self._writer.transport.abort()

    async def _write(self) -> None:
        while (chunk := await self._chunks.get()) is not None:
            self._writer.write(chunk)
            await self._writer.drain()
            await asyncio.sleep(0)  # a chop is to arrive by itself


async def _read_frame(reader: asyncio.StreamReader) -> tuple[bool, int, bytes]:
    first, second = await reader.readexactly(2)
    assert not second & 0x80, "a server does not mask"
    length = second
    if length > 125:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    return bool(first & 0x80), first & 0x0F, await reader.readexactly(length)


def _head(opcode: int, *, fin: bool, rsv: int, length: int) -> bytes:
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    if length < 126:
        return bytes((first, 0x80 | length))
    if length < 65536:
        return bytes((first, 0xFE)) + length.to_bytes(2, "big")
    return bytes((first, 0xFF)) + length.to_bytes(8, "big")


def _masked(data: bytes) -> bytes:
    mask = os.urandom(4)
    size = len(data)
    covering = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return mask + (int.from_bytes(data, "big") ^ covering).to_bytes(size, "big")


class Utf8Validator:
    """As Autobahn's, as far as the cases ask it."""

    def reset(self) -> None:
        """Begin anew."""
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def validate(self, data: str) -> tuple[bool, bool]:
        """Whether it is valid so far, and whether it ends with a whole character."""
        try:
            self._decoder.decode(data.encode("latin-1"))
        except UnicodeDecodeError:
            return False, False
        return True, not self._decoder.getstate()[0]


def _cases(folder: Path) -> list[type]:
    """The classes of the cases, in the suite's order."""
    for name, given in (("protocol", WebSocketProtocol), ("utf8validator", Utf8Validator)):
        module = ModuleType(f"autobahn.websocket.{name}")
        setattr(module, given.__name__, given)
        sys.modules[module.__name__] = module
    sys.modules["autobahn"], sys.modules["autobahn.websocket"] = ModuleType("autobahn"), ModuleType("autobahn.websocket")
    vars(builtins)["xrange"] = range
    _bring_up_to_date(folder)
    sys.path.insert(0, str(folder))
    namespace: dict[str, Any] = {}
    exec(compile((folder / "__init__.py").read_text(), "cases", "exec"), namespace)
    cases: list[type] = [case for case in namespace["Cases"] if GROUPS.match(case.__name__)]
    return cases


def _bring_up_to_date(folder: Path) -> None:
    """The few places that mean something else to Python 3, or nothing at all."""
    names = folder / "__init__.py"
    names.write_text(re.sub(r"^.*(case12|case13|case9_9|Case12|Case13).*$", "", names.read_text("latin-1"), flags=re.MULTILINE))
    utf8 = folder / "case6_x_x.py"
    without_its_own_tests = re.sub(r"\ndef test_utf8\(.*?(?=\nCase6_X_X = )", "\n", utf8.read_text("utf-8"), flags=re.DOTALL)
    utf8.write_text(without_its_own_tests.partition("\ndef test_encode(")[0])
    for file in folder.glob("case*.py"):
        # Read as Latin-1, so that each byte of a literal is one character, as it was to Python 2.
        text = re.sub(r"binascii\.b2a_hex\((.+?)\)(?=[,)\n])", r"(\1).encode('latin-1').hex()", file.read_text("latin-1"))
        text = text.replace("(object, Case, )", "(Case, )").replace("pickle.dumps(obj1) == pickle.dumps(obj2)", "obj1 == obj2")
        file.write_text(text.replace("len(self.payload) / self.p", "len(self.payload) // self.p"))


def _fetched(folder: Path) -> Path:
    files = httpx2.get("https://pypi.org/simple/autobahntestsuite/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    url = next(file["url"] for file in files.json()["files"] if file["filename"] == f"{NAME}.tar.gz")
    archive = folder / "suite.tar.gz"
    archive.write_bytes(httpx2.get(url, follow_redirects=True).content)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / NAME / "autobahntestsuite" / "case"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(port: int) -> "subprocess.Popen[bytes]":
    here = Path(__file__)
    command = [sys.executable, "-m", "uvicorn", f"{here.stem}:app", "--app-dir", str(here.parent), "--port", str(port)]
    return subprocess.Popen([*command, "--ws", "hubbub.server:Protocol", "--lifespan", "off", "--log-level", "warning"])


async def _listening(port: int) -> None:
    for _ in range(100):
        try:
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return
        except OSError:
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
