"""The short way: the few calls that are made most, answered before FastAPI's routing is asked.

Only what is quite plain goes this way. Whatever is not goes the long way, untouched, so that there is one place that says
what is wrong with it; the answers are the same.
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pydantic import ValidationError

from hubbub.accounts.identity import Identified
from hubbub.answers import fitted
from hubbub.errors import HubbubError
from hubbub.messages.actions import Messages
from hubbub.messages.api import LARGEST_PAGE, PAGE, NewMessage
from hubbub.messages.pace import Pace
from hubbub.problems import refusal

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Event, Receive, Send], Awaitable[None]]

_MESSAGES = re.compile(r"/api/rooms/([0-9a-z]{16})/messages\Z")
_LIMIT = re.compile(rb"limit=([0-9]{1,3})(&thread=0)?\Z")
_LARGEST_BODY = 64 * 1024

Answer = tuple[int, bytes]


class Express:
    """An ASGI app in front of another one, which must have this chat at its root. It has nothing of its own to say."""

    def __init__(
        self,
        app: App,
        *,
        serve_websocket: App,
        identify: Callable[[Event], Awaitable[Identified]],
        messages: Messages,
        pace: Pace,
        clock: Callable[[], float],
    ) -> None:
        self._app = app
        self._serve_websocket = serve_websocket
        self._identify = identify
        self._messages = messages
        self._pace = pace
        self._clock = clock

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Answer one request or WebSocket, or hand it on."""
        if scope["type"] == "websocket" and scope["path"] == "/ws":
            await self._serve_websocket(scope, receive, send)
        elif scope["type"] == "http" and (room := _MESSAGES.match(scope["path"])) and not scope.get("root_path"):
            await self._answer(room[1], scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, room: str, scope: Event, receive: Receive, send: Send) -> None:
        answer = None
        try:
            if scope["method"] == "GET":
                answer = await self._newest_page(room, scope)
            elif scope["method"] == "POST" and _is_plain(scope["headers"]):
                body, received = await _read(receive)
                receive = _again(received, receive)
                answer = await self._post(room, scope, body)
        except HubbubError as error:
            await refusal(error)(scope, receive, send)
            return
        if answer is None:
            await self._app(scope, receive, send)
            return
        status, body = answer
        body, more = await fitted(body, scope["headers"]) if scope["method"] == "GET" else (body, [])
        headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json"), *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _newest_page(self, room: str, scope: Event) -> Answer | None:
        query = scope["query_string"]
        given = _LIMIT.match(query)
        limit = int(given[1]) if given else PAGE
        if (query and not given) or not 1 <= limit <= LARGEST_PAGE:
            return None
        me = (await self._identify(scope)).required()
        thread = 0 if given and given[2] else None
        return 200, (await self._messages.page(me.user, room, limit=limit, thread=thread)).as_json()

    async def _post(self, room: str, scope: Event, body: bytes | None) -> Answer | None:
        if body is None:
            return None
        try:
            draft = NewMessage.model_validate_json(body)
        except ValidationError:
            return None
        me = (await self._identify(scope)).required()
        self._pace.take(me.user.id, self._clock())
        posted = await self._messages.post_message(me.user, room, **vars(draft))
        return (200 if posted.is_duplicate else 201), posted.as_json()


def _is_plain(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a body is announced that is JSON, by that very name, and not large."""
    kind = length = b""
    for name, value in headers:
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
    return kind == b"application/json" and length.isdigit() and int(length) <= _LARGEST_BODY


async def _read(receive: Receive) -> tuple[bytes | None, list[Event]]:
    """The body, None when it did not come whole; and what was received for it."""
    body, received = b"", []
    while True:
        message = await receive()
        received.append(message)
        body += message.get("body", b"")
        if message["type"] != "http.request" or len(body) > _LARGEST_BODY:
            return None, received
        if not message.get("more_body"):
            return body, received


def _again(received: list[Event], receive: Receive) -> Receive:
    """What was received already comes first, once more."""

    async def first_those() -> Event:
        return received.pop(0) if received else await receive()

    return first_those
