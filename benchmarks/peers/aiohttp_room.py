import sys

import uvloop
from aiohttp import WSMsgType, web

members = set()


async def room(req):
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(req)
    members.add(ws)
    try:
        async for m in ws:
            if m.type == WSMsgType.TEXT:
                for c in list(members):
                    await c.send_str(m.data)
    finally:
        members.discard(ws)
    return ws


uvloop.install()
app = web.Application()
app.router.add_get("/ws", room)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), backlog=4096, print=None, access_log=None)
