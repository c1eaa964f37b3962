"""The tutorial's second program: Cookie, Query, Header, Path, Depends and Security in a WebSocket endpoint.

Run it with `fastapi dev examples/dependencies.py` and open http://127.0.0.1:8000.
"""

from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Header, Path, Query, Security, WebSocket, WebSocketException, status
from fastapi.responses import HTMLResponse
from fastapi.security import APIKeyHeader

from hubbub import ConnectionManager

app = FastAPI()
manager = ConnectionManager()

html = """
<!DOCTYPE html>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Chat</title>
    </head>
    <body>
        <h1>WebSocket Chat</h1>
        <form id="form">
            <label>Item ID: <input type="text" id="itemId" autocomplete="off" value="foo"></label>
            <label>Token: <input type="text" id="token" autocomplete="off" value="some-key-token"></label>
            <button type="button" id="connect">Connect</button>
            <hr>
            <label>Message: <input type="text" id="messageText" autocomplete="off"></label>
            <button>Send</button>
        </form>
        <ul id="messages"></ul>
        <script>
            const byId = (id) => document.getElementById(id)
            let socket = null

            byId("connect").onclick = () => {
                socket?.close()
                const url = new URL(`items/${encodeURIComponent(byId("itemId").value)}/ws`, location.href.replace(/^http/, "ws"))
                // Without a token it is for the cookie to say who is there.
                if (byId("token").value) url.searchParams.set("token", byId("token").value)
                socket = new WebSocket(url)
                socket.onmessage = (event) => show(event.data)
            }

            function show(words) {
                const item = document.createElement("li")
                item.textContent = words
                byId("messages").append(item)
            }

            byId("form").onsubmit = (event) => {
                event.preventDefault()
                if (socket?.readyState !== WebSocket.OPEN) return show("Press Connect first.")
                socket.send(byId("messageText").value)
                byId("messageText").value = ""
            }
        </script>
    </body>
</html>
"""

api_key_header = APIKeyHeader(name="X-API-Key", auto_error=False)


@app.get("/")
async def get() -> HTMLResponse:
    return HTMLResponse(html)


async def get_cookie_or_token(session: Annotated[str | None, Cookie()] = None, token: Annotated[str | None, Query()] = None) -> str:
    """The session cookie, or else the token; with neither the WebSocket is refused."""
    if session is None and token is None:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION, "Expected a session cookie or a query token.")
    return session or token or ""


@app.websocket("/items/{item_id}/ws")
async def talk_about_item(
    websocket: WebSocket,
    item_id: Annotated[str, Path()],
    cookie_or_token: Annotated[str, Depends(get_cookie_or_token)],
    api_key: Annotated[str | None, Security(api_key_header)],
    q: int | None = None,
    x_client: Annotated[str | None, Header()] = None,
) -> None:
    async with manager.connected(websocket):
        while True:
            data = await websocket.receive_text()
            await manager.send_personal_message(f"Session cookie or query token value is: {cookie_or_token}", websocket)
            if q is not None:
                await manager.send_personal_message(f"Query parameter q is: {q}", websocket)
            if x_client is not None:
                await manager.send_personal_message(f"Header X-Client is: {x_client}", websocket)
            if api_key is not None:
                await manager.send_personal_message(f"API key is: {api_key}", websocket)
            await manager.send_personal_message(f"Message text was: {data}, for item ID: {item_id}", websocket)
