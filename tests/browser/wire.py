"""What goes over a visitor's WebSocket, with somebody on the line who can hold it up or answer in the server's place."""

import json

from playwright.async_api import WebSocketRoute
from visitor import Visitor


class Wire:
    """A visitor's connection from the next loading of the page on."""

    def __init__(self) -> None:
        self._refusal: str | None = None
        self._holds = False
        self._loses: str | None = None
        self._held: list[tuple[WebSocketRoute, str | bytes]] = []

    @classmethod
    async def of(cls, visitor: Visitor) -> "Wire":
        """Get hold of a visitor's connection; the page is loaded anew for it."""
        wire = cls()
        await visitor.page.route_web_socket("**/ws", wire._connects)
        await visitor.page.reload()
        await visitor.is_at("lobby")
        return wire

    def holds_sends(self) -> None:
        """Messages do not get through until `lets_go`."""
        self._holds = True

    async def lets_go(self) -> None:
        """What was held up gets through, and all that follows."""
        self._holds = False
        held, self._held = self._held, []
        for server, frame in held:
            server.send(frame)

    def refuses(self, sentence: str | None) -> None:
        """Answer messages with this refusal from now on; with None, let them through."""
        self._refusal = sentence

    def loses(self, words: str) -> None:
        """The next frame with these words in it does not get to the page."""
        self._loses = words

    def _connects(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        page.on_message(lambda frame: self._from_page(page, server, frame))
        server.on_message(lambda frame: self._from_server(page, frame))

    def _from_server(self, page: WebSocketRoute, frame: str | bytes) -> None:
        if self._loses is not None and self._loses in str(frame):
            self._loses = None
        else:
            page.send(frame)

    def _from_page(self, page: WebSocketRoute, server: WebSocketRoute, frame: str | bytes) -> None:
        command = json.loads(frame)
        if command["type"] == "send" and self._refusal is not None:
            page.send(json.dumps({"type": "error", "id": command["id"], "code": "forbidden", "message": self._refusal}))
        elif command["type"] == "send" and self._holds:
            self._held.append((server, frame))
        else:
            server.send(frame)
