"""The tutorial's first program: what the page sends comes back, as text, as bytes or as JSON, over one connection.

Run it with `fastapi dev examples/echo.py` and open http://127.0.0.1:8000.
"""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect, WebSocketException, status
from fastapi.responses import HTMLResponse

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
            <input type="text" id="messageText" aria-label="Message" autocomplete="off" autofocus>
            <select id="kind" aria-label="Send as">
                <option value="text">as text</option>
                <option value="bytes">as bytes</option>
                <option value="json">as JSON</option>
            </select>
            <button>Send</button>
        </form>
        <ul id="messages"></ul>
        <script>
            const byId = (id) => document.getElementById(id)
            const here = location.href.replace(/^http/, "ws")
            const socket = open("ws")
            const jsonSocket = open("ws/json")

            function open(path) {
                const opened = new WebSocket(new URL(path, here))
                opened.binaryType = "arraybuffer"
                opened.onmessage = (event) => show(event.data)
                return opened
            }

            function show(data) {
                const item = document.createElement("li")
                item.textContent = typeof data === "string" ? data : `${data.byteLength} bytes: ${new TextDecoder().decode(data)}`
                byId("messages").append(item)
            }

            const send = {
                text: (words) => socket.send(words),
                bytes: (words) => socket.send(new TextEncoder().encode(words)),
                json: (words) => jsonSocket.send(JSON.stringify({text: words})),
            }

            byId("form").onsubmit = (event) => {
                event.preventDefault()
                send[byId("kind").value](byId("messageText").value)
                byId("messageText").value = ""
            }
        </script>
    </body>
</html>
"""


@app.get("/")
async def get() -> HTMLResponse:
    return HTMLResponse(html)


@app.websocket("/ws")
async def answer_text_and_bytes(websocket: WebSocket) -> None:
    async with manager.connected(websocket):
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message["code"])
            text = message.get("text")
            answer = message["bytes"] if text is None else f"Message text was: {text}"
            await manager.send_personal_message(answer, websocket)


@app.websocket("/ws/json")
async def answer_json(websocket: WebSocket) -> None:
    async with manager.connected(websocket):
        while True:
            try:
                data = await websocket.receive_json()
            except (KeyError, ValueError):
                raise WebSocketException(status.WS_1003_UNSUPPORTED_DATA, "Expected JSON in a text message.") from None
            await websocket.send_json({"message": data})
