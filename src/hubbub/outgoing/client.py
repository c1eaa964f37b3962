"""The HTTP client for other people's servers: guarded, bounded in time and bytes, without cookies, proxies or memory."""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import cached_property
from typing import Any, NamedTuple

import httpcore2
import httpx2

from hubbub.outgoing.guard import Guard, Network, OffLimits, Resolve, Unreachable, look_up
from hubbub.version import VERSION

USER_AGENT = f"Hubbub/{VERSION} (link preview bot)"
MOST_REDIRECTS = 5
URL_LENGTH = 4096
# What a piece of an answer counts at least: thousands of tiny ones would cost more time than their bytes.
LEAST_PIECE = 256
PLAIN, PACKED = ("identity", ""), ("gzip", "x-gzip")


class Answer(NamedTuple):
    """What another server answered."""

    url: str
    """Where the answer came from, after all redirects."""
    status: int
    headers: Mapping[str, str]
    """By name in lower case; of several with one name the last."""
    body: bytes
    is_whole: bool
    """False when there was more than was asked for, and the rest was left."""


class Outgoing:
    """Asks other servers. Each request has a connection of its own, which ends with it."""

    def __init__(
        self,
        *,
        reachable: Sequence[Network] = (),
        resolve: Resolve = look_up,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`reachable` are private networks that may be reached; without any, only the open internet is."""
        self._guard = Guard(resolve, reachable)
        self._given_ssl_context = ssl_context

    async def get(self, url: str, *, accept: str, most_bytes: int, seconds: float) -> Answer:
        """Fetch a page, following redirects; of a long one the first `most_bytes`.

        Raises `Unreachable` when nothing of the kind was had within `seconds`, looking up and redirects included, and
        `OffLimits` when the way led where we do not go.
        """
        headers = {"accept": accept, "accept-encoding": "gzip"}
        async with _limited(url, seconds):
            for _ in range(MOST_REDIRECTS + 1):
                answer = await self._ask("GET", _checked(url), headers, None, most_bytes)
                location = answer.headers.get("location") if answer.status in (301, 302, 303, 307, 308) else None
                if location is None:
                    return answer
                url = _joined(url, location)
        raise Unreachable(f"More than {MOST_REDIRECTS} redirects lead to {url}.")

    async def post(self, url: str, content: bytes, *, headers: Mapping[str, str], most_bytes: int, seconds: float) -> Answer:
        """Hand something to a server, which may answer with any status; redirects are not followed. Raises as `get` does."""
        async with _limited(url, seconds):
            return await self._ask("POST", _checked(url), headers, content, most_bytes)

    async def _ask(self, method: str, url: httpx2.URL, headers: Mapping[str, str], content: bytes | None, most_bytes: int) -> Answer:
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        sent = {"user-agent": USER_AGENT, "connection": "close"} | {name.lower(): value for name, value in headers.items()}
        try:
            async with (
                httpcore2.AsyncConnectionPool(network_backend=self._guard, ssl_context=self._ssl_context) as pool,
                pool.stream(method, target, headers=list(sent.items()), content=content) as response,
            ):
                return await _read(str(url), response, most_bytes)
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
            raise Unreachable(f"{url.host} did not answer as a web server does: {error or type(error).__name__}.") from error

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        return self._given_ssl_context or httpcore2.default_ssl_context()


@asynccontextmanager
async def _limited(url: str, seconds: float) -> AsyncIterator[None]:
    """Give up after so many seconds, whatever the other side is doing. Raises `Unreachable`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Unreachable(f"{url[:200]} took longer than {seconds:g} seconds.") from error


def _checked(url: str) -> httpx2.URL:
    """A URL of the web. Raises `OffLimits` for one that is something else."""
    if len(url) > URL_LENGTH:
        raise OffLimits(f"A URL of {len(url)} characters is longer than {URL_LENGTH}.")
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise OffLimits(f"{url[:200]!r} is no URL: {error}.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise OffLimits(f"{url[:200]!r} is not on the web: a URL here begins with http:// or https:// and a host.")
    return parsed


def _joined(url: str, location: str) -> str:
    try:
        return str(httpx2.URL(url).join(location))
    except httpx2.InvalidURL as error:
        raise OffLimits(f"{url[:200]} leads to {location[:200]!r}, which is no URL.") from error


async def _read(url: str, response: httpcore2.Response, most_bytes: int) -> Answer:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    if 300 <= response.status < 400:
        return Answer(url, response.status, headers, b"", True)
    body, is_whole = await _body(response, headers.get("content-encoding", "identity").strip().lower(), most_bytes)
    return Answer(url, response.status, headers, body, is_whole)


async def _body(response: httpcore2.Response, encoding: str, most_bytes: int) -> tuple[bytes, bool]:
    """The first bytes of the body, and whether that was all; never more than asked for is taken, nor unpacked."""
    if encoding not in PLAIN and encoding not in PACKED:
        raise Unreachable(f"The answer is packed as {encoding[:40]!r}, which nobody asked for.")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding in PACKED else None
    body, taken = bytearray(), 0
    async with aclosing(response.aiter_stream()) as pieces:
        async for piece in pieces:
            taken += max(len(piece), LEAST_PIECE)
            body += _unpacked(unpacker, piece, most_bytes + 1 - len(body)) if unpacker else piece
            if len(body) > most_bytes or taken > most_bytes:
                return bytes(body[:most_bytes]), False
    return bytes(body), True


def _unpacked(unpacker: Any, piece: bytes, most_bytes: int) -> bytes:
    try:
        unpacked: bytes = unpacker.decompress(piece, most_bytes)
    except zlib.error as error:
        raise Unreachable(f"The answer is packed in a broken way: {error}.") from error
    return unpacked
