"""The opening handshake (RFC 6455, section 4): the request read and judged, the answers made."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha1
from http import HTTPStatus

Headers = list[tuple[bytes, bytes]]
Named = dict[bytes, list[bytes]]

LONGEST_HEAD = 65536

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
_HEADER = re.compile(rb"([^:]+):([^\r]*)\r\n")
_HEADERS = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\x00-\x08\x0a-\x1f\x7f]*\r\n)*(?:\r\n)?")
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UNSAFE_NAME = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_UNSAFE_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Refused(Exception):
    """The request is no WebSocket handshake; carries the HTTP answer that says so."""

    def __init__(self, status: int, sentence: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(sentence)
        self.response = http_response(status, headers, sentence.encode())


@dataclass(slots=True)
class Request:
    """A sound request to open a WebSocket."""

    raw_path: bytes
    query: bytes
    headers: Headers
    key: bytes
    subprotocols: list[str]


def read_request(head: bytes) -> Request:
    """Read the head of an upgrade request; whatever is wrong with it raises Refused with a sentence."""
    request_line, _, lines = head.partition(b"\r\n\r\n")[0].partition(b"\r\n")
    raw_path, query = _read_request_line(request_line)
    lines += b"\r\n"
    if not _HEADERS.fullmatch(lines):
        raise Refused(400, "Expected header lines of the form NAME: VALUE, without control characters.")
    headers = [(name.lower(), value.strip(b" \t")) for name, value in _HEADER.findall(lines)]
    named: Named = {}
    for name, value in headers:
        named.setdefault(name, []).append(value)
    _check_upgrade(named)
    return Request(raw_path, query, headers, _read_key(named), _read_subprotocols(named))


def switching_protocols(request: Request, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The answer that opens the WebSocket."""
    accept = b64encode(sha1(request.key + _GUID, usedforsecurity=False).digest())
    given: Headers = [(b"Sec-WebSocket-Protocol", subprotocol.encode("ascii")), *headers] if subprotocol else list(headers)
    return _head(_SWITCHING % accept, given) + b"\r\n"


def http_response(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """A whole HTTP answer that ends the connection; length and type are added where they are missing."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    for name, value in (
        (b"Connection", b"close"),
        (b"Content-Length", str(len(body)).encode()),
        (b"Content-Type", b"text/plain; charset=utf-8"),
    ):
        if name.lower() not in names:
            given.append((name, value))
    return _head(b"HTTP/1.1 %d %s\r\n" % (status, _phrase(status)), given) + b"\r\n" + body


def _read_request_line(line: bytes) -> tuple[bytes, bytes]:
    parts = line.split(b" ")
    if len(parts) != 3 or not line.isascii():
        raise Refused(400, "The request line is not METHOD PATH VERSION in ASCII.")
    method, target, version = parts
    if method != b"GET":
        raise Refused(405, "A WebSocket is opened with GET.", [(b"Allow", b"GET")])
    if version != b"HTTP/1.1":
        raise Refused(505, "A WebSocket is opened over HTTP/1.1.")
    raw_path, _, query = target.partition(b"?")
    return raw_path, query


def _check_upgrade(named: Named) -> None:
    if b"upgrade" not in (option.lower() for option in _listed(named, b"connection")):
        raise Refused(426, "Expected the header Connection: Upgrade.", [(b"Upgrade", b"websocket")])
    if [offer.lower() for offer in _listed(named, b"upgrade")] != [b"websocket"]:
        raise Refused(426, "Expected the header Upgrade: websocket.", [(b"Upgrade", b"websocket")])
    versions = named.get(b"sec-websocket-version")
    if versions != [b"13"]:
        raise Refused(
            426, "Expected the header Sec-WebSocket-Version: 13.", [(b"Sec-WebSocket-Version", b"13"), (b"Upgrade", b"websocket")]
        )


def _read_key(named: Named) -> bytes:
    keys = named.get(b"sec-websocket-key", [])
    try:
        is_sound = len(keys) == 1 and len(b64decode(keys[0], validate=True)) == 16
    except binascii.Error:
        is_sound = False
    if not is_sound:
        raise Refused(400, "Expected one header Sec-WebSocket-Key with 16 bytes in base64.")
    return keys[0]


def _read_subprotocols(named: Named) -> list[str]:
    offered = _listed(named, b"sec-websocket-protocol")
    for token in offered:
        if not _TOKEN.fullmatch(token):
            raise Refused(400, "Expected names of subprotocols in Sec-WebSocket-Protocol, with commas between them.")
    return [token.decode("ascii") for token in offered]


def _listed(named: Named, name: bytes) -> list[bytes]:
    return [item for value in named.get(name, ()) for part in value.split(b",") if (item := part.strip())]


def _head(begin: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = [begin]
    for name, value in headers:
        if _UNSAFE_NAME.search(name) or not name:
            raise RuntimeError(f"{name!r} cannot be the name of an HTTP header.")
        if _UNSAFE_VALUE.search(value):
            raise RuntimeError(f"The HTTP header {name.decode()} cannot carry {value!r}.")
        lines += (name, b": ", value, b"\r\n")
    return b"".join(lines)


def _phrase(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""
