"""Pages of what people have said go compressed to whoever takes that; small answers, and whatever holds a secret, stay as they are."""

import asyncio
import re
import zlib
from collections.abc import Iterable

from starlette.types import Message, Receive, Scope, Send

from hubbub.problems import ProblemRoute

Headers = list[tuple[bytes, bytes]]

SMALLEST_TO_COMPRESS = 1024
# The best there is for about the price of the least: a quarter of a millisecond for a hundred messages.
_LEVEL = 4
_AS_GZIP = 31
# What takes longer than a page of ordinary messages has no business on the loop.
_LARGEST_ON_THE_LOOP = 64 * 1024

_TAKES_GZIP = re.compile(rb"(?:^|[\s,])(?:gzip|\*)\s*(?:,|$|;\s*q=(?:1|0\.\d*[1-9]))", re.IGNORECASE)
_VARIES = (b"vary", b"accept-encoding")
_IS_GZIP = (b"content-encoding", b"gzip")


async def fitted(body: bytes, asked: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, Headers]:
    """A body as it is to be sent to whoever asked with these headers, and the headers that say what became of it."""
    if len(body) < SMALLEST_TO_COMPRESS:
        return body, []
    if not _takes_gzip(asked):
        return body, [_VARIES]
    if len(body) <= _LARGEST_ON_THE_LOOP:
        return zlib.compress(body, _LEVEL, _AS_GZIP), [_VARIES, _IS_GZIP]
    return await asyncio.to_thread(zlib.compress, body, _LEVEL, _AS_GZIP), [_VARIES, _IS_GZIP]


class PageRoute(ProblemRoute):
    """A route for pages and lists of messages, rooms and members, the larger of which are compressed.

    Not for tokens, logins and invites: how well a secret can be compressed beside other words tells of the secret.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The route's answer, in fewer bytes where that helps."""
        await super().handle(scope, receive, _Fitting(scope, send) if scope["method"] == "GET" else send)


class _Fitting:
    """Holds back how an answer begins until its body is there. Only JSON that comes in one piece is touched."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._asked = scope["headers"]
        self._send = send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if not message.get("more_body"):
                body, more = await fitted(message.get("body", b""), self._asked)
                kept = [header for header in start["headers"] if header[0] != b"content-length"]
                start["headers"] = [*kept, (b"content-length", b"%d" % len(body)), *more]
                message = {**message, "body": body}
            await self._send(start)
        await self._send(message)


def _is_page(start: Message) -> bool:
    return start["status"] == 200 and (b"content-type", b"application/json") in start["headers"]


def _takes_gzip(asked: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"accept-encoding" and _TAKES_GZIP.search(value) for name, value in asked)
