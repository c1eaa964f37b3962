"""FastAPI's tutorial: a list of sockets, `await send_text` on each. And routes that do nothing, to compare ours with."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


class ConnectionManager:
    def __init__(self):
        self.active: list[WebSocket] = []

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.active.append(ws)

    def disconnect(self, ws: WebSocket):
        self.active.remove(ws)

    async def broadcast(self, message: str):
        for c in self.active:
            await c.send_text(message)


app = FastAPI()
manager = ConnectionManager()


@app.websocket("/ws")
async def room(ws: WebSocket):
    await manager.connect(ws)
    try:
        while True:
            await manager.broadcast(await ws.receive_text())
    except (WebSocketDisconnect, RuntimeError):
        manager.disconnect(ws)


@app.get("/empty")
async def read_nothing():
    return {}


@app.post("/empty", status_code=201)
async def post_nothing():
    return {}
