"""The tutorial's third program: a chat of many clients. Only the import of ConnectionManager is new.

Run it with `fastapi dev examples/many_clients.py` and open http://127.0.0.1:8000 in several tabs.
"""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
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
        <h2>Your ID: <span id="ws-id"></span></h2>
        <form id="form">
            <input type="text" id="messageText" aria-label="Message" autocomplete="off" autofocus>
            <button>Send</button>
        </form>
        <ul id="messages"></ul>
        <script>
            const byId = (id) => document.getElementById(id)
            const clientId = Date.now()
            byId("ws-id").textContent = clientId

            const socket = new WebSocket(new URL(`ws/${clientId}`, location.href.replace(/^http/, "ws")))
            socket.onmessage = (event) => {
                const item = document.createElement("li")
                item.textContent = event.data
                byId("messages").append(item)
            }

            byId("form").onsubmit = (event) => {
                event.preventDefault()
                socket.send(byId("messageText").value)
                byId("messageText").value = ""
            }
        </script>
    </body>
</html>
"""


@app.get("/")
async def get() -> HTMLResponse:
    return HTMLResponse(html)


@app.websocket("/ws/{client_id}")
async def chat(websocket: WebSocket, client_id: int) -> None:
    await manager.connect(websocket)
    try:
        while True:
            data = await websocket.receive_text()
            await manager.send_personal_message(f"You wrote: {data}", websocket)
            await manager.broadcast(f"Client #{client_id} says: {data}")
    except WebSocketDisconnect:
        manager.disconnect(websocket)
        await manager.broadcast(f"Client #{client_id} left the chat")
